namespace ScratchDet.Torch;

internal enum ArchiveKind
{
    Safetensors,
    PyTorchZip,
    PyTorchLegacy,
}

/// <summary>Which format a file has, by its first bytes; what it is where it is none of them.</summary>
internal static class ArchiveFormat
{
    private const int HeadBytes = 512;
    private const int TarMarkAt = 257;
    private const string SaveAgain = "load it in Python and save it again by torch.save(model.state_dict(), FILE)";

    /// <exception cref="TensorArchiveException">It is known to be something else.</exception>
    public static ArchiveKind Of(ArchiveBytes file)
    {
        ReadOnlySpan<byte> head = file.Head(stackalloc byte[HeadBytes]);
        if (head.Length == 0) throw file.Bad(null, "the file is empty: neither a safetensors file nor one that torch.save wrote");
        // A safetensors header of 67,324,752 bytes would begin like a zip archive; only that is followed by a brace.
        bool hasBrace = head.Length > 8 && head[8] == (byte)'{' && head[4..8].SequenceEqual(new byte[4]);
        if (hasBrace) return ArchiveKind.Safetensors;
        if (head.StartsWith("PK\u0003\u0004"u8)) return ArchiveKind.PyTorchZip;
        if (IsPickle(head)) return ArchiveKind.PyTorchLegacy;
        if (head.StartsWith("PK\u0005\u0006"u8)) throw file.Bad(null, "an empty zip archive");
        if (head.Length > TarMarkAt + 5 && head[TarMarkAt..].StartsWith("ustar"u8))
            throw file.Bad(null, "a tar archive, as PyTorch wrote before 0.1.10", SaveAgain);
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])) throw file.Bad(null, "a gzip file", "unpack it first");
        if (head.StartsWith("version https://git-lfs"u8)) throw file.Bad(null, "a pointer of Git LFS, not the file itself", "fetch it by git lfs pull");
        if (head[0] == (byte)'<') throw file.Bad(null, "a page (HTML or XML), not a safetensors file nor one that torch.save wrote", "download the file itself");
        return ArchiveKind.Safetensors; // its reader says what is wrong with the header
    }

    /// <summary>A pickle of protocol 2 or later, or torch.save's magic number in the text of protocol 1.</summary>
    private static bool IsPickle(ReadOnlySpan<byte> head) =>
        head.StartsWith("L1195470371460388"u8) || (head.Length >= 2 && head[0] == 0x80 && head[1] is >= 2 and <= 5);
}
