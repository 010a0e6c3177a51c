namespace ScratchDet.Data;

/// <summary>The annotated objects of one image, as its file has them.</summary>
/// <param name="AnnotationPath">For messages about one of them.</param>
public sealed record VocImageObjects(string ImageId, string AnnotationPath, IReadOnlyList<VocObject> Objects);

/// <summary>
/// The annotations of an image set as the devkit's evaluation sees them: no image is opened, no box is clipped or refused
/// for being small, and coordinates keep all their digits.
/// </summary>
public sealed record VocGroundTruth(IReadOnlyList<string> ClassNames, IReadOnlyList<VocImageObjects> Images)
{
    /// <summary>
    /// Reads an image set. The classes are the twenty of PASCAL where its annotations have no others, else those that they
    /// have, ordinally sorted.
    /// </summary>
    /// <param name="folder">A VOC folder, or a devkit of several years; JPEGImages need not be there.</param>
    /// <param name="split">As in <see cref="VocDataset.Read"/>.</param>
    /// <exception cref="ArgumentException">The text names no image set.</exception>
    /// <exception cref="BadInputException">A list or an annotation is absent or cannot be used, or a box has swapped corners.</exception>
    public static VocGroundTruth Read(string folder, string split)
    {
        IReadOnlyList<VocLayout> layouts = VocLayout.Find(folder, needsImages: false);
        List<(VocLayout Layout, string Id, string ListPath)> entries = VocDataset.Entries(folder, layouts, split);
        VocImageObjects[] images = VocDataset.InParallel(entries.Count, i => ReadImage(entries[i].Layout, entries[i].Id));
        var names = new SortedSet<string>(images.SelectMany(image => image.Objects).Select(item => item.ClassName), StringComparer.Ordinal);
        return new VocGroundTruth(names.IsSubsetOf(VocDataset.PascalClassNames) ? VocDataset.PascalClassNames : [.. names], images);
    }

    private static VocImageObjects ReadImage(VocLayout layout, string id)
    {
        string path = layout.AnnotationPath(id);
        IReadOnlyList<VocObject> objects = VocAnnotationReader.Read(path).Objects;
        for (int i = 0; i < objects.Count; i++)
        {
            if (objects[i] is { } item && (item.XMax < item.XMin || item.YMax < item.YMin))
                throw new BadInputException(path, VocDataset.Place(item, i), $"the box {VocBoxRule.Corners(item)} has swapped corners", "correct the box or delete the object");
        }
        return new VocImageObjects(id, path, objects);
    }
}
