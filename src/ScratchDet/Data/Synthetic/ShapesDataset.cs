namespace ScratchDet.Data.Synthetic;

/// <summary>How a shapes data set lies on the disk.</summary>
public enum ShapesLayout
{
    /// <summary>JPEGImages, Annotations, ImageSets/Main: boxes only.</summary>
    Voc,

    /// <summary>images/{train,val,test} and annotations/instances_{train,val,test}.json: boxes, masks and keypoints.</summary>
    Coco,
}

/// <summary>Writes <see cref="SyntheticShapes"/> as a data set with PNG images.</summary>
public static class ShapesDataset
{
    private const string Generator = "scratchdet-shapes";

    /// <summary>Counts the changes of the pictures or annotations that a seed gives.</summary>
    private const int Version = 1;

    private static readonly string[] CocoContents = ["images", "annotations"];

    /// <summary>
    /// Makes the folder as a whole, or leaves it alone when it is complete already. Image i is
    /// <see cref="SyntheticShapes.Render"/> of index i; the split into train, val and test is 70/15/15 by index.
    /// </summary>
    /// <param name="images">At least 1.</param>
    /// <param name="size">Width and height in pixels.</param>
    /// <param name="imageWriter">Encodes one RGB image to a path that ends in .png; called from several threads.</param>
    /// <param name="progress">Images done and images in all; called one at a time.</param>
    /// <exception cref="BadInputException">The folder is not empty and not from this generator.</exception>
    public static GeneratedDataset Write(
        string directory, int images, int size, ulong seed, ShapesLayout layout, Action<string, PlanarImage> imageWriter,
        Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, SyntheticShapes.SmallestSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, SyntheticShapes.LargestSize);
        bool coco = layout == ShapesLayout.Coco;
        var recipe = new DatasetRecipe(Generator, Version, coco ? "coco" : "voc", images, size, seed);
        return GeneratedFolder.Make(directory, recipe, coco ? CocoContents : VocFolder.Contents, folder => coco ? WriteCoco(folder) : WriteVoc(folder));

        int WriteVoc(string folder)
        {
            VocFolder.CreateFolders(folder);
            int[] counts = DatasetRendering.ForEach(images, index =>
            {
                AnnotatedImage shapes = SyntheticShapes.Render(seed, index, size).ToAnnotatedImage();
                imageWriter(VocFolder.ImagePath(folder, index, ".png"), shapes.Image);
                VocFolder.WriteAnnotation(folder, index, ".png", "ScratchDet synthetic shapes", size, PlanarImage.Channels, shapes.Objects, SyntheticShapes.ClassNames);
                return shapes.Objects.Count;
            }, progress, cancellation);
            VocFolder.WriteSplits(folder, images);
            return counts.Sum();
        }

        int WriteCoco(string folder)
        {
            var split = DatasetSplit.Of(images);
            string[] parts = ["train", "val", "test"];
            foreach (string part in parts) Directory.CreateDirectory(Path.Combine(folder, "images", part));
            Directory.CreateDirectory(Path.Combine(folder, "annotations"));
            CocoShape[][] objects = DatasetRendering.ForEach(images, index =>
            {
                SyntheticShapesImage shapes = SyntheticShapes.Render(seed, index, size);
                imageWriter(Path.Combine(folder, "images", split.NameOf(index), DatasetSplit.Id(index) + ".png"), shapes.Image);
                // Run lengths instead of masks, so that a large data set does not have to fit into memory as pixels.
                return shapes.Objects.Select(item => CocoShape.From(item, size)).ToArray();
            }, progress, cancellation);
            int firstIndex = 0, firstAnnotation = 1;
            foreach ((string part, int count) in parts.Zip([split.Train, split.Validation, split.Test]))
            {
                using var stream = new FileStream(Path.Combine(folder, "annotations", $"instances_{part}.json"), FileMode.CreateNew, FileAccess.Write);
                ShapesCocoJson.Write(stream, objects.AsSpan(firstIndex, count), firstIndex, size, ref firstAnnotation);
                firstIndex += count;
            }
            return firstAnnotation - 1;
        }
    }
}
