using System.Text.Json;
using ScratchDet.Boxes;
using ScratchDet.Tests.Boxes;

namespace ScratchDet.Tests.Golden;

/// <summary>Our box code against torchvision's on its own head outputs; the network is held against it elsewhere.</summary>
public class Ssd300TorchvisionTests
{
    private const int ClassCount = 21;
    private static readonly DefaultBoxSet DefaultBoxes = new(PublishedBoxes.Ssd300Torchvision);
    private static readonly JsonElement Summary = Ssd300TorchvisionGolden.ReadJson(Ssd300TorchvisionGolden.CommittedSummary);

    [Fact]
    public void Default_boxes_equal_the_committed_ones()
    {
        JsonElement golden = Summary.GetProperty("default_boxes");
        float[] boxes = PublishedBoxes.Ssd300Torchvision.Generate();
        Assert.Equal(golden.GetProperty("count").GetInt32(), boxes.Length / 4);
        AssertClose(Flat(golden.GetProperty("first")), boxes.AsSpan(0, 40), 1e-7f);
        AssertClose(Flat(golden.GetProperty("last")), boxes.AsSpan(boxes.Length - 40), 1e-7f);
        double[] sums = new double[4];
        for (int i = 0; i < boxes.Length; i++)
            sums[i % 4] += boxes[i];
        for (int k = 0; k < 4; k++)
            Assert.Equal(golden.GetProperty("sum")[k].GetDouble(), sums[k], 1e-3);
    }

    [Fact]
    public void Matches_equal_the_committed_ones() => AssertMatches(Summary.GetProperty("targets"), Summary.GetProperty("matched"));

    [Fact]
    public void All_default_boxes_equal_torchvisions()
    {
        string file = Path.Combine(Ssd300TorchvisionGolden.FolderOrSkip(), "default_boxes.safetensors");
        AssertClose(Ssd300TorchvisionGolden.ReadTensor(file, "cxcywh"), DefaultBoxes.Cxcywh, 1e-6f);
    }

    [Fact]
    public void Matches_equal_torchvisions() => AssertMatches(Expected("targets.json"), Expected("expected.json").GetProperty("matched"));

    [Fact]
    public void Detections_from_the_same_head_outputs_equal_torchvisions()
    {
        (float[] offsets, float[] logits) = HeadOutputs();
        JsonElement expected = Expected("expected.json").GetProperty("detections");
        for (int n = 0; n < expected.GetArrayLength(); n++)
        {
            List<Detection> ours = DetectionDecoder.Torchvision.Decode(
                Image(logits, n, ClassCount), Image(offsets, n, 4), DefaultBoxes, BoxCoder.Torchvision, 300, 300);
            JsonElement theirs = expected[n];
            Assert.Equal(theirs.GetProperty("labels").EnumerateArray().Select(e => e.GetInt32()), ours.Select(d => d.ClassIndex + 1));
            AssertClose(Flat(theirs.GetProperty("scores")), [.. ours.Select(d => d.Score)], 1e-6f);
            AssertClose(
                Flat(theirs.GetProperty("boxes")),
                [.. ours.SelectMany(d => new[] { d.Box.XMin, d.Box.YMin, d.Box.XMax, d.Box.YMax })], 1e-3f);
        }
    }

    [Fact]
    public void Losses_and_hard_negatives_from_our_targets_equal_torchvisions()
    {
        (float[] offsets, float[] logits) = HeadOutputs();
        JsonElement targets = Expected("targets.json"), expected = Expected("expected.json");
        var encoder = new TargetEncoder(DefaultBoxes, new TorchvisionMatcher(), BoxCoder.Torchvision);
        double boxLoss = 0, classLoss = 0;
        int positives = 0;
        for (int n = 0; n < targets.GetArrayLength(); n++)
        {
            (Box[] boxes, int[] classes) = Objects(targets[n]);
            var labels = new long[DefaultBoxes.Count];
            var encoded = new float[4 * DefaultBoxes.Count];
            positives += encoder.Encode(boxes, classes, 300, 300, labels, encoded);
            (double box, double classification, int[] negatives) = MultiboxLoss(labels, encoded, Image(logits, n, ClassCount), Image(offsets, n, 4));
            (boxLoss, classLoss) = (boxLoss + box, classLoss + classification);
            Assert.Equal(expected.GetProperty("hard_negatives")[n].EnumerateArray().Select(e => e.GetInt32()), negatives);
        }
        AssertRelative(expected.GetProperty("losses").GetProperty("bbox_regression").GetDouble(), boxLoss / positives);
        AssertRelative(expected.GetProperty("losses").GetProperty("classification").GetDouble(), classLoss / positives);
    }

    [Fact]
    public void The_recipe_still_gives_the_committed_numbers()
    {
        JsonElement made = Expected("summary.json");
        foreach (string group in new[] { "losses", "gradient_norms" })
        {
            foreach (JsonProperty number in Summary.GetProperty(group).EnumerateObject())
                AssertRelative(number.Value.GetDouble(), made.GetProperty(group).GetProperty(number.Name).GetDouble(), 2e-3);
        }
        Assert.Equal(Summary.GetProperty("matched").ToString(), made.GetProperty("matched").ToString());
        Assert.Equal(26285486, made.GetProperty("parameters").GetInt32());
    }

    private static void AssertMatches(JsonElement targets, JsonElement expected)
    {
        int[] matched = new int[DefaultBoxes.Count];
        float[] iou = new float[DefaultBoxes.Count];
        for (int n = 0; n < targets.GetArrayLength(); n++)
        {
            new TorchvisionMatcher().Match(DefaultBoxes, Objects(targets[n]).Boxes, matched, iou);
            int[] anchors = [.. Enumerable.Range(0, matched.Length).Where(i => matched[i] >= 0)];
            Assert.Equal(expected[n].GetProperty("anchors").EnumerateArray().Select(e => e.GetInt32()), anchors);
            Assert.Equal(expected[n].GetProperty("objects").EnumerateArray().Select(e => e.GetInt32()), anchors.Select(i => matched[i]));
        }
    }

    /// <summary>
    /// SSD's loss of one image before the division by the positives (arXiv 1512.02325, section 2.2), in double: smooth L1
    /// over positives; cross entropy over positives and the 3 x positives background boxes with the largest.
    /// </summary>
    private static (double Box, double Classification, int[] HardNegatives) MultiboxLoss(
        long[] labels, float[] encoded, ReadOnlySpan<float> logits, ReadOnlySpan<float> offsets)
    {
        double box = 0, classification = 0;
        var crossEntropy = new double[labels.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<float> row = logits.Slice(i * ClassCount, ClassCount);
            double sum = 0;
            foreach (float logit in row) sum += Math.Exp(logit);
            crossEntropy[i] = Math.Log(sum) - row[(int)labels[i]];
            if (labels[i] == 0) continue;
            classification += crossEntropy[i];
            for (int k = 4 * i; k < 4 * i + 4; k++)
            {
                double distance = Math.Abs((double)offsets[k] - encoded[k]);
                box += distance < 1 ? 0.5 * distance * distance : distance - 0.5;
            }
        }
        int positives = labels.Count(label => label > 0);
        int[] negatives = [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] == 0)
            .OrderByDescending(i => crossEntropy[i]).Take(3 * positives).Order()];
        return (box, classification + negatives.Sum(i => crossEntropy[i]), negatives);
    }

    private static (float[] Offsets, float[] Logits) HeadOutputs()
    {
        string file = Path.Combine(Ssd300TorchvisionGolden.FolderOrSkip(), "head_outputs.safetensors");
        return (Ssd300TorchvisionGolden.ReadTensor(file, "bbox_regression"), Ssd300TorchvisionGolden.ReadTensor(file, "cls_logits"));
    }

    private static JsonElement Expected(string file) =>
        Ssd300TorchvisionGolden.ReadJson(Path.Combine(Ssd300TorchvisionGolden.FolderOrSkip(), file));

    private static ReadOnlySpan<float> Image(float[] batch, int image, int columns) =>
        batch.AsSpan(image * DefaultBoxes.Count * columns, DefaultBoxes.Count * columns);

    private static (Box[] Boxes, int[] ClassIndices) Objects(JsonElement target) => (
        [.. target.GetProperty("boxes").EnumerateArray().Select(b => new Box(b[0].GetSingle(), b[1].GetSingle(), b[2].GetSingle(), b[3].GetSingle()))],
        [.. target.GetProperty("labels").EnumerateArray().Select(l => l.GetInt32() - 1)]);

    private static float[] Flat(JsonElement array) => array[0].ValueKind == JsonValueKind.Array
        ? [.. array.EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(e => e.GetSingle())]
        : [.. array.EnumerateArray().Select(e => e.GetSingle())];

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance);
    }

    private static void AssertRelative(double expected, double actual, double tolerance = 1e-5) =>
        Assert.InRange(Math.Abs(actual - expected) / Math.Abs(expected), 0, tolerance);
}
