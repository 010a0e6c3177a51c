using System.Text.Json;
using ScratchDet.Data.Coco;

namespace ScratchDet.Data.Fetch;

/// <summary>
/// The annotations of the nuclei: COCO's form with the original ids and the licence, which the kit's own writer has no place
/// for, and run lengths as lists, which any program reads without pycocotools.
/// </summary>
internal static class NucleiJson
{
    private const int FlushBytes = 1 << 16;

    public static void Write(string path, IReadOnlyList<NucleiImage> images) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteStartObject("info");
        json.WriteString("description", "Kaggle DSB2018 stage1_train (BBBC038), lopuhin fixes, CC0");
        json.WriteEndObject();
        json.WriteStartArray("licenses");
        json.WriteStartObject();
        json.WriteNumber("id", 1);
        json.WriteString("name", "CC0 1.0");
        json.WriteString("url", "https://creativecommons.org/publicdomain/zero/1.0/");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("images");
        foreach (NucleiImage image in images) WriteImage(json, image);
        json.WriteEndArray();
        json.WriteStartArray("annotations");
        foreach (NucleiImage image in images)
        {
            long id = image.FirstId;
            foreach (RunLengthMask nucleus in image.Nuclei) WriteNucleus(json, id++, image.Number, nucleus);
            if (json.BytesPending > FlushBytes) json.Flush();
        }
        json.WriteEndArray();
        json.WriteStartArray("categories");
        json.WriteStartObject();
        json.WriteNumber("id", 1);
        json.WriteString("name", "nucleus");
        json.WriteString("supercategory", "cell");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteImage(Utf8JsonWriter json, NucleiImage image)
    {
        json.WriteStartObject();
        json.WriteNumber("id", image.Number);
        json.WriteString("file_name", image.FileName);
        json.WriteNumber("width", image.Width);
        json.WriteNumber("height", image.Height);
        json.WriteNumber("license", 1);
        json.WriteString("source_id", image.SourceId);
        json.WriteEndObject();
    }

    private static void WriteNucleus(Utf8JsonWriter json, long id, int imageId, RunLengthMask nucleus)
    {
        CocoBox box = nucleus.Box;
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteNumber("image_id", imageId);
        json.WriteNumber("category_id", 1);
        json.WriteNumber("iscrowd", 0);
        json.WriteNumber("area", nucleus.Area);
        WriteNumbers(json, "bbox", [(long)box.X, (long)box.Y, (long)box.Width, (long)box.Height]);
        json.WriteStartObject("segmentation");
        WriteNumbers(json, "size", [nucleus.Height, nucleus.Width]);
        json.WriteStartArray("counts");
        foreach (uint run in nucleus.Runs) json.WriteNumberValue(run);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
