namespace ScratchDet.Data.Fetch;

/// <summary>
/// Which names of an archive's entries are taken: those that stay in the folder, on any system, and do not meet another entry
/// there. Systems that do not tell cases apart would let one entry overwrite another, or write through it.
/// </summary>
internal sealed class ArchivePaths(string archive)
{
    private const int LongestName = 255;
    private const int LongestPath = 1024;
    private const string Advice = "nothing was unpacked; fetch the archive from its publisher";

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL",
        "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    };

    private readonly Dictionary<string, Taken> takenByPath = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The path of an entry, of its parts alone, below the folder; empty for the folder itself.</summary>
    /// <exception cref="BadInputException">The entry would lie elsewhere, or on another one.</exception>
    public string Take(string name, bool isFolder)
    {
        if (name.Length > LongestPath) throw Refuse(name[..80] + "...", "the name is too long");
        if (name.StartsWith('/') || name.StartsWith('\\') || (name.Length > 1 && name[1] == ':')) throw Refuse(name, "an absolute path, which would leave the folder");
        string[] parts = [.. name.Split('/').Where(part => part is not ("" or "."))];
        foreach (string part in parts)
            if (FaultOf(part) is { } fault) throw Refuse(name, fault);
        if (parts.Length == 0) return isFolder ? "" : throw Refuse(name, "a file without a name");
        for (int i = 1; i <= parts.Length; i++)
            Enter(name, string.Join('/', parts[..i]), isFolder || i < parts.Length);
        return Path.Combine(parts);
    }

    /// <summary>The error that says why an entry is not unpacked.</summary>
    public BadInputException Refuse(string name, string what) => new(archive, name, what, Advice);

    private void Enter(string name, string path, bool isFolder)
    {
        if (takenByPath.TryAdd(path, new(path, isFolder))) return;
        Taken other = takenByPath[path];
        if (other.Path != path) throw Refuse(name, $"differs from '{other.Path}' in upper and lower case alone");
        if (!isFolder || !other.IsFolder) throw Refuse(name, "is in the archive twice");
    }

    private static string? FaultOf(string part)
    {
        if (part == "..") return "a path with '..', which would leave the folder";
        if (part.Length > LongestName) return "a part of the name is too long";
        if (part.AsSpan().IndexOfAny("\\:*?\"<>|") >= 0 || part.Any(char.IsControl)) return "a character that names of files do not have on every system";
        if (part[^1] is '.' or ' ') return "a name that ends in a dot or a space, which some systems drop";
        return Reserved.Contains(part.Split('.')[0]) ? "a name that is a device on some systems" : null;
    }

    private sealed record Taken(string Path, bool IsFolder);
}
