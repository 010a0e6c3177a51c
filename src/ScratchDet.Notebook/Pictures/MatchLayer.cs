using System.Globalization;
using ScratchDet.Boxes;

namespace ScratchDet.Notebook;

/// <summary>Default boxes by their role, over the objects that they belong to.</summary>
internal sealed record MatchLayer(DefaultBoxMatches Matches, double ImageWidth, double ImageHeight) : OverlayLayer
{
    /// <summary>The hardest; more would hide the picture.</summary>
    private const int MostHardNegativesDrawn = 24;

    private const int MostObjectsInLegend = 12;

    private static readonly Rgb HardNegativeColour = new(230, 0, 38);
    private static readonly Rgb IgnoredColour = new(190, 190, 190);

    public override string Summary => Matches.Summary;

    public override void Draw(PictureCanvas canvas, PictureScale scale)
    {
        foreach (int index in Matches.HardNegatives.Take(MostHardNegativesDrawn))
            canvas.Frame(scale.Of(InImage(index)), HardNegativeColour, 1);
        for (int index = 0; index < Matches.DefaultBoxes.Count; index++)
            if (Matches.RoleOf(index) == DefaultBoxRole.Ignored)
                canvas.DashedFrame(scale.Of(InImage(index)), IgnoredColour, null, 3);
        for (int index = 0; index < Matches.DefaultBoxes.Count; index++)
            if (Matches.MatchedObject[index] is >= 0 and int owner)
                canvas.Frame(scale.Of(InImage(index)), Palette.OfClass(owner), 2);
        foreach (Data.ObjectAnnotation item in Matches.Objects)
            canvas.DashedFrame(scale.Of(item.Box), DetectionOverlay.DashLength);
    }

    public override void Label(PictureCanvas canvas, PictureScale scale, List<PixelRectangle> taken)
    {
        for (int o = 0; o < Matches.Objects.Count; o++)
            canvas.Label((o + 1).ToString(CultureInfo.InvariantCulture), scale.Of(Matches.Objects[o].Box), Palette.OfClass(o), scale.TextScale(canvas), taken);
    }

    public override IEnumerable<string> Describe()
    {
        foreach (IReadOnlyList<string> row in Matches.ToTextTable().Rows)
            yield return $"object {row[0]}, {row[1]} of {row[2]} px: {row[3]} positive, best IoU {row[4]}{(row[5].Length > 0 ? $" ({row[5]} cells)" : "")}";
    }

    public override IEnumerable<PictureKey> Legend
    {
        get
        {
            IReadOnlyList<IReadOnlyList<string>> rows = Matches.ToTextTable().Rows;
            for (int o = 0; o < Math.Min(rows.Count, MostObjectsInLegend); o++)
                yield return new PictureKey(Palette.OfClass(o), $"{rows[o][0]}: {rows[o][1]}, {rows[o][3]} positive");
            if (Matches.HardNegatives.Count > 0)
                yield return new PictureKey(HardNegativeColour, Matches.HardNegatives.Count > MostHardNegativesDrawn ? $"the {MostHardNegativesDrawn} hardest negatives" : "hard negatives");
            if (Enumerable.Range(0, Matches.DefaultBoxes.Count).Any(index => Matches.RoleOf(index) == DefaultBoxRole.Ignored))
                yield return new PictureKey(IgnoredColour, "ignored");
        }
    }

    private Box InImage(int index) => Matches.DefaultBoxes[index].Scale(
        (float)(ImageWidth / Matches.DefaultBoxes.Spec.ImageWidth), (float)(ImageHeight / Matches.DefaultBoxes.Spec.ImageHeight));
}
