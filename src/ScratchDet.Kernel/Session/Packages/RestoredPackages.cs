using System.Text.Json.Nodes;

namespace ScratchDet.Kernel.Session;

/// <summary>The files that packages come down to, on this machine and framework.</summary>
/// <param name="Assemblies">.NET assemblies to refer to and to load.</param>
/// <param name="NativeFiles">Libraries that these call.</param>
/// <param name="Versions">Of each package, also of those that others needed.</param>
internal sealed record RestoredPackages(IReadOnlyList<string> Assemblies, IReadOnlyList<string> NativeFiles, IReadOnlyDictionary<string, string> Versions)
{
    public string VersionOf(string name) => Versions.GetValueOrDefault(name.ToLowerInvariant(), "");

    /// <summary>Reads the list that a restore has written; null when there is none, or when files of it are gone.</summary>
    /// <param name="assetsPath">A `project.assets.json`.</param>
    public static RestoredPackages? TryRead(string assetsPath)
    {
        if (!File.Exists(assetsPath)) return null;
        JsonNode assets = JsonNode.Parse(File.ReadAllText(assetsPath))!;
        string[] roots = [.. assets["packageFolders"]!.AsObject().Select(folder => folder.Key)];
        JsonObject libraries = assets["libraries"]!.AsObject();
        // With a runtime identifier there are two targets; the second has the files of this system.
        JsonObject target = assets["targets"]!.AsObject().OrderByDescending(one => one.Key.Length).First().Value!.AsObject();

        var assemblies = new List<string>();
        var native = new List<string>();
        var versions = new Dictionary<string, string>();
        foreach ((string key, JsonNode? library) in target)
        {
            string[] parts = key.Split('/');
            versions[parts[0].ToLowerInvariant()] = parts[1];
            string path = libraries[key]?["path"]?.GetValue<string>() ?? "";
            if (!Collect(library!["runtime"], roots, path, assemblies) || !Collect(library["native"], roots, path, native)) return null;
        }
        return new RestoredPackages([.. assemblies.Where(file => file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))], native, versions);
    }

    private static bool Collect(JsonNode? files, string[] roots, string libraryPath, List<string> found)
    {
        foreach ((string file, _) in files?.AsObject() ?? [])
        {
            if (Path.GetFileName(file) == "_._") continue;
            if (roots.Select(root => Path.Combine(root, libraryPath, file)).FirstOrDefault(File.Exists) is not { } path) return false;
            found.Add(path);
        }
        return true;
    }
}
