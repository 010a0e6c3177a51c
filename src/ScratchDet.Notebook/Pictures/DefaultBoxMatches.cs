using System.Globalization;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Notebook;

/// <summary>What a default box is to the loss.</summary>
public enum DefaultBoxRole
{
    /// <summary>Background that does not count, because enough harder ones do.</summary>
    Negative,

    /// <summary>Belongs to an object.</summary>
    Positive,

    /// <summary>Overlaps an object too much to be background and too little to belong to it.</summary>
    Ignored,

    /// <summary>Background that counts (SSD, section 2.2: three for each positive, those with the largest loss).</summary>
    HardNegative,
}

/// <summary>
/// Which default box of an image belongs to which object, as training sees it. As a table: what each object got. Drawn:
/// <see cref="ImageOverlay.Matches"/>.
/// </summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed class DefaultBoxMatches : IDisplayable
{
    private readonly TargetEncoder encoder;
    private readonly IReadOnlyList<string> classNames;
    private readonly int[] matchedObject;
    private readonly float[] bestIou;
    private readonly long[] labels;
    private readonly int[] hardNegatives;
    private readonly DefaultBoxRole[] roles;

    private DefaultBoxMatches(TargetEncoder encoder, IReadOnlyList<string> classNames, IReadOnlyList<ObjectAnnotation> objects, int[] matchedObject, float[] bestIou, long[] labels, int[] hardNegatives)
    {
        (this.encoder, this.classNames, Objects, this.matchedObject, this.bestIou, this.labels, this.hardNegatives) = (encoder, classNames, objects, matchedObject, bestIou, labels, hardNegatives);
        roles = [.. labels.Select(label => label > 0 ? DefaultBoxRole.Positive : label == TargetEncoder.Ignored ? DefaultBoxRole.Ignored : DefaultBoxRole.Negative)];
        foreach (int index in hardNegatives) roles[index] = DefaultBoxRole.HardNegative;
    }

    public DefaultBoxSet DefaultBoxes => encoder.DefaultBoxes;

    /// <summary>In pixels of the image that they were given for.</summary>
    public IReadOnlyList<ObjectAnnotation> Objects { get; }

    /// <summary>For each default box the index of its object, or -1.</summary>
    public IReadOnlyList<int> MatchedObject => matchedObject;

    /// <summary>For each default box its largest IoU with any object.</summary>
    public IReadOnlyList<float> BestIou => bestIou;

    /// <summary>Indices of the negatives that count, the one with the largest loss first; empty before <see cref="WithHardNegatives"/>.</summary>
    public IReadOnlyList<int> HardNegatives => hardNegatives;

    /// <param name="objects">In pixels of an image of <paramref name="imageWidth"/> x <paramref name="imageHeight"/>.</param>
    /// <param name="classNames">Without them a class is "class 3".</param>
    /// <exception cref="ArgumentException">An object has no usable box.</exception>
    public static DefaultBoxMatches Of(TargetEncoder encoder, IReadOnlyList<ObjectAnnotation> objects, float imageWidth, float imageHeight, IReadOnlyList<string>? classNames = null)
    {
        int count = encoder.DefaultBoxes.Count;
        var labels = new long[count];
        encoder.Encode(objects, imageWidth, imageHeight, labels, new float[4 * count]);
        DefaultBoxSpec spec = encoder.DefaultBoxes.Spec;
        Box[] boxes = [.. objects.Select(item => item.Box.Scale(spec.ImageWidth / imageWidth, spec.ImageHeight / imageHeight))];
        var matchedObject = new int[count];
        var bestIou = new float[count];
        encoder.Matcher.Match(encoder.DefaultBoxes, boxes, matchedObject, bestIou);
        return new DefaultBoxMatches(encoder, classNames ?? [], objects, matchedObject, bestIou, labels, []);
    }

    /// <summary>The same matches with the negatives that the loss would count for these predictions.</summary>
    /// <param name="classLogits">(A, C) or (1, A, C): raw scores of this image, class 0 is background.</param>
    /// <exception cref="ArgumentException">The scores are not for these default boxes.</exception>
    public DefaultBoxMatches WithHardNegatives(MultiBoxLoss loss, Tensor classLogits)
    {
        long[] shape = classLogits.shape;
        if (shape.Length is not (2 or 3) || shape[^2] != labels.Length || (shape.Length == 3 && shape[0] != 1))
            throw new ArgumentException($"scores of shape ({string.Join(", ", shape)}) for {labels.Length} default boxes; ({labels.Length}, C) is wanted", nameof(classLogits));
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor scores = classLogits.detach().to(ScalarType.Float32, CPU).reshape(1, labels.Length, shape[^1]);
        Tensor targets = Torch.TensorSpans.FromArray(labels, 1, labels.Length);
        Tensor crossEntropy = MultiBoxLoss.CrossEntropy(scores, targets);
        float[] losses = [.. crossEntropy.reshape(-1).data<float>().ToArray()];
        bool[] counts = [.. loss.HardNegatives(crossEntropy, targets).reshape(-1).data<bool>().ToArray()];
        int[] hardest = [.. Enumerable.Range(0, counts.Length).Where(index => counts[index]).OrderByDescending(index => losses[index])];
        return new DefaultBoxMatches(encoder, classNames, Objects, matchedObject, bestIou, labels, hardest);
    }

    public DefaultBoxRole RoleOf(int index) => roles[index];

    public int CountOf(DefaultBoxRole role) => roles.AsSpan().Count(role);

    /// <summary>"24 positives, 72 hard negatives, 8,636 other negatives of 8,732 default boxes".</summary>
    public string Summary
    {
        get
        {
            (int ignored, int hard, int negatives) = (CountOf(DefaultBoxRole.Ignored), CountOf(DefaultBoxRole.HardNegative), CountOf(DefaultBoxRole.Negative));
            return ViewMarkup.Count(CountOf(DefaultBoxRole.Positive), "positive")
                + (ignored > 0 ? $", {ViewMarkup.Grouped(ignored)} ignored" : "")
                + (hard > 0 ? $", {ViewMarkup.Count(hard, "hard negative")}, {ViewMarkup.Count(negatives, "other negative")}" : $", {ViewMarkup.Count(negatives, "negative")}")
                + $" of {ViewMarkup.Count(labels.Length, "default box", "default boxes")}";
        }
    }

    /// <summary>One row an object: its size, how many default boxes it got, the largest IoU among them, and on which maps they lie.</summary>
    public TextTable ToTextTable()
    {
        var rows = new List<IReadOnlyList<string>>();
        for (int o = 0; o < Objects.Count; o++)
        {
            var ofMap = new int[DefaultBoxes.Spec.Maps.Count];
            (int count, float best) = (0, 0);
            (int map, int end) = (0, DefaultBoxes.Spec.Maps[0].Count);
            for (int index = 0; index < matchedObject.Length; index++)
            {
                if (index >= end) end += DefaultBoxes.Spec.Maps[++map].Count;
                if (matchedObject[index] != o) continue;
                count++;
                ofMap[map]++;
                best = Math.Max(best, bestIou[index]);
            }
            ObjectAnnotation item = Objects[o];
            rows.Add([
                (o + 1).ToString(CultureInfo.InvariantCulture), NameOf(item),
                string.Create(CultureInfo.InvariantCulture, $"{item.Box.Width:0.#} x {item.Box.Height:0.#}"),
                count.ToString(CultureInfo.InvariantCulture), best.ToString("0.00", CultureInfo.InvariantCulture),
                string.Join(", ", Enumerable.Range(0, ofMap.Length).Where(k => ofMap[k] > 0).Select(k => $"{ofMap[k]} on {DefaultBoxes.Spec.Maps[k].Height} x {DefaultBoxes.Spec.Maps[k].Width}")),
            ]);
        }
        return new TextTable(["object", "class", "pixels", "positives", "best IoU", "on maps"], rows);
    }

    internal string NameOf(ObjectAnnotation item) =>
        item.ClassIndex < classNames.Count ? classNames[item.ClassIndex] : $"class {item.ClassIndex.ToString(CultureInfo.InvariantCulture)}";

    public MimeBundle ToMimeBundle()
    {
        TextTable table = ToTextTable();
        return ViewMarkup.Bundle($"{Summary}\n\n{table.ToText()}", html =>
        {
            html.Title(Summary);
            table.WriteHtml(html, sortable: true);
        });
    }
}
