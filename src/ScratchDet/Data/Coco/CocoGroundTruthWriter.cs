using System.Text.Json;

namespace ScratchDet.Data.Coco;

/// <summary>
/// Writes annotations in COCO's form. Read again they are the same to the last bit: numbers are written with as many
/// digits as it takes. Crowds get their runs as a list, as in COCO's own files, other masks that are no polygons as text.
/// </summary>
public static class CocoGroundTruthWriter
{
    /// <exception cref="IOException">The disk is full, or the place cannot be written; an older file stays then.</exception>
    public static void Write(string path, CocoGroundTruth truth) => AtomicFile.Write(path, stream => Write(stream, truth));

    private static void Write(Stream stream, CocoGroundTruth truth)
    {
        using var json = new Utf8JsonWriter(stream, CocoJson.Options);
        json.WriteStartObject();
        json.WriteStartArray("images");
        foreach (CocoImage image in truth.Images) WriteImage(json, image);
        json.WriteEndArray();
        json.WriteStartArray("categories");
        foreach (CocoCategory category in truth.Categories)
        {
            json.WriteStartObject();
            json.WriteNumber("id", category.Id);
            json.WriteString("name", category.Name);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("annotations");
        for (int i = 0; i < truth.Objects.Count; i++)
        {
            WriteObject(json, truth, i);
            CocoJson.FlushNowAndThen(json);
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        stream.WriteByte((byte)'\n');
    }

    private static void WriteImage(Utf8JsonWriter json, CocoImage image)
    {
        json.WriteStartObject();
        json.WriteNumber("id", image.Id);
        if (image.Width > 0) json.WriteNumber("width", image.Width);
        if (image.Height > 0) json.WriteNumber("height", image.Height);
        if (image.FileName is not null) json.WriteString("file_name", image.FileName);
        json.WriteEndObject();
        CocoJson.FlushNowAndThen(json);
    }

    private static void WriteObject(Utf8JsonWriter json, CocoGroundTruth truth, int index)
    {
        CocoObject item = truth.Objects[index];
        json.WriteStartObject();
        json.WriteNumber("id"u8, item.Id);
        json.WriteNumber("image_id"u8, truth.Images[item.ImageIndex].Id);
        json.WriteNumber("category_id"u8, truth.Categories[item.CategoryIndex].Id);
        CocoJson.WriteBox(json, item.Box);
        json.WriteNumber("area"u8, item.Area);
        json.WriteNumber("iscrowd"u8, item.IsCrowd ? 1 : 0);
        if (item.Ignore) json.WriteNumber("ignore"u8, 1);
        if (truth.Masks is not null) CocoJson.WriteMask(json, truth.Masks, index, asList: item.IsCrowd);
        if (truth.Keypoints is not null)
        {
            CocoJson.WriteNumbers(json, "keypoints"u8, truth.Keypoints.Of(index));
            json.WriteNumber("num_keypoints"u8, truth.Keypoints.LabelledCount(index));
        }
        json.WriteEndObject();
    }
}
