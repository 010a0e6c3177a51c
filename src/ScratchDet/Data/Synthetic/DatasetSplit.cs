namespace ScratchDet.Data.Synthetic;

/// <summary>
/// The split of a generated data set by index: the last 15% are for test, the 15% before them for validation, the rest
/// for training (rounded down; at least one of each from three images on). Images are independent, so no shuffle is needed.
/// </summary>
internal readonly record struct DatasetSplit(int Train, int Validation, int Test)
{
    public static DatasetSplit Of(int images)
    {
        int held = images < 3 ? 0 : Math.Max(1, images * 15 / 100);
        return new(images - 2 * held, held, held);
    }

    /// <summary>"train", "val" or "test".</summary>
    public string NameOf(int index) => index < Train ? "train" : index < Train + Validation ? "val" : "test";

    /// <summary>The name of an image without its ending; counts from 000001.</summary>
    public static string Id(int index) => FormattableString.Invariant($"{index + 1:D6}");
}
