using ScratchDet.Boxes;

namespace ScratchDet.Data;

/// <summary>Training targets from annotated objects; see <see cref="TargetEncoder"/>.</summary>
public static class TargetEncoderExtensions
{
    /// <summary>Encodes the objects of one image and returns its number of positive boxes.</summary>
    /// <param name="objects">In pixels of an image of <paramref name="imageWidth"/> x <paramref name="imageHeight"/>.</param>
    /// <param name="labels">Out (A), <paramref name="offsets"/>: out (A x 4); as in <see cref="TargetEncoder.Encode"/>.</param>
    /// <param name="useDifficult">The reference trains on difficult objects for VOC (true), not for COCO.</param>
    public static int Encode(
        this TargetEncoder encoder, IReadOnlyList<ObjectAnnotation> objects, float imageWidth, float imageHeight,
        Span<long> labels, Span<float> offsets, bool useDifficult = true)
    {
        var boxes = new Box[objects.Count];
        var classIndices = new int[objects.Count];
        int count = 0;
        for (int o = 0; o < objects.Count; o++)
        {
            if (objects[o].Difficult && !useDifficult) continue;
            (boxes[count], classIndices[count]) = (objects[o].Box, objects[o].ClassIndex);
            count++;
        }
        return encoder.Encode(boxes.AsSpan(0, count), classIndices.AsSpan(0, count), imageWidth, imageHeight, labels, offsets);
    }
}
