using ScratchDet.Torch;
using ScratchDet.Torch.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Data;

/// <summary>Reads and writes image files through torchvision's operators (libjpeg, libpng).</summary>
public static class ImageFiles
{
    /// <summary>Reads a JPEG or PNG file as RGB; usable as an <see cref="ImageDecoder"/> from any thread.</summary>
    /// <exception cref="BadInputException">The file is missing, empty, cut off, too large or no image.</exception>
    public static PlanarImage Read(string path)
    {
        byte[] encoded;
        try
        {
            encoded = File.ReadAllBytes(path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException(path, null, "no such image", "check the path and the image sets", missing);
        }
        return Decode(encoded, path);
    }

    /// <param name="path">Named in errors.</param>
    /// <exception cref="BadInputException">The bytes are no image that can be decoded.</exception>
    public static PlanarImage Decode(ReadOnlySpan<byte> encoded, string path)
    {
        try
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor decoded = ImageCodec.Decode(encoded); // (3, H, W)
            long[] shape = decoded.shape;
            return new PlanarImage((int)shape[2], (int)shape[1], decoded.contiguous().AsSpan<byte>().ToArray());
        }
        catch (ImageDecodeException fault)
        {
            throw new BadInputException(path, null, fault.What, fault.WhatToDo, fault);
        }
    }

    public static byte[] EncodeJpeg(PlanarImage image, int quality = 90)
    {
        using DisposeScope scope = NewDisposeScope();
        return ImageCodec.EncodeJpeg(AsTensor(image), quality);
    }

    public static byte[] EncodePng(PlanarImage image)
    {
        using DisposeScope scope = NewDisposeScope();
        return ImageCodec.EncodePng(AsTensor(image));
    }

    /// <summary>Writes by the ending of the name: .png, or JPEG of quality 90. Equal planes become one grey channel in a JPEG.</summary>
    public static void Write(string path, PlanarImage image)
    {
        if (path.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
        {
            AtomicFile.Write(path, EncodePng(image));
            return;
        }
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = AsTensor(image);
        bool grey = image.Plane(0).SequenceEqual(image.Plane(1)) && image.Plane(0).SequenceEqual(image.Plane(2));
        AtomicFile.Write(path, ImageCodec.EncodeJpeg(grey ? pixels.narrow(0, 0, 1).contiguous() : pixels, 90));
    }

    private static Tensor AsTensor(PlanarImage image) => tensor(image.Pixels, [PlanarImage.Channels, image.Height, image.Width]);
}
