using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Synthetic;
using ScratchDet.Notebook;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Notebook.Pictures;

public class ImageOverlayTests
{
    private static readonly string[] Names = ["open", "<short>"];

    private static PlanarImage Grey(int width = 40, int height = 30, byte value = 100)
    {
        var image = new PlanarImage(width, height);
        Array.Fill(image.Pixels, value);
        return image;
    }

    private static Rgb At(PlanarImage image, int x, int y)
    {
        int place = (y * image.Width) + x;
        return new Rgb(image.Plane(0)[place], image.Plane(1)[place], image.Plane(2)[place]);
    }

    [Fact]
    public void A_mask_is_mixed_in_by_its_opacity_with_a_full_rim()
    {
        var mask = new byte[40 * 30];
        for (int y = 10; y < 20; y++) mask.AsSpan((y * 40) + 5, 10).Fill(1);
        PlanarImage drawn = ImageOverlay.Of(Grey()).Masks([mask], opacity: 0.25).Magnify(1).ToPicture().Image;
        // Colour 0 is #0072b2 = (0, 114, 178): 100 * 0.75 + 0.25 * (0, 114, 178) = (75, 103.5, 119.5), halves away from 0.
        Assert.Equal(new Rgb(75, 104, 120), At(drawn, 8, 14));
        Assert.Equal(new Rgb(0, 114, 178), At(drawn, 5, 14));
        Assert.Equal(new Rgb(0, 114, 178), At(drawn, 14, 19));
        Assert.Equal(new Rgb(100, 100, 100), At(drawn, 4, 14));
        Assert.Equal(new Rgb(100, 100, 100), At(drawn, 15, 14));
    }

    [Fact]
    public void Masks_of_a_tensor_are_inside_above_the_threshold()
    {
        using Tensor masks = zeros(1, 30, 40);
        using Tensor inside = masks[0].slice(0, 0, 15, 1);
        inside.fill_(0.6);
        PlanarImage image = Grey();
        Picture picture = ImageOverlay.Of(image).Masks(masks, opacity: 1).Magnify(1).ToPicture();
        Assert.Contains("mask 1: 600 pixels", picture.Details);
        Assert.Equal(new Rgb(0, 114, 178), At(picture.Image, 20, 14));
        Assert.Equal(new Rgb(100, 100, 100), At(picture.Image, 20, 15));
        Assert.All(image.Pixels, value => Assert.Equal(100, value));
    }

    [Fact]
    public void Keypoints_are_discs_joined_by_lines()
    {
        OverlayKeypoint?[] points = [new(10, 10), new(30, 10), null, new(10, 25, IsVisible: false)];
        Picture picture = ImageOverlay.Of(Grey()).Keypoints(points, [(0, 1), (1, 2)]).Magnify(1).ToPicture();
        Rgb colour = Palette.OfClass(0);
        Assert.Equal(colour, At(picture.Image, 10, 9));
        Assert.Equal(colour, At(picture.Image, 20, 9));
        Assert.Equal(colour, At(picture.Image, 20, 10));
        Assert.Equal(new Rgb(100, 100, 100), At(picture.Image, 20, 12));
        // A hidden one has a white middle, and the absent one no line to it.
        Assert.Equal(new Rgb(255, 255, 255), At(picture.Image, 10, 25));
        Assert.Equal(new Rgb(100, 100, 100), At(picture.Image, 25, 20));
        Assert.Equal(["keypoints: (10, 10), (30, 10), none, (10, 25) hidden"], picture.Details);
        Assert.Throws<ArgumentException>(() => ImageOverlay.Of(Grey()).Keypoints(points, [(0, 4)]));
    }

    [Fact]
    public void Objects_alone_have_the_colours_of_their_classes_and_beside_detections_dashes()
    {
        ObjectAnnotation[] objects = [new(1, new Box(10, 12, 30, 25))];
        ImageOverlay overlay = ImageOverlay.Of(Grey(), Names).GroundTruth(objects).Magnify(1);
        Assert.Equal(Palette.OfClass(1), At(overlay.ToPicture().Image, 10, 20));
        Assert.Equal(Palette.OfClass(1), At(overlay.ToPicture().Image, 29, 24));
        Picture both = overlay.Detections([new Detection(0, 0.9f, new Box(12, 14, 28, 23)), new Detection(0, 0.3f, new Box(1, 1, 5, 5))]).ToPicture();
        Assert.Contains(At(both.Image, 9, 20), new[] { new Rgb(0, 0, 0), new Rgb(255, 255, 255) });
        Assert.Equal(Palette.OfClass(0), At(both.Image, 12, 22));
        Assert.Equal(new Rgb(100, 100, 100), At(both.Image, 2, 2));
        Assert.Equal("1 object, 1 detection on a picture of 40 x 30 px", both.Description);
        Assert.Equal(["object: <short> from (10, 12) to (30, 25)", "detection: open 0.90 from (12, 14) to (28, 23)"], both.Details);
    }

    [Fact]
    public void Boxes_keep_their_place_when_the_picture_is_magnified_or_made_smaller()
    {
        ObjectAnnotation[] objects = [new(0, new Box(10, 12, 30, 25))];
        PlanarImage large = ImageOverlay.Of(Grey(), Names).GroundTruth(objects).ToPicture().Image;
        Assert.Equal((400, 300), (large.Width, large.Height)); // by 10: (384 + 20) / 40
        Assert.Equal(Palette.OfClass(0), At(large, 100, 200));
        Assert.Equal(new Rgb(100, 100, 100), At(large, 98, 200));
        PlanarImage small = ImageOverlay.Of(Grey(1800, 600), Names).GroundTruth([new(0, new Box(1000, 200, 1600, 500))]).ToPicture().Image;
        Assert.Equal((900, 300), (small.Width, small.Height));
        Assert.Equal(Palette.OfClass(0), At(small, 500, 200));
    }

    [Fact]
    public void Wrong_masks_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ImageOverlay.Of(Grey()).Masks([new byte[7]]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageOverlay.Of(Grey()).Masks([new byte[1200]], opacity: 1.5));
        using Tensor wrong = zeros(3);
        Assert.Throws<ArgumentException>(() => ImageOverlay.Of(Grey()).Masks(wrong));
    }

    [Fact]
    public void A_bundle_has_text_that_lists_the_boxes_escaped_html_and_a_small_picture()
    {
        MimeBundle bundle = ImageOverlay.Of(Grey(), Names).GroundTruth([new(1, new Box(10, 12, 30, 25))]).Caption("a <b>").ToMimeBundle();
        Assert.Contains("<short> from (10, 12) to (30, 25)", bundle.Text);
        string html = bundle.Find(MimeBundle.Html)!.GetValue<string>();
        Assert.Contains("a &lt;b&gt;", html);
        Assert.Contains("alt=\"1 object on a picture of 40 x 30 px: object: &lt;short&gt;", html);
        Assert.Contains("src=\"data:image/png;base64,", html);
        byte[] png = Convert.FromBase64String(bundle.Find(MimeBundle.Png)!.GetValue<string>());
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png[..4]);
    }

    [Fact]
    public void Noise_is_stored_as_a_small_jpeg_in_the_html_alone()
    {
        var noise = new PlanarImage(800, 600);
        new Random(1).NextBytes(noise.Pixels);
        MimeBundle bundle = ImageOverlay.Of(noise).ToMimeBundle();
        Assert.Contains("data:image/jpeg;base64,", bundle.Find(MimeBundle.Html)!.GetValue<string>());
        Assert.InRange(bundle.Forms.Sum(form => form.Value.GetValue<string>().Length), 1000, 82_000);
        var small = new PlanarImage(160, 120);
        new Random(1).NextBytes(small.Pixels);
        MimeBundle grid = new ImageGrid([.. Enumerable.Range(0, 30).Select(_ => new Picture(small, "noise"))]).ToMimeBundle();
        Assert.InRange(grid.Forms.Sum(form => form.Value.GetValue<string>().Length), 1000, 90_000);
        Assert.Contains("and 6 more pictures", grid.Text);
    }

    [Fact]
    public void A_picture_of_shapes_shows_its_masks_and_keypoints()
    {
        SyntheticShapesImage shapes = SyntheticShapes.Render(1, 4, 96);
        Picture picture = ImageOverlay.Of(shapes).ToPicture();
        Assert.StartsWith($"{shapes.Objects.Count} masks, ", picture.Description);
        Assert.Contains("keypoints on a picture of 96 x 96 px", picture.Description);
        Assert.Equal(2 * shapes.Objects.Count, picture.Details.Count);
    }
}
