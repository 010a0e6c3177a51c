using System.Text.Json;

namespace ScratchDet.Data.Coco;

/// <summary>
/// Writes detections in COCO's result form. Read again they are the same to the last bit. Where areas are those of masks,
/// no boxes are written: who reads the file takes area and box from the mask then, as pycocotools does; with boxes in the
/// file it would take the boxes' area.
/// </summary>
public static class CocoResultsWriter
{
    /// <param name="truth">The ground truth of the results: it has the ids.</param>
    /// <exception cref="IOException">The disk is full, or the place cannot be written; an older file stays then.</exception>
    public static void Write(string path, CocoGroundTruth truth, CocoResults results) => AtomicFile.Write(path, stream => Write(stream, truth, results));

    private static void Write(Stream stream, CocoGroundTruth truth, CocoResults results)
    {
        bool hasBoxes = results.Masks is null || AreasAreOfBoxes(results);
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

    private static bool AreasAreOfBoxes(CocoResults results)
    {
        foreach (CocoDetection detection in results.Detections)
        {
            if (detection.Area != detection.Box.Area) return false;
        }
        return true;
    }
}
