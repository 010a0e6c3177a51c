using System.Buffers;

namespace ScratchDet.Boxes;

/// <summary>
/// Turns the objects of one image into training targets: a label and four offsets per default box. Immutable; loader
/// threads can share one.
/// </summary>
/// <param name="negativeIouThreshold">
/// An unmatched box that overlaps an object at least this much is no negative example. With the usual 0.5 for both
/// thresholds there is no such box; a lower value leaves a band of ignored boxes.
/// </param>
public sealed class TargetEncoder(
    DefaultBoxSet defaultBoxes, IBoxMatcher matcher, BoxCoder coder, float negativeIouThreshold = 0.5f)
{
    public const long Background = 0;

    /// <summary>Label of a box that is neither an object nor to be mined as background.</summary>
    public const long Ignored = -1;

    public DefaultBoxSet DefaultBoxes { get; } = defaultBoxes;

    public IBoxMatcher Matcher { get; } = matcher;

    public BoxCoder Coder { get; } = coder;

    public float NegativeIouThreshold { get; } = negativeIouThreshold;

    /// <summary>Encodes one image and returns its number of positive boxes.</summary>
    /// <param name="objectBoxes">In pixels of an image of <paramref name="imageWidth"/> x <paramref name="imageHeight"/>.</param>
    /// <param name="classIndices">0-based among the foreground classes, one per object.</param>
    /// <param name="labels">Out (A): 0 background, class index + 1 where matched, -1 ignored.</param>
    /// <param name="offsets">Out (A x 4): encoded against the default box; 0 where nothing is matched.</param>
    /// <exception cref="ArgumentException">A box has no area or is not finite, a class index is negative, or lengths do not fit.</exception>
    public int Encode(
        ReadOnlySpan<Box> objectBoxes, ReadOnlySpan<int> classIndices, float imageWidth, float imageHeight,
        Span<long> labels, Span<float> offsets)
    {
        int count = DefaultBoxes.Count;
        Require(objectBoxes, classIndices, imageWidth, imageHeight);
        if (labels.Length != count) throw new ArgumentException($"{labels.Length} places for {count} default boxes", nameof(labels));
        if (offsets.Length != 4 * count) throw new ArgumentException($"{offsets.Length} places for {count} x 4 offsets", nameof(offsets));

        labels.Clear();
        offsets.Clear();
        if (objectBoxes.IsEmpty) return 0;

        Box[] scaled = ArrayPool<Box>.Shared.Rent(objectBoxes.Length);
        int[] matchedObject = ArrayPool<int>.Shared.Rent(count);
        float[] bestIou = ArrayPool<float>.Shared.Rent(count);
        try
        {
            float scaleX = DefaultBoxes.Spec.ImageWidth / imageWidth, scaleY = DefaultBoxes.Spec.ImageHeight / imageHeight;
            for (int o = 0; o < objectBoxes.Length; o++)
                scaled[o] = objectBoxes[o].Scale(scaleX, scaleY);
            Matcher.Match(DefaultBoxes, scaled.AsSpan(0, objectBoxes.Length), matchedObject.AsSpan(0, count), bestIou.AsSpan(0, count));
            return WriteTargets(scaled, classIndices, matchedObject.AsSpan(0, count), bestIou.AsSpan(0, count), labels, offsets);
        }
        finally
        {
            ArrayPool<Box>.Shared.Return(scaled);
            ArrayPool<int>.Shared.Return(matchedObject);
            ArrayPool<float>.Shared.Return(bestIou);
        }
    }

    private int WriteTargets(
        ReadOnlySpan<Box> objects, ReadOnlySpan<int> classIndices, ReadOnlySpan<int> matchedObject, ReadOnlySpan<float> bestIou,
        Span<long> labels, Span<float> offsets)
    {
        float toNormalisedX = 1f / DefaultBoxes.Spec.ImageWidth, toNormalisedY = 1f / DefaultBoxes.Spec.ImageHeight;
        int positives = 0;
        for (int i = 0; i < matchedObject.Length; i++)
        {
            int o = matchedObject[i];
            if (o >= 0)
            {
                labels[i] = classIndices[o] + 1;
                Box normalised = objects[o].Scale(toNormalisedX, toNormalisedY);
                Coder.EncodeBox(normalised, DefaultBoxes.Cxcywh.Slice(4 * i, 4), offsets.Slice(4 * i, 4));
                positives++;
            }
            else if (bestIou[i] >= NegativeIouThreshold)
            {
                labels[i] = Ignored;
            }
        }
        return positives;
    }

    private static void Require(ReadOnlySpan<Box> boxes, ReadOnlySpan<int> classIndices, float imageWidth, float imageHeight)
    {
        if (boxes.Length != classIndices.Length)
            throw new ArgumentException($"{classIndices.Length} class indices for {boxes.Length} objects", nameof(classIndices));
        if (!(imageWidth > 0 && imageHeight > 0))
            throw new ArgumentException($"an image of {imageWidth} x {imageHeight} pixels");
        for (int o = 0; o < boxes.Length; o++)
        {
            Box box = boxes[o];
            if (!(box.Width > 0 && box.Height > 0 && float.IsFinite(box.XMin + box.YMin + box.XMax + box.YMax)))
                throw new ArgumentException($"object {o} has no usable box: {box}", nameof(boxes));
            if (classIndices[o] < 0) throw new ArgumentException($"object {o} has class index {classIndices[o]}", nameof(classIndices));
        }
    }
}
