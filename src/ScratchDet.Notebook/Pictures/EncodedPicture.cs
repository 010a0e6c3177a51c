using ScratchDet.Data;
using ScratchDet.Data.Augment;

namespace ScratchDet.Notebook;

/// <summary>A picture as a page or a notebook stores it.</summary>
/// <param name="MimeType"><c>image/png</c> or <c>image/jpeg</c>.</param>
internal sealed record EncodedPicture(byte[] Bytes, string MimeType, int Width, int Height)
{
    public const string Jpeg = "image/jpeg";

    private const double Shrinking = 0.85;
    private const int SmallestSide = 32;

    public string Base64 => Convert.ToBase64String(Bytes);

    public string DataUri => $"data:{MimeType};base64,{Base64}";

    /// <summary>
    /// PNG where that is small enough (drawings, shapes), else the best JPEG that is, else a smaller picture: noise and
    /// photos do not compress. Equal planes become one grey channel.
    /// </summary>
    /// <param name="byteLimit">Bytes of the file; base64 makes a third more of them.</param>
    /// <exception cref="DllNotFoundException">libtorch came without torchvision's image operators.</exception>
    public static EncodedPicture Of(PlanarImage image, int byteLimit)
    {
        while (true)
        {
            bool grey = image.Plane(0).SequenceEqual(image.Plane(1)) && image.Plane(0).SequenceEqual(image.Plane(2));
            byte[] png = ImageFiles.EncodePng(image, grey);
            if (png.Length <= byteLimit) return new EncodedPicture(png, MimeBundle.Png, image.Width, image.Height);
            foreach (int quality in (ReadOnlySpan<int>)[92, 85, 75, 65])
            {
                byte[] jpeg = ImageFiles.EncodeJpeg(image, quality, grey);
                if (jpeg.Length <= byteLimit) return new EncodedPicture(jpeg, Jpeg, image.Width, image.Height);
            }
            (int width, int height) = ((int)(image.Width * Shrinking), (int)(image.Height * Shrinking));
            if (Math.Min(width, height) < SmallestSide) return new EncodedPicture(ImageFiles.EncodeJpeg(image, 75, grey), Jpeg, image.Width, image.Height);
            image = Resize.Apply(image, width, height, Interpolation.Area);
        }
    }
}
