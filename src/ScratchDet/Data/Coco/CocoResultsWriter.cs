using System.Globalization;
using System.Text.Json;

namespace ScratchDet.Data.Coco;

/// <summary>
/// Writes detections in COCO's result form. Read again they are the same to the last bit. The form has no areas: who reads
/// it takes the box's, or where there are no boxes that of the mask, and the box around it. So where areas are those of
/// masks, no boxes are written; results whose areas are neither are refused.
/// </summary>
public static class CocoResultsWriter
{
    /// <param name="truth">The ground truth of the results: it has the ids.</param>
    /// <exception cref="ArgumentException">
    /// Areas that are neither all those of the boxes nor all those of the masks, with the boxes around these: no file can
    /// keep them. Or a number that is not finite.
    /// </exception>
    /// <exception cref="IOException">The disk is full, or the place cannot be written; an older file stays then.</exception>
    public static void Write(string path, CocoGroundTruth truth, CocoResults results)
    {
        bool hasBoxes = FirstOfOtherArea(results) is not { } other || !AreMasks(results, other);
        AtomicFile.Write(path, stream => Write(stream, truth, results, hasBoxes));
    }

    private static void Write(Stream stream, CocoGroundTruth truth, CocoResults results, bool hasBoxes)
    {
        using var json = new Utf8JsonWriter(stream, CocoJson.Options);
        json.WriteStartArray();
        for (int i = 0; i < results.Detections.Count; i++)
        {
            CocoDetection detection = results.Detections[i];
            json.WriteStartObject();
            json.WriteNumber("image_id"u8, truth.Images[detection.ImageIndex].Id);
            json.WriteNumber("category_id"u8, truth.Categories[detection.CategoryIndex].Id);
            if (hasBoxes) CocoJson.WriteBox(json, detection.Box);
            json.WriteNumber("score"u8, detection.Score);
            if (results.Masks is not null) CocoJson.WriteMask(json, results.Masks, i, asList: false);
            if (results.Keypoints is not null) CocoJson.WriteNumbers(json, "keypoints"u8, results.Keypoints.Of(i));
            json.WriteEndObject();
            CocoJson.FlushNowAndThen(json);
        }
        json.WriteEndArray();
        json.Flush();
        stream.WriteByte((byte)'\n');
    }

    /// <summary>The first detection whose area is not that of its box, if there is one.</summary>
    private static int? FirstOfOtherArea(CocoResults results)
    {
        for (int i = 0; i < results.Detections.Count; i++)
            if (results.Detections[i].Area != results.Detections[i].Box.Area) return i;
        return null;
    }

    /// <summary>Whether areas and boxes are those of the masks: true, or it throws.</summary>
    private static bool AreMasks(CocoResults results, int other)
    {
        if (results.Masks is null) throw Lost(other, results.Detections[other], "of its box", results.Detections[other].Box.Area);
        for (int i = 0; i < results.Detections.Count; i++)
        {
            CocoDetection detection = results.Detections[i];
            RunLengthMask mask = results.Masks.Of(i);
            if (detection.Area != mask.Area) throw Lost(i, detection, "of its mask", mask.Area);
            if (detection.Box == mask.Box) continue;
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"detection {i + 1} has another box than its mask; a file where areas are those of masks cannot keep it"), nameof(results));
        }
        return true;
    }

    private static ArgumentException Lost(int index, in CocoDetection detection, string what, double area) =>
        new(string.Create(CultureInfo.InvariantCulture, $"detection {index + 1} has the area {detection.Area}, not the {area} {what}; a file of results cannot keep it"), "results");
}
