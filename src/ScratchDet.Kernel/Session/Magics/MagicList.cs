using ScratchDet.Kernel.Language;

namespace ScratchDet.Kernel.Session;

/// <summary>What there is besides code, for messages.</summary>
internal static class MagicList
{
    /// <summary>Lines that C# itself reads.</summary>
    public static IReadOnlyList<(string Usage, string Meaning)> Directives { get; } =
    [
        ("#r \"FILE.dll\"", "Refers to an assembly, relative to the notebook."),
        ("#r \"nuget: PACKAGE, VERSION\"", "Brings a package."),
        ("#i \"nuget: SOURCE\"", "Adds a place to bring packages from: an address or a folder."),
        ("#load \"FILE.csx\"", "Compiles a file's code as part of the cell."),
    ];

    public static MagicException Unknown(string name)
    {
        string[] similar = [.. MagicCommands.All.Select(command => command.Name)
            .Select(known => (Name: known, Distance: Distance(name, known)))
            .Where(pair => pair.Distance <= 2 || pair.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Name, StringComparer.Ordinal)
            .Select(pair => "#!" + pair.Name)];
        return new MagicException(similar.Length > 0
            ? $"#!{name} is unknown; did you mean {string.Join(" or ", similar)}? #!lsmagic lists all"
            : $"#!{name} is unknown; #!lsmagic lists the magics and languages that there are");
    }

    /// <summary>How many letters must be added, dropped or changed to make one word the other.</summary>
    private static int Distance(string one, string other)
    {
        int[] row = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 0; i < one.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < other.Length; j++)
            {
                int change = diagonal + (char.ToLowerInvariant(one[i]) == char.ToLowerInvariant(other[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(change, Math.Min(row[j], row[j + 1]) + 1);
            }
        }
        return row[^1];
    }
}
