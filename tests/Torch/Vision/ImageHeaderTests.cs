using ScratchDet.Tests.Data;
using ScratchDet.Torch.Vision;

namespace ScratchDet.Tests.Torch.Vision;

public class ImageHeaderTests
{
    private static readonly byte[] Jpeg = TemporaryFolder.JpegHeader(500, 375);
    private static readonly byte[] Png = TemporaryFolder.Png(40, 30);

    [Fact]
    public void Format_and_size_are_read_from_the_bytes()
    {
        Assert.Equal(new ImageHeader(ImageFormat.Png, 40, 30, 3, 8), ImageHeader.Read(Png));
        Assert.Equal(new ImageHeader(ImageFormat.Jpeg, 500, 375, 1, 8), ImageHeader.Read(Jpeg));
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        foreach (byte[] whole in new[] { Jpeg, Png })
        {
            for (int length = 0; length < whole.Length; length++)
                Assert.Throws<ImageDecodeException>(() => ImageHeader.Read(whole.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Bytes_after_the_end_marker_are_accepted()
    {
        Assert.Equal(375, ImageHeader.Read([.. Jpeg, .. new byte[1000]]).Height);
        Assert.Equal(30, ImageHeader.Read([.. Png, .. new byte[1000]]).Height);
    }

    [Fact]
    public void Markers_without_length_and_fill_bytes_are_stepped_over() =>
        Assert.Equal(500, ImageHeader.Read([0xFF, 0xD8, 0xFF, 0x01, 0xFF, 0xFF, 0xFF, .. Jpeg[3..]]).Width);

    [Theory]
    [InlineData(0, 30)]
    [InlineData(40, 0)]
    public void A_side_of_zero_is_refused(int width, int height) =>
        Assert.Throws<ImageDecodeException>(() => ImageHeader.Read(TemporaryFolder.JpegHeader(width, height)));

    [Fact]
    public void Random_damage_gives_a_header_or_a_refusal_and_nothing_else()
    {
        var random = new Random(5);
        int refused = 0;
        for (int round = 0; round < 2000; round++)
        {
            byte[] damaged = (byte[])(round % 2 == 0 ? Jpeg : Png).Clone();
            for (int change = 0; change < 3; change++) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            int length = random.Next(damaged.Length / 2, damaged.Length + 1);
            try
            {
                ImageHeader header = ImageHeader.Read(damaged.AsSpan(0, length));
                Assert.InRange(header.PixelCount, 1, long.MaxValue);
            }
            catch (ImageDecodeException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 500, 2000);
    }
}
