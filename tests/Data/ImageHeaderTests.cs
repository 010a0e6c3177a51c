using ScratchDet.Data;

namespace ScratchDet.Tests.Data;

public sealed class ImageHeaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Png_and_jpeg_sizes_are_read_by_content_whatever_the_extension()
    {
        Assert.Equal(new ImageHeader(ImageFormat.Png, 40, 30), ImageHeader.Read(folder.Write("a.jpg", TemporaryFolder.Png(40, 30))));
        Assert.Equal(new ImageHeader(ImageFormat.Jpeg, 500, 375), ImageHeader.Read(folder.Write("b.png", TemporaryFolder.JpegHeader(500, 375))));
    }

    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    public void Every_truncation_of_an_image_is_bad_input(string format)
    {
        byte[] whole = format == "png" ? TemporaryFolder.Png(40, 30) : TemporaryFolder.JpegHeader(40, 30);
        int required = format == "png" ? whole.Length - 4 : whole.Length;   // the check sum of the end chunk is not looked at
        for (int length = 0; length < required; length++)
        {
            using var stream = new MemoryStream(whole, 0, length);
            Assert.Throws<BadInputException>(() => ImageHeader.Read(stream, "cut"));
        }
        using var complete = new MemoryStream(whole);
        Assert.Equal(40, ImageHeader.Read(complete, "whole").Width);
    }

    [Fact]
    public void Bytes_after_the_end_marker_are_accepted()
    {
        byte[] padded = [.. TemporaryFolder.JpegHeader(40, 30), .. new byte[1000]];
        Assert.Equal(30, ImageHeader.Read(folder.Write("padded.jpg", padded)).Height);
    }

    [Fact]
    public void Markers_without_length_and_fill_bytes_are_stepped_over()
    {
        byte[] plain = TemporaryFolder.JpegHeader(40, 30);
        byte[] filled = [0xFF, 0xD8, 0xFF, 0x01, 0xFF, 0xFF, 0xFF, .. plain[3..]];
        Assert.Equal(40, ImageHeader.Read(folder.Write("filled.jpg", filled)).Width);
    }

    [Fact]
    public void An_empty_file_says_so()
    {
        BadInputException bad = Assert.Throws<BadInputException>(() => ImageHeader.Read(folder.Write("empty.jpg", "")));
        Assert.Contains("0 bytes", bad.What, StringComparison.Ordinal);
        Assert.EndsWith("empty.jpg", bad.File, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("this is a text file, not an image")]
    [InlineData("GIF89a")]
    [InlineData("x")]
    public void Another_kind_of_file_is_not_an_image(string text)
    {
        BadInputException bad = Assert.Throws<BadInputException>(() => ImageHeader.Read(folder.Write("a.jpg", text)));
        Assert.Contains("neither a JPEG nor a PNG", bad.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_of_50000_by_50000_pixels_is_refused_before_anything_is_allocated()
    {
        BadInputException bad = Assert.Throws<BadInputException>(() => ImageHeader.Read(folder.Write("a.jpg", TemporaryFolder.JpegHeader(50_000, 50_000))));
        Assert.Contains("50000 x 50000", bad.What, StringComparison.Ordinal);
        byte[] png = TemporaryFolder.Png(1, 1);
        (png[16], png[20]) = (0x7F, 0x7F);   // about 2 billion pixels on each side
        Assert.Throws<BadInputException>(() => ImageHeader.Read(folder.Write("b.png", png)));
    }

    [Theory]
    [InlineData(0, 30)]
    [InlineData(40, 0)]
    public void A_side_of_zero_is_refused(int width, int height) =>
        Assert.Throws<BadInputException>(() => ImageHeader.Read(folder.Write("a.jpg", TemporaryFolder.JpegHeader(width, height))));

    [Fact]
    public void Missing_files_and_folders_are_bad_input()
    {
        Assert.Throws<BadInputException>(() => ImageHeader.Read(folder.At("none.jpg")));
        Assert.Throws<BadInputException>(() => ImageHeader.Read(folder.At("none", "none.jpg")));
        Assert.Throws<BadInputException>(() => ImageHeader.Read(folder.Path));
    }

    [Fact]
    public void Random_damage_gives_a_header_or_bad_input_and_nothing_else()
    {
        var random = new Random(5);
        byte[][] originals = [TemporaryFolder.Png(40, 30), TemporaryFolder.JpegHeader(40, 30)];
        int refused = 0;
        for (int round = 0; round < 2000; round++)
        {
            byte[] damaged = (byte[])originals[round % 2].Clone();
            for (int change = 0; change < 3; change++) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            using var stream = new MemoryStream(damaged, 0, random.Next(damaged.Length / 2, damaged.Length + 1));
            try
            {
                ImageHeader header = ImageHeader.Read(stream, "damaged");
                Assert.InRange((long)header.Width * header.Height, 1, ImageHeader.MaximumPixels);
            }
            catch (BadInputException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 500, 2000);
    }
}
