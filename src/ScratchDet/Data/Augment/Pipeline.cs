using ScratchDet.Boxes;

namespace ScratchDet.Data.Augment;

/// <summary>
/// Applies an <see cref="AugmentSpec"/>. Expand and crop are only arithmetic on a window, and the resize reads through
/// it, so an image expanded 16 times costs no more than another. Usable from several threads.
/// </summary>
/// <param name="width">Width of the network's input in pixels.</param>
/// <param name="height">Height of the network's input in pixels.</param>
public sealed class Pipeline(AugmentSpec spec, int width, int height)
{
    private readonly PhotometricDistortion photometric = new(spec.Photometric);
    private readonly Expand expand = new(spec.Expand, spec.Normalization.Fill);
    private readonly CropSampler crop = new(spec.Crop);
    private readonly Mirror mirror = new(spec.Mirror);

    // The distorted image lives only until the resize has read it. A large array for every image would make the garbage
    // collector run every few images, so each thread keeps its last one.
    private readonly ThreadLocal<PlanarImage?> scratch = new();

    public AugmentSpec Spec { get; } = spec;

    public int Width { get; } = width;

    public int Height { get; } = height;

    /// <summary>
    /// The augmented image, 8-bit and not yet normalised, with the objects that are left, in its pixels. The input's
    /// pixels are never written to; they are the output when no step changes them.
    /// </summary>
    /// <param name="random">All chance comes from here: the same state gives the same result.</param>
    public AnnotatedImage Apply(AnnotatedImage input, Random random)
    {
        PlanarImage image = photometric.Apply(input.Image, random, Scratch);
        FillColor fill = Spec.Normalization.Fill;

        PixelWindow window = expand.Draw(image.Width, image.Height, random);
        List<ObjectAnnotation> objects = Moved(input.Objects, window);
        PixelWindow inner = crop.Draw(window.Width, window.Height, objects, random);
        if (inner != new PixelWindow(0, 0, window.Width, window.Height))
            objects = CropSampler.Keep(objects, inner);
        window = window.Inner(inner);

        bool resizes = Spec.Resize.Enabled;
        image = resizes
            ? Resize.Apply(image, window, fill, Width, Height, Resize.Draw(Spec.Resize.Interpolations, random))
            : window.Render(image, fill);
        bool mirrors = mirror.Draw(random);
        if (ReferenceEquals(image, scratch.Value) || (mirrors && ReferenceEquals(image, input.Image)))
            image = new PlanarImage(image.Width, image.Height, (byte[])image.Pixels.Clone());
        if (mirrors) Mirror.InPlace(image);
        return new AnnotatedImage(image, Fitted(objects, window, image, mirrors));
    }

    private PlanarImage Scratch(int imageWidth, int imageHeight)
    {
        if (scratch.Value is not { } last || last.Width != imageWidth || last.Height != imageHeight)
            scratch.Value = last = new PlanarImage(imageWidth, imageHeight);
        return last;
    }

    private static List<ObjectAnnotation> Moved(IReadOnlyList<ObjectAnnotation> objects, PixelWindow window)
    {
        var moved = new List<ObjectAnnotation>(objects.Count);
        for (int i = 0; i < objects.Count; i++)
            moved.Add(objects[i] with { Box = window.Shift(objects[i].Box) });
        return moved;
    }

    // Boxes from the window to the final image; rounding may not carry one over the border or leave it without area.
    private static List<ObjectAnnotation> Fitted(List<ObjectAnnotation> objects, PixelWindow window, PlanarImage image, bool mirrors)
    {
        float scaleX = (float)image.Width / window.Width, scaleY = (float)image.Height / window.Height;
        int count = 0;
        for (int i = 0; i < objects.Count; i++)
        {
            Box box = objects[i].Box.Scale(scaleX, scaleY);
            if (mirrors) box = Mirror.Flip(box, image.Width);
            box = box.Clip(image.Width, image.Height);
            if (box.Area > 0) objects[count++] = objects[i] with { Box = box };
        }
        objects.RemoveRange(count, objects.Count - count);
        return objects;
    }
}
