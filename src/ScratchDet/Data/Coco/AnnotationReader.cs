namespace ScratchDet.Data.Coco;

/// <summary>Reads one annotation of an object: its fields may stand in any order, so all are gathered first.</summary>
internal sealed class AnnotationReader(EntryReader entry, CocoParts parts)
{
    private readonly NumberBuffer<double> keypoints = new();
    private readonly SegmentationReader segmentation = new(entry.Json);
    private long imageId, categoryId, labelledCount;
    private double area;
    private CocoBox box;
    private bool isCrowd, ignore, hasImage, hasCategory, hasArea, hasBox, hasKeypoints, hasSegmentation;

    public long Id { get; private set; }

    public bool HasId { get; private set; }

    /// <summary>Reads up to the entry's closing brace.</summary>
    public void Read()
    {
        (HasId, hasImage, hasCategory, hasArea, hasBox, hasKeypoints, isCrowd, ignore) = (false, false, false, false, false, false, false, false);
        (labelledCount, box, hasSegmentation) = (-1, default, false);
        JsonFileReader json = entry.Json;
        while (json.NextKey(out ReadOnlySpan<byte> key))
        {
            if (key.SequenceEqual("id"u8)) ReadId();
            else if (key.SequenceEqual("image_id"u8)) hasImage = entry.Id("image_id", out imageId);
            else if (key.SequenceEqual("category_id"u8)) hasCategory = entry.Id("category_id", out categoryId);
            else if (key.SequenceEqual("area"u8)) hasArea = entry.Number("area", out area);
            else if (key.SequenceEqual("bbox"u8)) hasBox = entry.Box(out box);
            else if (key.SequenceEqual("iscrowd"u8)) isCrowd = entry.Flag("iscrowd");
            else if (key.SequenceEqual("ignore"u8)) ignore = entry.Flag("ignore");
            else if (parts.HasFlag(CocoParts.Masks) && key.SequenceEqual("segmentation"u8)) hasSegmentation = segmentation.Read();
            else if (parts.HasFlag(CocoParts.Keypoints) && key.SequenceEqual("keypoints"u8)) ReadKeypoints();
            else if (parts.HasFlag(CocoParts.Keypoints) && key.SequenceEqual("num_keypoints"u8)) ReadLabelledCount();
            else json.Skip();
        }
        Check();
    }

    public void AddTo(AnnotationList list)
    {
        list.Add(new CocoObject(Id, -1, -1, box, area, isCrowd, ignore), imageId, categoryId);
        if (parts.HasFlag(CocoParts.Masks)) list.AddMask(segmentation);
        if (parts.HasFlag(CocoParts.Keypoints)) list.AddKeypoints(keypoints.Span, (int)labelledCount);
    }

    private void Check()
    {
        entry.Require(HasId, "id");
        entry.Require(hasImage, "image_id");
        entry.Require(hasCategory, "category_id");
        entry.Require(hasArea, "area");
        if (area < 0) entry.Note("area is negative", "write the object's area in pixels");
        if ((parts & (CocoParts.Boxes | CocoParts.Keypoints)) != 0) entry.Require(hasBox, "bbox");
        if (parts.HasFlag(CocoParts.Masks)) entry.Require(hasSegmentation, "segmentation");
        if (hasSegmentation && segmentation.Fault is { } fault) entry.Note(fault, segmentation.WhatToDo);
        if (parts.HasFlag(CocoParts.Keypoints)) entry.Require(hasKeypoints, "keypoints");
    }

    private void ReadId()
    {
        HasId = entry.Id("id", out long id);
        Id = id;
    }

    private void ReadKeypoints()
    {
        keypoints.Clear();
        hasKeypoints = entry.Keypoints(keypoints);
    }

    private void ReadLabelledCount()
    {
        if (entry.IsNull()) return;
        const string form = "write how many keypoints are labelled";
        if (entry.Whole("num_keypoints", out labelledCount, form) && labelledCount is < 0 or > int.MaxValue) entry.Note($"num_keypoints is {labelledCount}", form);
    }
}
