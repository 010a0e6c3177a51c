using System.Globalization;
using System.Numerics;

namespace ScratchDet.Torch.PyTorchFiles;

/// <summary>
/// The tensors of a checkpoint: of all mappings in it the one that holds most tensors itself; of several with equally many
/// the one with a usual name, else the outermost, else the first. What is left out is told.
/// </summary>
internal sealed record StateDictionary(
    IReadOnlyList<(string Name, StoredTensor Tensor)> Tensors, IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<string> Notes)
{
    private const int DepthLimit = 6;
    private const int MetadataLimit = 200;
    private const int TextLimit = 200;
    private const int NameLimit = 1000;
    private const int MostShown = 5;

    /// <summary>Names of the same mapping in the training loops of the field, the weights that were trained first.</summary>
    private static readonly string[] UsualNames = ["state_dict", "model_state_dict", "model", "module", "net", "network", "weights", "params"];

    private static readonly string[] Prefixes = ["module.", "_orig_mod."];

    /// <exception cref="TensorArchiveException">There are no tensors, or names that no tensor can have.</exception>
    public static StateDictionary Find(ArchiveBytes file, object? root, TensorArchiveOptions options)
    {
        if (root is StoredTensor single) return new StateDictionary([("tensor", single)], new Dictionary<string, string>(), []);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        List<Candidate> candidates = Candidates(root, metadata);
        if (candidates.Count == 0) throw file.Bad(null, "the file holds no tensors", "give a file with a state dictionary");
        Candidate chosen = options.Mapping is { } wanted
            ? candidates.Find(candidate => candidate.Path == wanted)
                ?? throw file.Bad(null, $"there is no mapping {PickleReader.Shown(wanted)} with tensors", $"choose one of: {Listed(candidates)}")
            : candidates.OrderByDescending(candidate => candidate.Tensors.Count).ThenBy(candidate => UsualRank(candidate.Path)).First();
        List<string> notes = [];
        if (chosen.Path.Length > 0) notes.Add($"the tensors are those of {PickleReader.Shown(chosen.Path)}");
        Candidate[] others = [.. candidates.Where(candidate => candidate != chosen)];
        if (others.Length > 0) notes.Add($"left out: {Listed(others)}");

        List<(string Name, StoredTensor Tensor)> tensors = chosen.Tensors;
        CheckNames(file, tensors); // before anything is done with names that may be long and many
        while (options.StripPrefix && Prefixes.FirstOrDefault(prefix => tensors.All(tensor => tensor.Name.Length > prefix.Length && tensor.Name.StartsWith(prefix, StringComparison.Ordinal))) is { } common)
        {
            tensors = [.. tensors.Select(tensor => (tensor.Name[common.Length..], tensor.Tensor))];
            notes.Add($"all names began with {common}, which was taken off");
        }
        return new StateDictionary(tensors, metadata, notes);
    }

    private static void CheckNames(ArchiveBytes file, List<(string Name, StoredTensor Tensor)> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        Int128 byteCount = 0;
        foreach ((string name, StoredTensor tensor) in tensors)
        {
            string place = $"tensor {PickleReader.Shown(name)}";
            if (!names.Add(name)) throw file.Bad(place, "the name occurs twice");
            if (name.Length is 0 or > NameLimit || name.Any(char.IsControl)) throw file.Bad(place, "a name that is empty, too long or not printable");
            byteCount += tensor.ByteCount;
        }
        // Tied weights may stand twice; a thousand names for one large storage are made to fill a memory.
        const int MostTimesTheFile = 16, Always = 1 << 26;
        if (byteCount > Always && byteCount > (Int128)file.Length * MostTimesTheFile)
            throw file.Bad(null, $"tensors of {byteCount} bytes in a file of {file.Length} are absurd");
    }

    private static int UsualRank(string path)
    {
        int rank = Array.IndexOf(UsualNames, path[(path.LastIndexOf('.') + 1)..]);
        return rank < 0 ? UsualNames.Length : rank;
    }

    private static string Listed(IReadOnlyCollection<Candidate> candidates)
    {
        string listed = string.Join(", ", candidates.Take(MostShown)
            .Select(candidate => $"{(candidate.Path.Length == 0 ? "the outermost mapping" : PickleReader.Shown(candidate.Path))} ({candidate.Tensors.Count} tensors)"));
        return candidates.Count > MostShown ? $"{listed} and {candidates.Count - MostShown} more" : listed;
    }

    /// <summary>Every mapping or list with tensors of its own, outermost first; each is looked into once.</summary>
    private static List<Candidate> Candidates(object? root, Dictionary<string, string> metadata)
    {
        List<Candidate> candidates = [];
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var waiting = new Queue<(string Path, object Node, int Depth, bool Notes)>();
        Enqueue("", root, 0, true);
        while (waiting.TryDequeue(out (string Path, object Node, int Depth, bool Notes) next))
        {
            var candidate = new Candidate(next.Path, []);
            foreach ((string key, object? value, bool isNamed) in Children(next.Node))
            {
                if (value is StoredTensor tensor) candidate.Tensors.Add((key, tensor)); // too long a name is refused where it is used
                if (value is StoredTensor || key.Length > NameLimit) continue; // one long key used a million times costs no million copies
                string path = next.Path.Length == 0 ? key : $"{next.Path}.{key}";
                if (isNamed && next.Notes && metadata.Count < MetadataLimit && path.Length <= TextLimit && Note(value) is { } note) metadata.TryAdd(path, note);
                else Enqueue(path, value, next.Depth + 1, next.Notes && (isNamed || next.Node is not PickleDictionary));
            }
            if (candidate.Tensors.Count > 0) candidates.Add(candidate);
        }
        return candidates;

        void Enqueue(string path, object? node, int depth, bool notes)
        {
            if (depth <= DepthLimit && path.Length <= NameLimit && node is PickleDictionary or PickleList or object?[] { Length: > 0 } && seen.Add(node)) waiting.Enqueue((path, node, depth, notes));
        }
    }

    /// <summary>Names and values; a name is a text, or else a number: a place in a list, or a parameter of an optimizer.</summary>
    private static IEnumerable<(string Key, object? Value, bool IsNamed)> Children(object node)
    {
        if (node is PickleDictionary mapping)
        {
            foreach ((object? key, object? value) in mapping.Items)
            {
                if (key is string text) yield return (text, value, true);
                else if (key is long number) yield return (number.ToString(CultureInfo.InvariantCulture), value, false);
            }
            yield break;
        }
        int index = 0;
        foreach (object? value in node as object?[] ?? (IEnumerable<object?>)((PickleList)node).Items)
            yield return (index++.ToString(CultureInfo.InvariantCulture), value, false);
    }

    private static string? Note(object? value) => value switch
    {
        bool truth => truth ? "true" : "false",
        long or BigInteger => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        string { Length: <= TextLimit } text when !text.Any(char.IsControl) => text,
        _ => null,
    };

    private sealed record Candidate(string Path, List<(string Name, StoredTensor Tensor)> Tensors);
}
