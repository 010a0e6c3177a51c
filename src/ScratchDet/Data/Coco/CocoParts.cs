namespace ScratchDet.Data.Coco;

/// <summary>What is read of objects and detections besides image, category and score; the rest of the file is passed over.</summary>
[Flags]
public enum CocoParts
{
    /// <summary>bbox, required of every object.</summary>
    Boxes = 1,

    /// <summary>segmentation, required of every object; bbox is read where there is one.</summary>
    Masks = 2,

    /// <summary>keypoints, and the bbox and area that object keypoint similarity needs.</summary>
    Keypoints = 4,
}
