using System.Collections.Frozen;
using System.Collections.Immutable;
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

    /// <summary>What every cell may name without an `#r`.</summary>
    public static ImmutableArray<MetadataReference> Defaults => LazyDefaults.Value;

    private static readonly Lazy<ImmutableArray<MetadataReference>> LazyDefaults = new(FindDefaults);

    private static readonly string[] DefaultNames =
    [
        "ScratchDet.Kernel", "ScratchDet.Notebook",
        "Microsoft.DotNet.Interactive.Formatting", "Microsoft.AspNetCore.Html.Abstractions",
    ];

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

    private static ImmutableArray<MetadataReference> FindDefaults()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        IEnumerable<string> names = from entry in Paths
                                    where Path.GetDirectoryName(entry.Value) == framework
                                    select entry.Key;
        return [.. names.Concat(DefaultNames).Order(StringComparer.Ordinal).Select(name => Find(name)!)];
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
