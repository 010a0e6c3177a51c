using FsCheck.Fluent;
using ScratchDet.Boxes;
using ScratchDet.Models;

namespace ScratchDet.Tests.Boxes;

public class DetectionDecoderTests
{
    [Fact]
    public void Suppression_is_within_a_class_and_keeps_an_iou_of_exactly_the_threshold()
    {
        // Boxes of 100 x 100 in an image of 200 x 200; a and b overlap by half: 5000 / 15000 = 1/3 > 0.3 is dropped.
        float[] boxes = Normalised([new(0, 0, 100, 100), new(50, 0, 150, 100), new(0, 0, 100, 100)]);
        float[] probabilities =
        [
            0.1f, 0.9f, 0.0f, // class 0 kept
            0.2f, 0.8f, 0.0f, // class 0 dropped: IoU 1/3 with the first
            0.3f, 0.0f, 0.7f, // class 1 kept: another class
        ];
        DetectionDecoder decoder = new() { NmsIouThreshold = 0.3f };
        List<Detection> detections = decoder.DecodeProbabilities(probabilities, boxes, 200, 200);
        Assert.Equal([new Detection(0, 0.9f, new Box(0, 0, 100, 100)), new Detection(1, 0.7f, new Box(0, 0, 100, 100))], detections);

        float third = new Box(0, 0, 100, 100).Iou(new Box(50, 0, 150, 100));
        Assert.Equal(3, (decoder with { NmsIouThreshold = third }).DecodeProbabilities(probabilities, boxes, 200, 200).Count);
    }

    [Fact]
    public void A_suppressed_box_suppresses_nothing()
    {
        // IoU of a and b, and of b and c: 60 / 140 = 0.43; of a and c: 20 / 180 = 0.11. b falls to a, so c stays.
        float[] boxes = Normalised([new(0, 0, 100, 100), new(40, 0, 140, 100), new(80, 0, 180, 100)]);
        DetectionDecoder decoder = new() { NmsIouThreshold = 0.3f };
        List<Detection> detections = decoder.DecodeProbabilities([0, 0.9f, 0, 0.8f, 0, 0.7f], boxes, 200, 200);
        Assert.Equal([0.9f, 0.7f], detections.Select(d => d.Score));
    }

    [Fact]
    public void A_score_has_to_be_above_the_threshold()
    {
        float[] boxes = Normalised([new(0, 0, 10, 10), new(20, 0, 30, 10)]);
        List<Detection> detections = DetectionDecoder.Reference.DecodeProbabilities([0.99f, 0.01f, 0.98f, 0.011f], boxes, 200, 200);
        Assert.Equal([0.011f], detections.Select(d => d.Score));
    }

    [Fact]
    public void Equal_scores_are_taken_by_class_and_then_by_box()
    {
        float[] boxes = Normalised([new(0, 0, 10, 10), new(20, 0, 30, 10), new(40, 0, 50, 10)]);
        float[] probabilities = [0, 0.5f, 0.5f, 0, 0.5f, 0.5f, 0, 0.5f, 0.5f];
        List<Detection> detections = (DetectionDecoder.Reference with { DetectionsPerImage = 4 }).DecodeProbabilities(probabilities, boxes, 200, 200);
        Assert.Equal([(0, 0f), (0, 20f), (0, 40f), (1, 0f)], detections.Select(d => (d.ClassIndex, MathF.Round(d.Box.XMin))));
    }

    [Fact]
    public void Clipping_is_before_suppression()
    {
        // Both reach out to the left by 100: 200 x 100 and 150 x 100 with IoU 0.75 are 100 x 100 and 50 x 100 inside, IoU 0.5.
        float[] boxes = Normalised([new(-100, 0, 100, 100), new(-100, 0, 50, 100)]);
        float[] probabilities = [0, 0.9f, 0, 0.8f];
        DetectionDecoder decoder = new() { NmsIouThreshold = 0.6f };
        Assert.Equal(-100, Assert.Single(decoder.DecodeProbabilities(probabilities, boxes, 200, 200)).Box.XMin);
        List<Detection> clipped = (decoder with { ClipToImage = true }).DecodeProbabilities(probabilities, boxes, 200, 200);
        Assert.Equal([0f, 0f], clipped.Select(d => d.Box.XMin));
    }

    [Fact]
    public void Logits_and_offsets_are_decoded_by_softmax_and_the_default_boxes()
    {
        var tiles = new DefaultBoxSet(new DefaultBoxSpec(100, 100, [DefaultBoxMap.Square(2, 50, 50, null, [])]));
        // Box 3 (centre 75, 75): p = e^2 / (1 + e^2 + 1) = 0.786986; moved by 1 * 0.1 * 50 = 5 to the right, twice as high.
        var logits = new float[4 * 3];
        for (int i = 0; i < 3; i++)
            logits[3 * i] = 20; // sure background: p of the others 2e-9
        logits[10] = 2;
        var offsets = new float[16];
        (offsets[12], offsets[15]) = (1, MathF.Log(2) / 0.2f);
        List<Detection> detections = DetectionDecoder.Reference.Decode(logits, offsets, tiles, BoxCoder.Reference, 200, 400);
        Assert.Equal(2, detections.Count); // class 1 has p = 1 / (2 + e^2) = 0.1065
        Assert.Equal(0, detections[0].ClassIndex);
        Assert.Equal(0.786986f, detections[0].Score, 1e-6f);
        Assert.Equal(0.106507f, detections[1].Score, 1e-6f);
        // (55, 25) to (105, 125) of 100 x 100
        Assert.Equal(110, detections[0].Box.XMin, 1e-3f);
        Assert.Equal(100, detections[0].Box.YMin, 1e-3f);
        Assert.Equal(210, detections[0].Box.XMax, 1e-3f);
        Assert.Equal(500, detections[0].Box.YMax, 1e-3f);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(21)]
    [InlineData(91)]
    public void Softmax_of_logits_keeps_what_a_softmax_in_double_keeps(int classCount)
    {
        Random random = Seeds.Generator(3, "logits", classCount);
        var set = new DefaultBoxSet(BoxLayout.Of(1, 2).ForMaps(64, [16]));
        var logits = new float[set.Count * classCount];
        for (int i = 0; i < logits.Length; i++)
            logits[i] = (float)(random.NextDouble() * 12 - 6 + (i % classCount == 0 ? 5 : 0));
        DetectionDecoder all = new() { NmsIouThreshold = 1, CandidatesPerClass = int.MaxValue, DetectionsPerImage = int.MaxValue };
        List<Detection> detections = all.Decode(logits, new float[4 * set.Count], set, BoxCoder.Reference, 1, 1);

        var expected = new List<(double Score, int ClassIndex)>();
        for (int i = 0; i < set.Count; i++)
        {
            double[] exponentials = [.. logits.Skip(i * classCount).Take(classCount).Select(l => Math.Exp(l))];
            double sum = exponentials.Sum();
            for (int c = 1; c < classCount; c++)
            {
                if (exponentials[c] / sum > 0.01f) expected.Add((exponentials[c] / sum, c - 1));
            }
        }
        expected = [.. expected.OrderByDescending(e => e.Score)];
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Count, detections.Count);
        for (int k = 0; k < expected.Count; k++)
            Assert.Equal(expected[k].Score, detections[k].Score, 1e-6);
        Assert.Equal(
            expected.GroupBy(e => e.ClassIndex).OrderBy(g => g.Key).Select(g => (g.Key, g.Count())),
            detections.GroupBy(d => d.ClassIndex).OrderBy(g => g.Key).Select(g => (g.Key, g.Count())));
    }

    [Theory]
    [InlineData(400, 200, 0.45f)]
    [InlineData(5, 200, 0.45f)]
    [InlineData(400, 7, 0.45f)]
    [InlineData(30, 1000000, 0.2f)]
    public void One_pass_over_all_classes_equals_class_by_class(int perClass, int perImage, float nmsIou)
    {
        for (int round = 0; round < 6; round++)
        {
            Random random = Seeds.Generator(5, "probabilities", round);
            int boxCount = 40 * (round + 1), classCount = 2 + round;
            var boxes = new Box[boxCount];
            for (int i = 0; i < boxCount; i++)
            {
                (int x, int y) = (random.Next(60), random.Next(60));
                boxes[i] = new Box(x, y, x + random.Next(5, 40), y + random.Next(5, 40));
            }
            var probabilities = new float[boxCount * classCount];
            for (int i = 0; i < probabilities.Length; i++)
                probabilities[i] = random.Next(0, 64) / 64f; // few values: many ties
            DetectionDecoder decoder = new() { CandidatesPerClass = perClass, DetectionsPerImage = perImage, NmsIouThreshold = nmsIou };
            float[] normalised = [.. boxes.SelectMany(b => new[] { b.XMin, b.YMin, b.XMax, b.YMax })]; // an image of 1 x 1
            Assert.Equal(ClassByClass(decoder, probabilities, boxes, classCount), decoder.DecodeProbabilities(probabilities, normalised, 1, 1));
        }
    }

    [Fact]
    public void Kept_boxes_of_a_class_never_overlap_above_the_threshold() =>
        BoxArbitraries.Hold(
            BoxArbitraries.Box(30).ArrayOf(60),
            boxes =>
            {
                float[] corners = [.. boxes.SelectMany(b => new[] { b.XMin, b.YMin, b.XMax, b.YMax })];
                float[] probabilities = [.. boxes.SelectMany((b, i) => new[] { 0, (i * 37 % 60 + 1) / 61f, (b.Area % 97 + 1) / 98f })];
                List<Detection> kept = DetectionDecoder.Reference.DecodeProbabilities(probabilities, corners, 1, 1);
                return kept.Count > 0 && kept.GroupBy(d => d.ClassIndex).All(
                    g => g.SelectMany((a, i) => g.Skip(i + 1).Select(b => a.Box.Iou(b.Box))).All(iou => iou <= 0.45f));
            });

    [Fact]
    public void Outputs_that_are_not_finite_give_no_detection_and_no_failure()
    {
        var tiles = new DefaultBoxSet(new DefaultBoxSpec(100, 100, [DefaultBoxMap.Square(2, 50, 50, null, [])]));
        float[] logits = [0, float.NaN, float.NaN, 0, 0, float.PositiveInfinity, 0, 3];
        float[] offsets = new float[16];
        offsets[14] = float.NaN; // of the only box with a usable score
        Assert.Empty(DetectionDecoder.Reference.Decode(logits, offsets, tiles, BoxCoder.Reference, 100, 100));
        offsets[14] = 0;
        Assert.Single(DetectionDecoder.Reference.Decode(logits, offsets, tiles, BoxCoder.Reference, 100, 100));
    }

    [Fact]
    public void Lengths_and_settings_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => DetectionDecoder.Reference.DecodeProbabilities(new float[7], new float[8], 1, 1));
        Assert.Throws<ArgumentException>(() => DetectionDecoder.Reference.DecodeProbabilities(new float[2], new float[8], 1, 1));
        Assert.Throws<ArgumentException>(() => DetectionDecoder.Reference.DecodeProbabilities(new float[4], new float[7], 1, 1));
        Assert.Throws<ArgumentException>(
            () => (DetectionDecoder.Reference with { ScoreThreshold = -1 }).DecodeProbabilities(new float[4], new float[8], 1, 1));
        Assert.Throws<ArgumentException>(
            () => (DetectionDecoder.Reference with { CandidatesPerClass = 0 }).DecodeProbabilities(new float[4], new float[8], 1, 1));
    }

    /// <summary>The rule as it is written: per class the best, suppression, then the best of the image.</summary>
    private static List<Detection> ClassByClass(DetectionDecoder decoder, float[] probabilities, Box[] boxes, int classCount)
    {
        var all = new List<(Detection Detection, int Box)>();
        for (int c = 1; c < classCount; c++)
        {
            var kept = new List<(Detection Detection, int Box)>();
            IEnumerable<int> best = Enumerable.Range(0, boxes.Length)
                .Where(i => probabilities[i * classCount + c] > decoder.ScoreThreshold)
                .OrderByDescending(i => probabilities[i * classCount + c]).ThenBy(i => i)
                .Take(decoder.CandidatesPerClass);
            foreach (int i in best)
            {
                if (kept.All(k => k.Detection.Box.Iou(boxes[i]) <= decoder.NmsIouThreshold))
                    kept.Add((new Detection(c - 1, probabilities[i * classCount + c], boxes[i]), i));
            }
            all.AddRange(kept);
        }
        return [.. all.OrderByDescending(k => k.Detection.Score).ThenBy(k => k.Detection.ClassIndex).ThenBy(k => k.Box)
            .Take(decoder.DetectionsPerImage).Select(k => k.Detection)];
    }

    private static float[] Normalised(Box[] pixels) =>
        [.. pixels.SelectMany(b => new[] { b.XMin / 200, b.YMin / 200, b.XMax / 200, b.YMax / 200 })];
}
