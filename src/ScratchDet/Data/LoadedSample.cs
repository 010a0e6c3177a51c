namespace ScratchDet.Data;

/// <summary>One augmented image of a batch: 8-bit pixels at the network's size, to be normalised into the batch tensor.</summary>
/// <param name="Index">Position in the data set's list of samples (a repeated image has several).</param>
/// <param name="Image">May be shared with the image cache: it must not be written to.</param>
/// <param name="Objects">In pixels of <paramref name="Image"/>.</param>
/// <param name="OriginalWidth">Width of the image on disk, in pixels; detections scale back to it.</param>
/// <param name="OriginalHeight">Height of the image on disk, in pixels.</param>
public sealed record LoadedSample(
    int Index, string Id, PlanarImage Image, IReadOnlyList<ObjectAnnotation> Objects, int OriginalWidth, int OriginalHeight);
