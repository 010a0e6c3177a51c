namespace ScratchDet.Data.Coco;

/// <summary>What becomes of ids that are wrong, but that pycocotools takes without a word.</summary>
public enum CocoIdFaults
{
    /// <summary>They are bad input.</summary>
    Refused,

    /// <summary>
    /// As in pycocotools: when several annotations have the same id, each of them becomes the last one, which is then there as
    /// often as the id is. Of images and categories of one id the last one stays, once. Annotations of unknown images or
    /// categories, and detections of unknown categories, are left out. Everything else that is wrong is bad input all the
    /// same, also where pycocotools takes it for something: a list of polygons whose first has 4 numbers passes for boxes there.
    /// </summary>
    AsPycocotools,
}
