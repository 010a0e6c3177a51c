using System.Text.Json;
using ScratchDet.Boxes;
using ScratchDet.Data.Coco;

namespace ScratchDet.Data.Synthetic;

/// <summary>One object as COCO stores it.</summary>
/// <param name="Mask">The visible pixels.</param>
internal sealed record CocoShape(int ClassIndex, Box Box, RunLengthMask Mask, IReadOnlyList<ShapeKeypoint> Keypoints)
{
    /// <param name="size">Width and height of the mask.</param>
    public static CocoShape From(ShapeObject item, int size) =>
        new(item.ClassIndex, item.Box, RunLengthMask.FromBitmap(size, size, item.Mask), item.Keypoints);
}

/// <summary>Writes COCO instance annotations with masks and keypoints; the same input gives the same bytes.</summary>
internal static class ShapesCocoJson
{
    /// <param name="objects">The objects of each image.</param>
    /// <param name="firstIndex">Index of the first image in the whole data set; image ids count from 1.</param>
    /// <param name="nextAnnotation">The next annotation id; ids are unique over all splits.</param>
    public static void Write(Stream stream, ReadOnlySpan<CocoShape[]> objects, int firstIndex, int size, ref int nextAnnotation)
    {
        using var json = new Utf8JsonWriter(stream, CocoJson.Options);
        json.WriteStartObject();
        json.WriteStartObject("info");
        json.WriteString("description", "ScratchDet synthetic shapes");
        json.WriteEndObject();

        json.WriteStartArray("images");
        for (int i = 0; i < objects.Length; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", firstIndex + i + 1);
            json.WriteString("file_name", DatasetSplit.Id(firstIndex + i) + ".png");
            json.WriteNumber("width", size);
            json.WriteNumber("height", size);
            json.WriteEndObject();
        }
        json.WriteEndArray();

        json.WriteStartArray("annotations");
        for (int i = 0; i < objects.Length; i++)
        {
            foreach (CocoShape item in objects[i])
            {
                WriteAnnotation(json, item, firstIndex + i + 1, nextAnnotation++);
                CocoJson.FlushNowAndThen(json);
            }
        }
        json.WriteEndArray();

        json.WriteStartArray("categories");
        for (int i = 0; i < SyntheticShapes.Categories.Count; i++)
            WriteCategory(json, SyntheticShapes.Categories[i], i + 1);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        stream.WriteByte((byte)'\n');
    }

    private static void WriteAnnotation(Utf8JsonWriter json, CocoShape item, int image, int id)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteNumber("image_id", image);
        json.WriteNumber("category_id", item.ClassIndex + 1);
        json.WriteNumber("iscrowd", 0);
        json.WriteNumber("area", item.Mask.Area);
        CocoJson.WriteBox(json, new CocoBox(item.Box.XMin, item.Box.YMin, item.Box.Width, item.Box.Height));
        CocoJson.WriteRuns(json, item.Mask);

        var keypoints = new double[3 * item.Keypoints.Count];
        int labelled = 0;
        for (int i = 0; i < item.Keypoints.Count; i++)
        {
            ShapeKeypoint keypoint = item.Keypoints[i];
            // COCO names the pixel, not its centre.
            (keypoints[3 * i], keypoints[(3 * i) + 1], keypoints[(3 * i) + 2]) = ((int)keypoint.X, (int)keypoint.Y, keypoint.Visibility);
            if (keypoint.Visibility > 0) labelled++;
        }
        CocoJson.WriteNumbers(json, "keypoints"u8, keypoints);
        json.WriteNumber("num_keypoints", labelled);
        json.WriteEndObject();
    }

    private static void WriteCategory(Utf8JsonWriter json, ShapeCategory category, int id)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("name", category.Name);
        json.WriteString("supercategory", "shape");
        json.WriteStartArray("keypoints");
        foreach (string name in category.KeypointNames) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteStartArray("skeleton");
        foreach ((int from, int to) in category.Skeleton)
        {
            json.WriteStartArray();
            json.WriteNumberValue(from + 1);
            json.WriteNumberValue(to + 1);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
