using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;

namespace ScratchDet.Kernel.Session;

/// <summary>
/// The assemblies of this process: the framework, the kit and what it brings. A script that refers to one of them gets
/// the very types that the kernel uses, so that statics such as <see cref="ScratchDet.Notebook.Cell.Stop"/> are shared.
/// </summary>
internal static class HostAssemblies
{
    private static readonly FrozenDictionary<string, string> Paths = TrustedPlatformAssemblies();
    private static readonly Dictionary<string, PortableExecutableReference> References = [];

    /// <summary>What cells name most. Each cell costs time for each reference, so that these are as few as may be.</summary>
    private static readonly string[] CommonNames =
    [
        "System.Private.CoreLib", "System.Runtime", "System.Collections", "System.Collections.Concurrent", "System.Console", "System.Linq", "System.Memory",
        "System.Text.RegularExpressions", "System.Threading", "System.Threading.Tasks.Parallel", "System.Threading.Thread", "ScratchDet.Notebook",
    ];

    /// <summary>What a cell may name besides without an `#r`: the rest of the framework comes on top.</summary>
    private static readonly string[] FurtherNames = ["Microsoft.DotNet.Interactive.Formatting"];

    private static readonly Lazy<ImmutableArray<MetadataReference>> LazyCommon = new(() => [.. Closure(CommonNames)]);
    private static readonly Lazy<ImmutableArray<MetadataReference>> LazyAll = new(FindAll);

    /// <summary>The references of a session's first cell.</summary>
    /// <remarks>
    /// Complete in themselves: to the compiler, an assembly whose needs become known later is another assembly with other
    /// types, and variables of earlier cells would be of the old ones.
    /// </remarks>
    public static ImmutableArray<MetadataReference> Common => LazyCommon.Value;

    /// <summary>Everything that a cell may name without an `#r`.</summary>
    public static ImmutableArray<MetadataReference> All => LazyAll.Value;

    /// <param name="simpleName">Such as <c>ScratchDet.Torch</c>.</param>
    public static string? PathOf(string simpleName) => Paths.GetValueOrDefault(simpleName);

    public static PortableExecutableReference? Find(string simpleName)
    {
        if (PathOf(simpleName) is not { } path) return null;
        lock (References)
        {
            if (!References.TryGetValue(simpleName, out PortableExecutableReference? reference))
                References.Add(simpleName, reference = Read(path));
            return reference;
        }
    }

    /// <summary>Reads the file into memory, because one that is rebuilt while it is mapped would crash the process.</summary>
    public static PortableExecutableReference Read(string path)
    {
        var module = ModuleMetadata.CreateFromStream(File.OpenRead(path), PEStreamOptions.PrefetchMetadata);
        return AssemblyMetadata.Create(module).GetReference(filePath: path, display: path);
    }

    /// <summary>The references of these names with all of the host's that they need in turn.</summary>
    public static IEnumerable<PortableExecutableReference> Closure(IEnumerable<string> simpleNames)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var waiting = new Queue<string>(simpleNames);
        while (waiting.TryDequeue(out string? name))
        {
            if (!seen.Add(name) || Find(name) is not { } reference) continue;
            yield return reference;
            MetadataReader metadata = ((AssemblyMetadata)reference.GetMetadata()).GetModules()[0].GetMetadataReader();
            foreach (AssemblyReferenceHandle handle in metadata.AssemblyReferences)
                waiting.Enqueue(metadata.GetString(metadata.GetAssemblyReference(handle).Name));
        }
    }

    private static ImmutableArray<MetadataReference> FindAll()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        IEnumerable<string> names = from entry in Paths
                                    where Path.GetDirectoryName(entry.Value) == framework
                                    orderby entry.Key
                                    select entry.Key;
        return [.. Closure([.. CommonNames, .. FurtherNames, .. names])];
    }

    private static FrozenDictionary<string, string> TrustedPlatformAssemblies()
    {
        string list = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        return list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(path => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
            .DistinctBy(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase);
    }
}
