using ScratchDet.Runs;

namespace ScratchDet.Tests.Runs;

internal static class SampleRuns
{
    public static RunEnvironment Environment { get; } = new(
        new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero), "0.1.0", "abc123", "A CPU", Cores: 2, Threads: 2, "An OS", "1.13.1", "cpu", ["train", "norm"]);

    public static StepRecord Step(long step) => new(
        step, 10.0 / step, new Dictionary<string, double> { ["classification"] = 6.0 / step, ["boxes"] = 4.0 / step }, 0.01, 1.5 * step, 20, step / 10.0);

    public static EvaluationRecord Evaluation(long step) => new(
        step, step / 10.0, step / 20.0, new Dictionary<string, double?> { ["open"] = step / 10.0, ["short"] = null }, ValidationLoss: 3.5, step / 10.0)
    {
        CocoAp = 3 * step / 40.0,
    };
}
