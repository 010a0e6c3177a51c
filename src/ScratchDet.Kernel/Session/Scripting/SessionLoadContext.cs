using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace ScratchDet.Kernel.Session;

/// <summary>Holds the compiled cells of one session and the DLLs that they refer to; the host's own come from the host.</summary>
internal sealed class SessionLoadContext() : AssemblyLoadContext("notebook session")
{
    private readonly ConcurrentDictionary<string, string> pathBySimpleName = new(StringComparer.OrdinalIgnoreCase);

    private readonly ConcurrentDictionary<string, string> nativePathByName = new();

    /// <summary>Makes the file the answer for its simple name.</summary>
    public void Provide(string simpleName, string path) => pathBySimpleName.TryAdd(simpleName, path);

    public string? ProvidedPath(string simpleName) => pathBySimpleName.GetValueOrDefault(simpleName);

    /// <summary>Makes a native library known to the assemblies that call it by its name.</summary>
    public void ProvideNative(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        nativePathByName.TryAdd(name, path);
        if (name.StartsWith("lib", StringComparison.Ordinal)) nativePathByName.TryAdd(name[3..], path);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string name = assemblyName.Name!;
        if (HostAssemblies.PathOf(name) is not null) return null;
        return pathBySimpleName.TryGetValue(name, out string? path) ? LoadFromAssemblyPath(path) : null;
    }

    /// <summary>From the packages, or from beside the DLLs of the notebook; everything else where the system looks.</summary>
    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName)
    {
        string name = Path.GetExtension(unmanagedDllName) is ".so" or ".dll" or ".dylib" ? Path.GetFileNameWithoutExtension(unmanagedDllName) : unmanagedDllName;
        if (nativePathByName.TryGetValue(name, out string? provided)) return LoadUnmanagedDllFromPath(provided);
        foreach (string? folder in pathBySimpleName.Values.Select(Path.GetDirectoryName).Distinct())
        {
            foreach (string file in (string[])[unmanagedDllName, $"lib{name}.so", $"lib{name}.dylib", $"{name}.dll", $"{name}.so"])
                if (Path.Combine(folder!, file) is var path && File.Exists(path)) return LoadUnmanagedDllFromPath(path);
        }
        return IntPtr.Zero;
    }
}
