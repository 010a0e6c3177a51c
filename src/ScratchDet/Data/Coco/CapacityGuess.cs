namespace ScratchDet.Data.Coco;

/// <summary>
/// How many entries a list will have, from the bytes that those read so far took: lists that grow by doubling need three
/// times their memory at the last step.
/// </summary>
internal sealed class CapacityGuess(JsonFileReader json)
{
    private const int FirstCapacity = 1024;
    private const double Margin = 1.03;
    private readonly long begin = json.Position;

    /// <summary>The capacity to take when <paramref name="count"/> entries fill the list.</summary>
    public int Next(int count)
    {
        if (count == 0) return FirstCapacity;
        double bytesPerEntry = Math.Max(1, (double)(json.Position - begin) / count);
        double rest = Math.Max(0, json.Length - json.Position) / bytesPerEntry;
        double guess = Math.Max(count * 1.1, (count + rest) * Margin);
        return (int)Math.Min(guess + FirstCapacity, Array.MaxLength / 64);
    }
}
