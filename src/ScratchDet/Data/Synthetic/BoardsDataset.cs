namespace ScratchDet.Data.Synthetic;

/// <summary>Writes <see cref="SyntheticBoards"/> as a data set in VOC layout with grey JPEG images.</summary>
public static class BoardsDataset
{
    private const string Generator = "scratchdet-boards";

    /// <summary>Counts the changes of the pictures or annotations that a seed gives.</summary>
    private const int Version = 1;

    /// <summary>
    /// Makes the folder as a whole, or leaves it alone when it is complete already. Image i is
    /// <see cref="SyntheticBoards.Render"/> of index i; the split into train, val and test is 70/15/15 by index.
    /// </summary>
    /// <param name="images">At least 1.</param>
    /// <param name="size">Width and height in pixels.</param>
    /// <param name="imageWriter">Encodes one image to a path that ends in .jpg; called from several threads. The planes
    /// are equal: one grey channel is to be written, as the annotation's depth of 1 says.</param>
    /// <param name="progress">Images done and images in all; called one at a time.</param>
    /// <exception cref="BadInputException">The folder is not empty and not from this generator.</exception>
    public static GeneratedDataset Write(
        string directory, int images, int size, ulong seed, Action<string, PlanarImage> imageWriter,
        Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, SyntheticBoards.SmallestSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, SyntheticBoards.LargestSize);
        var recipe = new DatasetRecipe(Generator, Version, "voc", images, size, seed);
        return GeneratedFolder.Make(directory, recipe, VocFolder.Contents, folder =>
        {
            VocFolder.CreateFolders(folder);
            int[] counts = DatasetRendering.ForEach(images, index =>
            {
                AnnotatedImage board = SyntheticBoards.Render(seed, index, size);
                imageWriter(VocFolder.ImagePath(folder, index, ".jpg"), board.Image);
                VocFolder.WriteAnnotation(folder, index, ".jpg", "ScratchDet synthetic boards", size, depth: 1, board.Objects, SyntheticBoards.ClassNames);
                return board.Objects.Count;
            }, progress, cancellation);
            VocFolder.WriteSplits(folder, images);
            return counts.Sum();
        });
    }
}
