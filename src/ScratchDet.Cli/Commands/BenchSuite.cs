namespace ScratchDet.Cli.Commands;

/// <summary>Some measurements that belong together.</summary>
/// <param name="MeasureAsync">Takes the terminal for notes, and whether the peer is to be measured too.</param>
internal sealed record BenchSuite(string Name, string Description, Func<Terminal, bool, CancellationToken, Task<IReadOnlyList<BenchRow>>> MeasureAsync);

/// <summary>One workload, measured.</summary>
/// <param name="OursMedianS">Median over the rounds, in seconds; null for what is not a time.</param>
/// <param name="PeerMedianS">Null when the peer was not measured.</param>
/// <param name="Ratio">Median of the rounds' ratios of peer to ours: above 1, ours is faster or smaller.</param>
/// <param name="RatioRange">The smallest and the largest of them.</param>
internal sealed record BenchRow(string Workload, double? OursMedianS, double? PeerMedianS, double? Ratio, IReadOnlyList<double>? RatioRange, string OursSettings, string? PeerSettings)
{
    /// <summary>For what is measured in bytes.</summary>
    public long? OursBytes { get; init; }

    public long? PeerBytes { get; init; }

    /// <summary>Of times in seconds, one a round; the rounds of ours and of the peer belong together.</summary>
    public static BenchRow OfTimes(string workload, IReadOnlyList<double> ours, IReadOnlyList<double>? peer, string oursSettings, string? peerSettings)
    {
        double[]? ratios = peer is null ? null : [.. ours.Zip(peer, (mine, theirs) => theirs / mine)];
        return new BenchRow(workload, Median(ours), peer is null ? null : Median(peer), ratios is null ? null : Median(ratios),
            ratios is null ? null : [ratios.Min(), ratios.Max()], oursSettings, peer is null ? null : peerSettings);
    }

    public static BenchRow OfBytes(string workload, long ours, long? peer, string oursSettings, string? peerSettings)
    {
        double? ratio = peer is { } bytes ? bytes / (double)ours : null;
        return new BenchRow(workload, null, null, ratio, ratio is { } value ? [value, value] : null, oursSettings, peer is null ? null : peerSettings)
        {
            OursBytes = ours,
            PeerBytes = peer,
        };
    }

    private static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
