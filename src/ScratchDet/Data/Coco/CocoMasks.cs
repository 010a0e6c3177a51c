namespace ScratchDet.Data.Coco;

/// <summary>Masks of many items, by the item's index, as their files have them; rasterised when asked for.</summary>
public sealed class CocoMasks
{
    private readonly List<RunLengthMask> masks = [];

    public int Count => masks.Count;

    public void Add(RunLengthMask mask) => masks.Add(mask);

    public RunLengthMask Of(int item) => masks[item];
}
