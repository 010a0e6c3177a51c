using System.Text.Json;
using ScratchDet.Boxes;

namespace ScratchDet.Data.Synthetic;

/// <summary>One object as COCO stores it.</summary>
/// <param name="Area">Visible pixels.</param>
/// <param name="RunLengths">Uncompressed run-length code of the mask: column by column, starting with a run of zeros.</param>
internal sealed record CocoShape(int ClassIndex, Box Box, int Area, IReadOnlyList<int> RunLengths, IReadOnlyList<ShapeKeypoint> Keypoints)
{
    /// <param name="size">Width and height of the mask.</param>
    public static CocoShape From(ShapeObject item, int size)
    {
        var runs = new List<int>();
        byte current = 0;
        int length = 0, area = 0;
        for (int x = 0; x < size; x++)
        {
            for (int y = 0; y < size; y++)
            {
                byte value = item.Mask[y * size + x];
                area += value;
                if (value == current)
                {
                    length++;
                    continue;
                }
                runs.Add(length);
                (current, length) = (value, 1);
            }
        }
        runs.Add(length);
        return new(item.ClassIndex, item.Box, area, runs, item.Keypoints);
    }
}

/// <summary>Writes COCO instance annotations with masks and keypoints; the same input gives the same bytes.</summary>
internal static class ShapesCocoJson
{
    /// <param name="objects">The objects of each image.</param>
    /// <param name="firstIndex">Index of the first image in the whole data set; image ids count from 1.</param>
    /// <param name="nextAnnotation">The next annotation id; ids are unique over all splits.</param>
    public static void Write(Stream stream, ReadOnlySpan<CocoShape[]> objects, int firstIndex, int size, ref int nextAnnotation)
    {
        using var json = new Utf8JsonWriter(stream);
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
                WriteAnnotation(json, item, firstIndex + i + 1, nextAnnotation++, size);
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

    private static void WriteAnnotation(Utf8JsonWriter json, CocoShape item, int image, int id, int size)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteNumber("image_id", image);
        json.WriteNumber("category_id", item.ClassIndex + 1);
        json.WriteNumber("iscrowd", 0);
        json.WriteNumber("area", item.Area);
        json.WriteStartArray("bbox");
        foreach (float number in (ReadOnlySpan<float>)[item.Box.XMin, item.Box.YMin, item.Box.Width, item.Box.Height])
            json.WriteNumberValue((int)number);
        json.WriteEndArray();

        json.WriteStartObject("segmentation");
        json.WriteStartArray("size");
        json.WriteNumberValue(size);
        json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("counts");
        foreach (int run in item.RunLengths) json.WriteNumberValue(run);
        json.WriteEndArray();
        json.WriteEndObject();

        int labelled = 0;
        json.WriteStartArray("keypoints");
        foreach (ShapeKeypoint keypoint in item.Keypoints)
        {
            // COCO names the pixel, not its centre.
            json.WriteNumberValue((int)keypoint.X);
            json.WriteNumberValue((int)keypoint.Y);
            json.WriteNumberValue(keypoint.Visibility);
            if (keypoint.Visibility > 0) labelled++;
        }
        json.WriteEndArray();
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
