using System.Runtime.InteropServices;
using ScratchDet.Torch.Interop;
using static TorchSharp.torch;

namespace ScratchDet.Torch.Vision;

/// <summary>JPEG and PNG, decoded and encoded by torchvision's operators (libjpeg-turbo and libpng), in memory and on any thread.</summary>
/// <remarks>Every method throws <see cref="DllNotFoundException"/> when libtorch came without torchvision's image operators.</remarks>
public static class ImageCodec
{
    /// <summary>Pixels beyond which an image is refused before memory is taken for it: 100 megapixels.</summary>
    public const long DefaultPixelLimit = 100_000_000;

    private const long ModeRgb = 3; // torchvision.io.ImageReadMode.RGB: grey is repeated, a palette resolved, alpha dropped

    /// <summary>Decodes a JPEG or a PNG, told apart by their first bytes.</summary>
    /// <returns>uint8 (3, H, W), contiguous, red-green-blue.</returns>
    /// <exception cref="ImageDecodeException">Empty, not an image, damaged, cut off, or more pixels than the limit.</exception>
    public static Tensor Decode(ReadOnlySpan<byte> encoded, long pixelLimit = DefaultPixelLimit) =>
        Decode(encoded, ImageHeader.Read(encoded), pixelLimit);

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, long)"/>
    public static Tensor DecodeJpeg(ReadOnlySpan<byte> encoded, long pixelLimit = DefaultPixelLimit) =>
        Decode(encoded, Expect(ImageFormat.Jpeg, encoded), pixelLimit);

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, long)"/>
    public static Tensor DecodePng(ReadOnlySpan<byte> encoded, long pixelLimit = DefaultPixelLimit) =>
        Decode(encoded, Expect(ImageFormat.Png, encoded), pixelLimit);

    /// <summary>Encodes as JPEG.</summary>
    /// <param name="image">uint8 (3, H, W) or (1, H, W).</param>
    /// <param name="quality">1 (smallest) to 100 (best).</param>
    public static byte[] EncodeJpeg(Tensor image, int quality = 90)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        return Encode(Operators.encode_jpeg, image, quality);
    }

    /// <summary>Encodes as PNG, without loss.</summary>
    /// <param name="image">uint8 (3, H, W) or (1, H, W).</param>
    /// <param name="compressionLevel">0 (fast) to 9 (small).</param>
    public static byte[] EncodePng(Tensor image, int compressionLevel = 6)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(compressionLevel, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(compressionLevel, 9);
        return Encode(Operators.encode_png, image, compressionLevel);
    }

    /// <summary>Refuses an image by what its header says, before memory is taken for its pixels.</summary>
    /// <exception cref="ImageDecodeException">More pixels than the limit, the colours of print, or more than 8 bits per channel.</exception>
    public static void RequireReadable(ImageHeader header, long pixelLimit = DefaultPixelLimit)
    {
        if (header.PixelCount > pixelLimit)
        {
            throw new ImageDecodeException($"{header.Width} x {header.Height} pixels are more than the limit of {pixelLimit}",
                "make the image smaller, or replace the file if its header is wrong");
        }
        if (header is { Format: ImageFormat.Jpeg, ChannelCount: 4 })
            throw new ImageDecodeException("a JPEG in the colours of print (CMYK)", "convert it to RGB");
        if (header.BitsPerChannel > 8)
            throw new ImageDecodeException($"{header.BitsPerChannel} bits per channel where 8 are read", "convert it to 8 bits per channel");
    }

    private static ImageHeader Expect(ImageFormat format, ReadOnlySpan<byte> encoded)
    {
        ImageHeader header = ImageHeader.Read(encoded);
        if (header.Format != format)
            throw new ImageDecodeException($"a {Name(header.Format)} where a {Name(format)} was expected", "correct the file's name or use Decode");
        return header;
    }

    private static unsafe Tensor Decode(ReadOnlySpan<byte> encoded, ImageHeader header, long pixelLimit)
    {
        TorchVisionLibraries.RequireImageOperators();
        RequireReadable(header, pixelLimit);

        fixed (byte* first = encoded)
        {
            // No copy: the operator reads the caller's bytes, which stay fixed until it returns.
            long length = encoded.Length;
            Bridge.Check(Bridge.sd_tensor_from_memory(first, &length, 1, (int)ScalarType.Byte, &KeepMemory, IntPtr.Zero, out IntPtr handle));
            using var bytes = new Tensor(handle);
            try
            {
                using Tensor pixels = header.Format == ImageFormat.Jpeg
                    ? Operators.decode_jpeg.Call(bytes, ModeRgb)
                    : Operators.decode_png.Call(bytes, ModeRgb, false);
                return pixels.contiguous();
            }
            catch (ExternalException error)
            {
                throw new ImageDecodeException($"damaged {Name(header.Format)}: {error.Message}", "fetch or export the image again", error);
            }
        }
    }

    private static byte[] Encode(Operator encoder, Tensor image, int setting)
    {
        TorchVisionLibraries.RequireImageOperators();
        TensorInfo info = image.Describe();
        if (info.ScalarType != (int)ScalarType.Byte || info.Dimensions != 3)
            throw new ArgumentException($"an image to encode is uint8 (3, H, W) or (1, H, W), not {image}", nameof(image));
        using Tensor onCpu = image.cpu();
        using Tensor contiguous = onCpu.contiguous();
        using Tensor encoded = encoder.Call(contiguous, setting);
        return encoded.bytes.ToArray();
    }

    private static string Name(ImageFormat format) => format == ImageFormat.Jpeg ? "JPEG" : "PNG";

    [UnmanagedCallersOnly]
    private static void KeepMemory(IntPtr context)
    {
        // The bytes belong to the caller.
    }
}
