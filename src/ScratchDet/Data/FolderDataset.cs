namespace ScratchDet.Data;

/// <summary>A folder that the user names, in VOC's layout or in COCO's.</summary>
public static class FolderDataset
{
    /// <param name="split">As <see cref="VocDataset.Read"/> takes it; "train2017" and the like in COCO's layout.</param>
    /// <param name="classNames">In label order; null: those of the folder.</param>
    /// <param name="forTraining">Leaves COCO's crowds out, which no box should learn.</param>
    /// <exception cref="BadInputException">The folder cannot be used.</exception>
    public static DetectionDataset Read(string folder, string split, IReadOnlyList<string>? classNames = null, bool forTraining = false) => CocoDataset.IsFolder(folder)
        ? CocoDataset.Read(folder, split, classNames, keepCrowds: !forTraining)
        : VocDataset.Read(folder, split, new VocReadOptions { ClassNames = classNames });
}
