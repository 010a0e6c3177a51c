using ScratchDet.Data.Coco;

namespace ScratchDet.Data.Fetch;

/// <summary>The masks of a label map, all of them in one pass over its columns.</summary>
internal static class LabelMapMasks
{
    /// <param name="labels">Row after row from the top; 0 is the background.</param>
    /// <param name="count">Of labels, from 1.</param>
    /// <returns>The mask of label k + 1 at k.</returns>
    public static RunLengthMask[] Of(ReadOnlySpan<ushort> labels, int width, int height, int count)
    {
        var runs = new List<uint>[count];
        var ends = new uint[count]; // one after the last pixel, counted down the columns
        for (int i = 0; i < count; i++) runs[i] = [];
        uint position = 0;
        for (int x = 0; x < width; x++)
        {
            for (int y = 0; y < height; y++, position++)
            {
                int item = labels[(y * width) + x] - 1;
                if (item < 0) continue;
                List<uint> own = runs[item];
                if (own.Count > 0 && ends[item] == position) own[^1]++;
                else own.AddRange([position - ends[item], 1]);
                ends[item] = position + 1;
            }
        }
        var masks = new RunLengthMask[count];
        for (int i = 0; i < count; i++)
        {
            if (ends[i] < position) runs[i].Add(position - ends[i]);
            masks[i] = new(height, width, [.. runs[i]]);
        }
        return masks;
    }
}
