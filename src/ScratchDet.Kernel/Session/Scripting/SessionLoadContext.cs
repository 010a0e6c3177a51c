using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace ScratchDet.Kernel.Session;

/// <summary>Holds the compiled cells of one session and the DLLs that they refer to; the host's own come from the host.</summary>
internal sealed class SessionLoadContext() : AssemblyLoadContext("notebook session")
{
    private readonly ConcurrentDictionary<string, string> pathBySimpleName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes the file the answer for its simple name.</summary>
    public void Provide(string simpleName, string path) => pathBySimpleName.TryAdd(simpleName, path);

    public string? ProvidedPath(string simpleName) => pathBySimpleName.GetValueOrDefault(simpleName);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string name = assemblyName.Name!;
        if (HostAssemblies.PathOf(name) is not null) return null;
        return pathBySimpleName.TryGetValue(name, out string? path) ? LoadFromAssemblyPath(path) : null;
    }
}
