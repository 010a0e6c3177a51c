using ScratchDet.Boxes;

namespace ScratchDet.Data;

/// <summary>One annotated object. <see cref="Box"/> is in pixels of the original image (see <see cref="Boxes.Box"/>).</summary>
/// <param name="ClassIndex">0-based among the foreground classes; the training label is <c>ClassIndex + 1</c>, background is 0.</param>
public readonly record struct ObjectAnnotation(int ClassIndex, Box Box, bool Difficult = false, bool Truncated = false);

/// <summary>An image on disk with its objects; pixels are read when the loader asks.</summary>
public sealed record Sample(string Id, string ImagePath, int Width, int Height, IReadOnlyList<ObjectAnnotation> Objects);

/// <summary>Pixels in memory with the objects in pixels of this image: what augmentation takes and gives.</summary>
public sealed record AnnotatedImage(PlanarImage Image, IReadOnlyList<ObjectAnnotation> Objects);
