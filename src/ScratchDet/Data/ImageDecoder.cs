using System.Collections.Concurrent;

namespace ScratchDet.Data;

/// <summary>Decodes an image file to RGB; grey becomes three equal channels. Called from several threads at once.</summary>
/// <exception cref="BadInputException">The file cannot be decoded.</exception>
public delegate PlanarImage ImageDecoder(string path);

/// <summary>
/// Keeps decoded images in memory up to a limit, so that a data set that fits is decoded once. What does not fit is
/// decoded each time; nothing is evicted, since each image of an epoch is as likely to come back as any other.
/// The images handed out are shared: they must not be written to.
/// </summary>
public sealed class ImageCache(ImageDecoder decode, long byteLimit)
{
    private readonly ConcurrentDictionary<string, PlanarImage> imageByPath = new(StringComparer.Ordinal);
    private long bytes;

    /// <summary>Bytes of pixels held now, at most the limit.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    public int Count => imageByPath.Count;

    /// <summary>The image from memory, or decoded; usable as an <see cref="ImageDecoder"/>, from any thread.</summary>
    public PlanarImage Decode(string path)
    {
        if (imageByPath.TryGetValue(path, out PlanarImage? cached)) return cached;
        PlanarImage image = decode(path);
        // The bytes are claimed before the image is added, so the limit holds while several threads add.
        if (Interlocked.Add(ref bytes, image.Pixels.LongLength) <= byteLimit)
        {
            if (imageByPath.TryAdd(path, image)) return image;
            Interlocked.Add(ref bytes, -image.Pixels.LongLength);   // another thread was first
            return imageByPath[path];
        }
        Interlocked.Add(ref bytes, -image.Pixels.LongLength);
        return image;
    }
}
