namespace ScratchDet.Data.Fetch;

/// <summary>A file that a publisher offers.</summary>
/// <param name="Name">What it is called here, and on a mirror.</param>
/// <param name="Address">Where the publisher has it.</param>
/// <param name="Bytes">Its exact length; null where that is not fixed.</param>
/// <param name="Sha256">Of the whole file, in lower case; null where it is not fixed.</param>
public sealed record RemoteFile(string Name, string Address, long? Bytes = null, string? Sha256 = null)
{
    private readonly long aboutBytes;

    /// <summary>For progress and the free space: the exact length where it is known.</summary>
    public long AboutBytes
    {
        get => Bytes ?? aboutBytes;
        init => aboutBytes = value;
    }

    /// <summary>The publisher's address, or that of a file of the same name in a mirror's folder.</summary>
    /// <exception cref="BadInputException">The address is none of the web.</exception>
    public Uri AddressAt(string? mirror)
    {
        string text = mirror is null ? Address : $"{mirror.TrimEnd('/')}/{Uri.EscapeDataString(Name)}";
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && IsWeb(address)
            ? address
            : throw new BadInputException(text, null, "is not an address of the web", "give one that begins with http:// or https://");
    }

    internal static bool IsWeb(Uri address) => address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps;
}
