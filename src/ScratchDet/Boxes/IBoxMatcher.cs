namespace ScratchDet.Boxes;

/// <summary>Gives default boxes to objects for training. Implementations are immutable and can be shared by threads.</summary>
public interface IBoxMatcher
{
    /// <summary>Matches the objects of one image. Without objects nothing is matched and every IoU is 0.</summary>
    /// <param name="objects">In pixels of the default boxes' image.</param>
    /// <param name="matchedObject">Out, one per default box: index into <paramref name="objects"/>, or -1.</param>
    /// <param name="bestIou">Out, one per default box: its largest IoU with any object.</param>
    /// <exception cref="ArgumentException">A span does not have one place per default box.</exception>
    void Match(DefaultBoxSet defaultBoxes, ReadOnlySpan<Box> objects, Span<int> matchedObject, Span<float> bestIou);
}
