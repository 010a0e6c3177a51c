namespace ScratchDet.Data.Coco;

/// <summary>The size of the masks of each image: the image's, or where the file does not say, that of its first mask.</summary>
internal sealed class MaskSizes
{
    public const string WhatToDo = "give images their width and height, and masks the size of their image";
    private readonly (int Height, int Width)[] sizes;

    public MaskSizes(IReadOnlyList<CocoImage> images)
    {
        sizes = new (int, int)[images.Count];
        for (int i = 0; i < sizes.Length; i++)
        {
            if (images[i].Height > 0 && images[i].Width > 0) sizes[i] = (images[i].Height, images[i].Width);
        }
    }

    public MaskSizes(CocoGroundTruth truth)
        : this(truth.Images)
    {
        for (int i = 0; i < (truth.Masks?.Count ?? 0); i++)
        {
            ref (int Height, int Width) size = ref sizes[truth.Objects[i].ImageIndex];
            if (size.Height == 0) size = truth.Masks!.SizeOf(i);
        }
    }

    /// <summary>Checks a mask's size, 0 for polygons, which get their image's.</summary>
    /// <returns>Null, or how it does not fit.</returns>
    public string? Fit(int image, ref int height, ref int width)
    {
        ref (int Height, int Width) size = ref sizes[image];
        if (height == 0)
        {
            (height, width) = size;
            if (height == 0) return "it has polygons, but its image has no width and height";
            return (long)height * width > int.MaxValue ? $"it has polygons in an image of {height} x {width} pixels, which is too large" : null;
        }
        if (size.Height == 0) size = (height, width);
        return size == (height, width) ? null : $"its mask is of {height} x {width} pixels, its image of {size.Height} x {size.Width}";
    }
}
