using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Losses;
using ScratchDet.Notebook;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Notebook.Pictures;

public class DefaultBoxMatchesTests
{
    // 2 x 2 cells of 50 px, one square of 40 px each: corners at 5 and 55.
    private static readonly DefaultBoxSet Boxes = new(new DefaultBoxSpec(100, 100, [DefaultBoxMap.Square(2, 50, 40, null)]));

    private static DefaultBoxMatches Match(float negativeIouThreshold, params ObjectAnnotation[] objects) =>
        DefaultBoxMatches.Of(new TargetEncoder(Boxes, new ReferenceMatcher(0.5f), BoxCoder.Reference, negativeIouThreshold), objects, 100, 100, ["open", "short"]);

    [Fact]
    public void Each_default_box_has_the_role_that_the_loss_gives_it()
    {
        // The object is default box 0 itself; box 1 lies 50 px to the right and does not overlap it.
        DefaultBoxMatches matches = Match(0.5f, new ObjectAnnotation(1, new Box(5, 5, 45, 45)));
        Assert.Equal([DefaultBoxRole.Positive, DefaultBoxRole.Negative, DefaultBoxRole.Negative, DefaultBoxRole.Negative], Enumerable.Range(0, 4).Select(matches.RoleOf));
        Assert.Equal([0, -1, -1, -1], matches.MatchedObject);
        Assert.Equal(1, matches.BestIou[0]);
        Assert.Equal("1 positive, 3 negatives of 4 default boxes", matches.Summary);
        Assert.Equal(["1", "short", "40 x 40", "1", "1.00", "1 on 2 x 2"], matches.ToTextTable().Rows[0]);
    }

    [Fact]
    public void The_hardest_negatives_are_those_with_the_largest_loss()
    {
        // Background loss grows with the foreground score: box 2, then 3, then 1.
        float[] scores = [0, 0, 0, 0, 0, 1, 0, 0, 9, 0, 0, 4];
        using Tensor logits = TensorSpans.FromArray(scores, 4, 3);
        DefaultBoxMatches matches = Match(0.5f, new ObjectAnnotation(1, new Box(5, 5, 45, 45)));
        DefaultBoxMatches two = matches.WithHardNegatives(new MultiBoxLoss { NegativesPerPositive = 2 }, logits);
        Assert.Equal([2, 3], two.HardNegatives);
        Assert.Equal(DefaultBoxRole.HardNegative, two.RoleOf(3));
        Assert.Equal("1 positive, 2 hard negatives, 1 other negative of 4 default boxes", two.Summary);
        Assert.Empty(matches.HardNegatives);
        using Tensor wrong = zeros(3, 3);
        Assert.Throws<ArgumentException>(() => matches.WithHardNegatives(new MultiBoxLoss(), wrong));
    }

    [Fact]
    public void A_box_between_the_thresholds_is_ignored()
    {
        // 40 x 55 px over box 0 (IoU 1600 / 2200 = 0.73) reach 5 px into box 2: IoU 200 / 3600 = 0.056.
        var tall = new ObjectAnnotation(0, new Box(5, 5, 45, 60));
        DefaultBoxMatches matches = Match(0.05f, tall);
        Assert.Equal([DefaultBoxRole.Positive, DefaultBoxRole.Negative, DefaultBoxRole.Ignored, DefaultBoxRole.Negative], Enumerable.Range(0, 4).Select(matches.RoleOf));
        Assert.Equal("1 positive, 1 ignored, 2 negatives of 4 default boxes", matches.Summary);
        Assert.Equal(DefaultBoxRole.Negative, Match(0.06f, tall).RoleOf(2));
    }

    [Fact]
    public void Drawn_matches_are_frames_in_the_colour_of_their_object()
    {
        var image = new PlanarImage(100, 100);
        DefaultBoxMatches matches = Match(0.5f, new ObjectAnnotation(1, new Box(8, 8, 45, 45)));
        Picture picture = ImageOverlay.Of(image).Matches(matches).Magnify(1).ToPicture();
        Assert.Equal(Palette.OfClass(0), new Rgb(picture.Image.Plane(0)[(30 * 100) + 5], picture.Image.Plane(1)[(30 * 100) + 5], picture.Image.Plane(2)[(30 * 100) + 5]));
        Assert.Equal(["object 1, short of 37 x 37 px: 1 positive, best IoU 0.86 (1 on 2 x 2 cells)"], picture.Details);
        Assert.Equal("1: short, 1 positive", picture.Legend[0].Meaning);
    }

    [Fact]
    public void The_boxes_of_a_cell_are_found_by_map_row_and_column()
    {
        var spec = new DefaultBoxSpec(100, 100, [DefaultBoxMap.Square(2, 50, 20, 40, 2), DefaultBoxMap.Square(1, 100, 40, null)]);
        Assert.Equal([8, 9, 10, 11], DefaultBoxView.IndicesOfCell(spec, 0, 1, 0));
        Assert.Equal([16], DefaultBoxView.IndicesOfCell(spec, 1, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => DefaultBoxView.IndicesOfCell(spec, 1, 0, 1));
        MimeBundle bundle = new DefaultBoxView(new DefaultBoxSet(spec)).ToMimeBundle();
        Assert.StartsWith("17 default boxes on 2 maps, for images of 100 x 100 px", bundle.Text);
    }
}
