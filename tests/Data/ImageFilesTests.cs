using ScratchDet.Data;
using ScratchDet.Torch.Vision;

namespace ScratchDet.Tests.Data;

public sealed class ImageFilesTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    private static void RequireImages() =>
        Assert.SkipUnless(TorchVisionLibraries.HasImageOperators, "libtorch came without torchvision's image operators");

    public void Dispose() => File.Delete(file);

    [Fact]
    public void A_PNG_gives_back_every_pixel_in_its_place()
    {
        RequireImages();
        PlanarImage image = Gradient(width: 5, height: 3);
        File.WriteAllBytes(file, ImageFiles.EncodePng(image));

        PlanarImage read = ImageFiles.Decode(file);

        Assert.Equal((5, 3), (read.Width, read.Height));
        Assert.Equal(image.Pixels, read.Pixels);
    }

    [Fact]
    public void A_grey_image_is_written_from_its_first_plane_and_read_as_three_equal_planes()
    {
        RequireImages();
        PlanarImage image = Gradient(width: 5, height: 3);
        File.WriteAllBytes(file, ImageFiles.EncodePng(image, grey: true));

        PlanarImage read = ImageFiles.Decode(file);

        for (int channel = 0; channel < PlanarImage.Channels; channel++)
            Assert.Equal(image.Plane(0).ToArray(), read.Plane(channel).ToArray());
    }

    [Fact]
    public void A_JPEG_of_best_quality_keeps_a_flat_colour_within_one_level()
    {
        RequireImages();
        var image = new PlanarImage(16, 16);
        image.Plane(0).Fill(200);
        image.Plane(1).Fill(90);
        image.Plane(2).Fill(30);
        File.WriteAllBytes(file, ImageFiles.EncodeJpeg(image, quality: 100));

        PlanarImage read = ImageFiles.Decode(file);

        Assert.All(read.Plane(0).ToArray(), value => Assert.InRange(value, 199, 201));
        Assert.All(read.Plane(1).ToArray(), value => Assert.InRange(value, 89, 91));
        Assert.All(read.Plane(2).ToArray(), value => Assert.InRange(value, 29, 31));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    public void A_cut_off_image_is_bad_input_that_names_the_file(int bytesKept)
    {
        RequireImages();
        File.WriteAllBytes(file, ImageFiles.EncodeJpeg(Gradient(64, 64))[..bytesKept]);

        var exception = Assert.Throws<BadInputException>(() => ImageFiles.Decode(file));
        Assert.Equal(file, exception.File);
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_bad_input()
    {
        RequireImages();
        Assert.Contains("does not exist", Assert.Throws<BadInputException>(() => ImageFiles.Decode(file + ".absent")).What);
        Assert.Contains("cannot be read", Assert.Throws<BadInputException>(() => ImageFiles.Decode(Path.GetTempPath())).What);
    }

    [Fact]
    public void A_header_is_read_by_content_whatever_the_ending_and_without_libtorch()
    {
        File.WriteAllBytes(file, TemporaryFolder.Png(40, 30));
        Assert.Equal((ImageFormat.Png, 40, 30), Header());
        File.WriteAllBytes(file, TemporaryFolder.JpegHeader(500, 375));
        Assert.Equal((ImageFormat.Jpeg, 500, 375), Header());

        (ImageFormat, int, int) Header() => ImageFiles.ReadHeader(file) is var header ? (header.Format, header.Width, header.Height) : default;
    }

    [Theory]
    [InlineData(0, "the file is empty")]
    [InlineData(1, "not a JPEG or PNG")]
    [InlineData(30, "cut off")]
    public void A_header_cut_off_is_bad_input_that_names_the_file(int bytesKept, string what)
    {
        File.WriteAllBytes(file, TemporaryFolder.JpegHeader(500, 375)[..bytesKept]);

        var exception = Assert.Throws<BadInputException>(() => ImageFiles.ReadHeader(file));
        Assert.Equal(file, exception.File);
        Assert.Contains(what, exception.What);
    }

    [Fact]
    public void A_header_of_50000_by_50000_pixels_is_refused_before_anything_is_allocated()
    {
        File.WriteAllBytes(file, TemporaryFolder.JpegHeader(50_000, 50_000));
        Assert.Contains("50000 x 50000", Assert.Throws<BadInputException>(() => ImageFiles.ReadHeader(file)).What);
        byte[] png = TemporaryFolder.Png(1, 1);
        (png[16], png[20]) = (0x7F, 0x7F);   // about 2 billion pixels on each side
        File.WriteAllBytes(file, png);
        Assert.Contains("more than the limit", Assert.Throws<BadInputException>(() => ImageFiles.ReadHeader(file)).What);
    }

    [Fact]
    public void The_header_of_a_missing_file_or_of_a_folder_is_bad_input()
    {
        Assert.Contains("does not exist", Assert.Throws<BadInputException>(() => ImageFiles.ReadHeader(file + ".absent")).What);
        Assert.Contains("cannot be read", Assert.Throws<BadInputException>(() => ImageFiles.ReadHeader(Path.GetTempPath())).What);
    }

    private static PlanarImage Gradient(int width, int height)
    {
        var image = new PlanarImage(width, height);
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)(i * 5);
        return image;
    }
}
