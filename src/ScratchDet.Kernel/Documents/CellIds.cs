using System.Security.Cryptography;
using System.Text;

namespace ScratchDet.Kernel.Documents;

/// <summary>
/// Gives cells ids that depend on their text alone, so that a cell that is put in or changed leaves the ids of the
/// others as they were. Equal cells are told apart by their order.
/// </summary>
internal sealed class CellIds
{
    private const int HashBytes = 4;
    private const int LongestId = 64;

    private readonly HashSet<string> taken = [];

    /// <summary>The id that the file has, when it is one that nbformat allows and that no cell before has.</summary>
    public string Keep(string? given, string kernelName, string source) =>
        given is not null && IsValid(given) && taken.Add(given) ? given : Next(kernelName, source);

    public string Next(string kernelName, string source)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{kernelName}\n{source}"));
        string id = Convert.ToHexStringLower(hash.AsSpan(0, HashBytes));
        string unique = id;
        for (int copy = 2; !taken.Add(unique); copy++) unique = $"{id}-{copy}";
        return unique;
    }

    /// <summary>nbformat 4.5: 1 to 64 letters, digits, hyphens and underscores.</summary>
    public static bool IsValid(string id) =>
        id.Length is >= 1 and <= LongestId && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
