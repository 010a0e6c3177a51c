using System.Globalization;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation.Coco;

/// <summary>The kit's own annotations and detections in COCO's terms, so that every metric can look at them.</summary>
public static class CocoConversion
{
    /// <summary>
    /// Ids count from 1, in the order of the samples and of the class names; the area of an object is that of its box.
    /// Difficult objects are ignored: VOC neither rewards nor punishes a detection of one.
    /// </summary>
    public static CocoGroundTruth GroundTruth(DetectionDataset data)
    {
        var images = new CocoImage[data.Samples.Count];
        var objects = new List<CocoObject>();
        for (int i = 0; i < images.Length; i++)
        {
            Sample sample = data.Samples[i];
            images[i] = new CocoImage(i + 1, sample.Width, sample.Height, Path.GetFileName(sample.ImagePath));
            foreach (ObjectAnnotation item in sample.Objects)
            {
                CocoBox box = BoxOf(item.Box);
                objects.Add(new CocoObject(objects.Count + 1, i, item.ClassIndex, box, box.Area, Ignore: item.Difficult));
            }
        }
        CocoCategory[] categories = [.. data.ClassNames.Select((name, index) => new CocoCategory(index + 1, name))];
        return new CocoGroundTruth(null, images, categories, objects);
    }

    /// <summary>Detections on the samples of a data set, image by image.</summary>
    /// <param name="images">One entry for each sample of <paramref name="data"/>, in its order.</param>
    /// <exception cref="ArgumentException">The images are not those of the data set.</exception>
    public static CocoResults Results(DetectionDataset data, IReadOnlyList<ImageDetections> images)
    {
        if (images.Count != data.Samples.Count)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{images.Count} images were evaluated, the data set has {data.Samples.Count}"), nameof(images));
        var detections = new List<CocoDetection>();
        for (int i = 0; i < images.Count; i++)
        {
            if (images[i].ImageId != data.Samples[i].Id)
                throw new ArgumentException($"image {i + 1} is '{images[i].ImageId}', in the data set '{data.Samples[i].Id}'", nameof(images));
            foreach (Detection found in images[i].Detections)
            {
                CocoBox box = BoxOf(found.Box);
                detections.Add(new CocoDetection(i, found.ClassIndex, found.Score, box, box.Area));
            }
        }
        return new CocoResults(null, detections);
    }

    /// <summary>In double, so that the size is exact and the far corner comes back.</summary>
    public static CocoBox BoxOf(Box box) => new(box.XMin, box.YMin, (double)box.XMax - box.XMin, (double)box.YMax - box.YMin);
}
