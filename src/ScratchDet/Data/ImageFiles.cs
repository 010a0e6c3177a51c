using System.Buffers;
using ScratchDet.Torch;
using ScratchDet.Torch.Vision;
using static TorchSharp.torch;

namespace ScratchDet.Data;

/// <summary>Images of files: JPEG and PNG to <see cref="PlanarImage"/> and back, by torchvision's operators. Any thread may call.</summary>
public static class ImageFiles
{
    private delegate TResult Reader<TResult>(ReadOnlySpan<byte> encoded);

    /// <summary>
    /// Format and size, without decoding a pixel. Told by content and not by the file's ending, and checked up to the
    /// end marker, so that a cut-off file is known before it is trained on: decoders fill the missing part with grey.
    /// </summary>
    /// <exception cref="BadInputException">As <see cref="Decode(string)"/>.</exception>
    public static ImageHeader ReadHeader(string path) => Read(path, encoded =>
    {
        ImageHeader header = ImageHeader.Read(encoded);
        ImageCodec.RequireReadable(header);
        return header;
    });

    /// <summary>Decodes a JPEG or PNG to RGB; grey becomes three equal channels. It is an <see cref="ImageDecoder"/>.</summary>
    /// <exception cref="BadInputException">No such file, not readable, not an image, damaged, or absurdly large.</exception>
    /// <exception cref="DllNotFoundException">libtorch came without torchvision's image operators.</exception>
    public static PlanarImage Decode(string path) => Read(path, Decode);

    /// <param name="quality">1 (smallest) to 100 (best).</param>
    /// <param name="grey">Write the first plane alone; for images whose planes are equal.</param>
    public static byte[] EncodeJpeg(PlanarImage image, int quality = 90, bool grey = false)
    {
        using Tensor pixels = ToTensor(image, grey);
        return ImageCodec.EncodeJpeg(pixels, quality);
    }

    /// <summary>Without loss.</summary>
    /// <param name="grey">Write the first plane alone; for images whose planes are equal.</param>
    public static byte[] EncodePng(PlanarImage image, bool grey = false)
    {
        using Tensor pixels = ToTensor(image, grey);
        return ImageCodec.EncodePng(pixels);
    }

    /// <summary>Writes by the ending of the name: .png without loss, or JPEG of quality 90; equal planes become one grey channel.</summary>
    public static void Write(string path, PlanarImage image)
    {
        bool grey = image.Plane(0).SequenceEqual(image.Plane(1)) && image.Plane(0).SequenceEqual(image.Plane(2));
        bool png = path.EndsWith(".png", StringComparison.OrdinalIgnoreCase);
        AtomicFile.Write(path, png ? EncodePng(image, grey) : EncodeJpeg(image, grey: grey));
    }

    private static TResult Read<TResult>(string path, Reader<TResult> read)
    {
        byte[]? buffer = null;
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            long length = RandomAccess.GetLength(file);
            if (length > Array.MaxLength)
                throw new BadInputException(path, null, $"{length} bytes are too many for an image", "replace the file");
            buffer = ArrayPool<byte>.Shared.Rent((int)length);
            int filled = 0;
            while (filled < length && RandomAccess.Read(file, buffer.AsSpan(filled, (int)length - filled), filled) is var count and > 0)
                filled += count;
            return read(buffer.AsSpan(0, filled));
        }
        catch (ImageDecodeException exception)
        {
            throw new BadInputException(path, null, exception.What, exception.WhatToDo, exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException(path, null, "the image does not exist", "add it, or take it off the list", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(path, null, $"the image cannot be read ({exception.Message})", "check the file and its permissions", exception);
        }
        finally
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static PlanarImage Decode(ReadOnlySpan<byte> encoded)
    {
        using Tensor pixels = ImageCodec.Decode(encoded); // (3, H, W)
        byte[] copy = GC.AllocateUninitializedArray<byte>(checked((int)pixels.numel()));
        pixels.AsSpan<byte>().CopyTo(copy);
        return new PlanarImage((int)pixels.shape[2], (int)pixels.shape[1], copy);
    }

    private static Tensor ToTensor(PlanarImage image, bool grey) => grey
        ? TensorSpans.FromArray(image.Plane(0).ToArray(), 1, image.Height, image.Width)
        : TensorSpans.FromArray(image.Pixels, PlanarImage.Channels, image.Height, image.Width);
}
