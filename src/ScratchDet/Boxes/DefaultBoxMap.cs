namespace ScratchDet.Boxes;

/// <summary>The default boxes of one feature map of Height x Width cells. Sizes and steps are in pixels of the input.</summary>
/// <param name="StepX">Distance of the centres of neighbouring columns.</param>
/// <param name="StepY">Distance of the centres of neighbouring rows.</param>
/// <param name="MinSize">Side of the first square, and of the area that the ratios share.</param>
/// <param name="MaxSize">The second square has side sqrt(MinSize * MaxSize); null: there is none.</param>
/// <param name="AspectRatios">Each ratio r other than 1 gives two boxes, width / height = r and then 1 / r.</param>
public sealed record DefaultBoxMap(
    int Height, int Width, double StepY, double StepX, double MinSize, double? MaxSize, IReadOnlyList<double> AspectRatios)
{
    /// <summary>
    /// Where the centre of cell 0 lies, in steps: SSD 0.5. DSSD's "start" of s pixels is s / step.
    /// </summary>
    public double CenterOffset { get; init; } = 0.5;

    public int BoxesPerCell => 1 + (MaxSize is null ? 0 : 1) + 2 * AspectRatios.Count;

    public int Count => Height * Width * BoxesPerCell;

    /// <summary>A square map with one step in both directions.</summary>
    public static DefaultBoxMap Square(int side, double step, double minSize, double? maxSize, params IReadOnlyList<double> aspectRatios) =>
        new(side, side, step, step, minSize, maxSize, aspectRatios);

    /// <summary>Ratios are compared by value, so that equal specs are equal.</summary>
    public bool Equals(DefaultBoxMap? other) =>
        other is not null && Height == other.Height && Width == other.Width && StepY == other.StepY && StepX == other.StepX
        && MinSize == other.MinSize && MaxSize == other.MaxSize && CenterOffset == other.CenterOffset
        && AspectRatios.SequenceEqual(other.AspectRatios);

    public override int GetHashCode() => HashCode.Combine(Height, Width, StepY, StepX, MinSize, MaxSize, AspectRatios.Count);

    internal void Require(int mapNumber, bool truncateSizes)
    {
        string? wrong =
            Height < 1 || Width < 1 ? $"{Height} x {Width} cells"
            : !(StepY > 0 && StepX > 0 && double.IsFinite(StepY + StepX)) ? $"steps {StepY} and {StepX}"
            : !(MinSize > 0 && double.IsFinite(MinSize)) ? $"min size {MinSize}"
            : truncateSizes && MinSize < 1 ? $"min size {MinSize}, which truncates to 0"
            : MaxSize is { } max && !(max > MinSize && double.IsFinite(max)) ? $"max size {max}, which is not above min size {MinSize}"
            : !double.IsFinite(CenterOffset) ? $"centre offset {CenterOffset}"
            : AspectRatios.Any(ratio => !(ratio > 0 && double.IsFinite(ratio)) || ratio == 1) ? "an aspect ratio that is 1 or not positive"
            : RepeatsARatio() ? "an aspect ratio twice (1/r comes with r)"
            : null;
        if (wrong is not null) throw new ArgumentException($"default boxes of map {mapNumber}: {wrong}");
    }

    private bool RepeatsARatio()
    {
        var seen = new HashSet<double>();
        return AspectRatios.Any(ratio => !seen.Add(Math.Round(Math.Max(ratio, 1 / ratio), 6)));
    }
}
