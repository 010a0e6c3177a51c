using System.Text.RegularExpressions;

namespace ScratchDet.Kernel.Session;

/// <summary>A package that a cell asks for.</summary>
/// <param name="Version">As a project file has it; `*` is the newest release.</param>
internal sealed partial record PackageRequest(string Name, string Version)
{
    /// <summary>Means the same at every restore, so that its result can be kept.</summary>
    public bool IsExact => !Version.Contains('*');

    /// <param name="text">What follows `nuget:` in an `#r`.</param>
    /// <exception cref="PackageException">Not a name with or without a version.</exception>
    public static PackageRequest Parse(string text, int line)
    {
        Match match = Form().Match(text);
        return match.Success
            ? new PackageRequest(match.Groups["name"].Value, match.Groups["version"] is { Success: true, Value: var version } ? version : "*")
            : throw new PackageException($"({line + 1},1): #r \"nuget: {text}\" names no package; write #r \"nuget: NAME\" or #r \"nuget: NAME, VERSION\"");
    }

    public bool IsFor(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => Version == "*" ? Name : $"{Name} {Version}";

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9_][A-Za-z0-9_.\-]*)(\s*,\s*(?<version>[0-9A-Za-z.*+\-\[\]\(\),]+))?$")]
    private static partial Regex Form();
}

/// <summary>A package cannot be brought; the message is for the author of the cell.</summary>
internal sealed class PackageException(string message) : Exception(message);
