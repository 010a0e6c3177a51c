using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using ScratchDet.Tests.Golden;
using ScratchDet.Torch;
using ScratchDet.Torch.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Torch.Vision;

/// <summary>Against PIL: Golden/images.json, made by Golden/images.py.</summary>
public class ImageCodecTests
{
    private static readonly JsonElement Golden = GoldenNumbers.Read("images.json");

    public static TheoryData<string> Names => [.. Golden.EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Pixels_are_those_that_PIL_reads(string name)
    {
        JsonElement expected = Entry(name);
        byte[] encoded = expected.GetProperty("data").GetBytesFromBase64();
        (int height, int width) = (expected.GetProperty("height").GetInt32(), expected.GetProperty("width").GetInt32());
        using DisposeScope scope = NewDisposeScope();
        Tensor image = ImageCodec.Decode(encoded);
        Assert.Equal([3L, height, width], image.shape);
        Assert.True(image.is_contiguous());
        Assert.Equal(Numbers(expected, "sums"), image.to(ScalarType.Int64).sum([1, 2]).data<long>().ToArray());
        Span<byte> pixels = image.AsSpan<byte>();
        for (int channel = 0; channel < 3; channel++)
        {
            Assert.Equal(Numbers(expected, "first")[channel], pixels[channel * height * width]);
            Assert.Equal(Numbers(expected, "last")[channel], pixels[((channel + 1) * height * width) - 1]);
        }
    }

    [Theory]
    [InlineData("jpeg rgb")]
    [InlineData("jpeg progressive")]
    [InlineData("png rgb")]
    [InlineData("png palette")]
    public void An_image_cut_off_at_any_byte_is_refused(string name)
    {
        byte[] encoded = Entry(name).GetProperty("data").GetBytesFromBase64();
        for (int length = 0; length < encoded.Length; length++)
            Assert.Throws<ImageDecodeException>(() => ImageCodec.Decode(encoded.AsSpan(0, length)));
    }

    [Fact]
    public void A_jpeg_filled_up_with_zeros_after_a_cut_is_refused()
    {
        byte[] encoded = Entry("jpeg rgb").GetProperty("data").GetBytesFromBase64();
        encoded.AsSpan(encoded.Length * 3 / 4).Clear();
        var error = Assert.Throws<ImageDecodeException>(() => ImageCodec.DecodeJpeg(encoded));
        Assert.Contains("end marker", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_png_is_refused_by_its_sum()
    {
        byte[] encoded = Entry("png rgb").GetProperty("data").GetBytesFromBase64();
        encoded[^30] ^= 1;
        var error = Assert.Throws<ImageDecodeException>(() => ImageCodec.DecodePng(encoded));
        Assert.Contains("damaged PNG", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_size_in_the_header_is_refused_before_memory_is_taken()
    {
        byte[] png = Entry("png rgb").GetProperty("data").GetBytesFromBase64();
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 50_000);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 50_000);
        byte[] jpeg = Entry("jpeg rgb").GetProperty("data").GetBytesFromBase64();
        int frame = jpeg.AsSpan().IndexOf<byte>([0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), 50_000);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), 50_000);
        foreach (byte[] encoded in new[] { png, jpeg })
        {
            var error = Assert.Throws<ImageDecodeException>(() => ImageCodec.Decode(encoded));
            Assert.Contains("50000 x 50000 pixels are more than the limit of 100000000", error.Message, StringComparison.Ordinal);
        }
        byte[] small = Entry("png grey").GetProperty("data").GetBytesFromBase64();
        Assert.Throws<ImageDecodeException>(() => ImageCodec.Decode(small, pixelLimit: (17 * 21) - 1));
        ImageCodec.Decode(small, pixelLimit: 17 * 21).Dispose();
    }

    [Fact]
    public void What_is_no_image_is_named()
    {
        Assert.Contains("empty", Assert.Throws<ImageDecodeException>(() => ImageCodec.Decode([])).Message, StringComparison.Ordinal);
        Assert.Contains("GIF", Assert.Throws<ImageDecodeException>(() => ImageCodec.Decode("GIF89a"u8)).Message, StringComparison.Ordinal);
        Assert.Contains("first bytes 3C68746D6C3E",
            Assert.Throws<ImageDecodeException>(() => ImageCodec.Decode(Encoding.ASCII.GetBytes("<html>"))).Message, StringComparison.Ordinal);
        byte[] png = Entry("png rgb").GetProperty("data").GetBytesFromBase64();
        Assert.Contains("PNG where a JPEG", Assert.Throws<ImageDecodeException>(() => ImageCodec.DecodeJpeg(png)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_png_round_trip_loses_nothing_and_a_jpeg_little()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor image = arange(3 * 20 * 30).reshape(3, 20, 30).remainder(200).to(ScalarType.Byte);
        Assert.True(ImageCodec.DecodePng(ImageCodec.EncodePng(image)).allclose(image, 0, 0));
        // A picture without edges: what differs is the rounding of the colour transform.
        Tensor smooth = linspace(40, 200, 32).reshape(1, 1, 32).expand(3, 24, 32).to(ScalarType.Byte).contiguous();
        Tensor seen = ImageCodec.DecodeJpeg(ImageCodec.EncodeJpeg(smooth, quality: 100));
        long worst = (seen.to(ScalarType.Int64) - smooth.to(ScalarType.Int64)).abs().max().item<long>();
        Assert.InRange(worst, 0, 2);
        Assert.Throws<ArgumentException>(() => ImageCodec.EncodePng(zeros(3, 4, 5)));
    }

    private static JsonElement Entry(string name) => Golden.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name);

    private static long[] Numbers(JsonElement entry, string name) => [.. entry.GetProperty(name).EnumerateArray().Select(value => value.GetInt64())];
}
