using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ScratchDet.Torch.Interop;

/// <summary>Finds and loads the native bridge once per process, then torchvision's operators beside it.</summary>
public static class TorchLibraries
{
    private const string BridgeFile = "libscratchdet_bridge.so";
    private const string BridgeVariable = "SCRATCHDET_BRIDGE";
    private const int ExpectedAbi = 1;
    private static LibtorchDescription? description;

    /// <summary>Null when no <c>libtorch.json</c> lies beside the bridge.</summary>
    public static LibtorchDescription? Description
    {
        get
        {
            Load();
            return description;
        }
    }

    /// <summary>Why torchvision's operators could not be loaded although they are there; null when they were or there are none.</summary>
    internal static string? OperatorLibraryFailure { get; private set; }

    /// <summary>The same of its image operators.</summary>
    internal static string? ImageLibraryFailure { get; private set; }

    /// <summary>Version of the libtorch in use, such as 1.13.1.</summary>
    public static string Version
    {
        get
        {
            Load();
            return Marshal.PtrToStringUTF8(Bridge.sd_torch_version()) ?? "";
        }
    }

    /// <summary>libtorch's own account of how it was built and how it runs in parallel.</summary>
    public static string BuildConfiguration
    {
        get
        {
            Load();
            return Marshal.PtrToStringUTF8(Bridge.sd_build_configuration()) ?? "";
        }
    }

    /// <summary>Loads the bridge; later calls do nothing.</summary>
    /// <exception cref="DllNotFoundException">The bridge was not found or could not be loaded; the message says what to do.</exception>
    public static void Load()
    {
        try
        {
            RuntimeHelpers.RunClassConstructor(typeof(Bridge).TypeHandle);
        }
        catch (TypeInitializationException error) when (error.InnerException is { } reason)
        {
            throw new DllNotFoundException(reason.Message, reason);
        }
    }

    /// <summary>The work of <see cref="Load"/>; the runtime sees to it that the class constructor of the bridge runs it once.</summary>
    internal static void LoadOnce()
    {
        string path = FindBridge(out bool isChosen);
        // A folder that the user named is never to be deleted.
        string remedy = isChosen
            ? $"correct the variable {BridgeVariable}, or unset it"
            : $"delete the folder {Path.GetDirectoryName(path)} and run ./scratchdet doctor, which builds it again";
        if (!File.Exists(path))
            throw new DllNotFoundException($"{path}: there is no such file; {remedy}");
        if (!NativeLibrary.TryLoad(path, out IntPtr library))
            throw new DllNotFoundException($"{path}: the native bridge could not be loaded (libtorch moved or removed?); {remedy}");
        if (!NativeLibrary.TryGetExport(library, nameof(Bridge.sd_bridge_abi), out _))
            throw new DllNotFoundException($"{path}: a library, but not the native bridge; {remedy}");
        NativeLibrary.SetDllImportResolver(typeof(TorchLibraries).Assembly,
            (string name, Assembly _, DllImportSearchPath? _) => name == "scratchdet_bridge" ? library : IntPtr.Zero);
        if (Bridge.sd_bridge_abi() != ExpectedAbi)
            throw new DllNotFoundException($"{path}: the native bridge is of another version; {remedy}");
        description = ReadDescription(Path.Combine(Path.GetDirectoryName(path)!, "libtorch.json"));
        // torchvision may not fit this libtorch. All but its own operators works without it.
        OperatorLibraryFailure = LoadOperators(description?.Torchvision.Ops);
        ImageLibraryFailure = LoadOperators(description?.Torchvision.Image);
    }

    /// <param name="isChosen">The user named it.</param>
    private static string FindBridge(out bool isChosen)
    {
        string? chosen = Environment.GetEnvironmentVariable(BridgeVariable);
        isChosen = !string.IsNullOrEmpty(chosen);
        if (isChosen) return Path.GetFullPath(chosen!);
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (string candidate in new[] { Path.Combine(folder.FullName, BridgeFile), Path.Combine(folder.FullName, ".build", "native", BridgeFile) })
            {
                if (File.Exists(candidate)) return candidate;
            }
        }
        throw new DllNotFoundException($"{BridgeFile}: the native bridge has not been built; run ./scratchdet doctor, which builds it against the libtorch of this machine");
    }

    private static LibtorchDescription? ReadDescription(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            return LibtorchDescription.Read(path);
        }
        catch (JsonException damaged)
        {
            throw new DllNotFoundException($"{path}: damaged; delete it and run ./scratchdet doctor, which writes it again", damaged);
        }
    }

    /// <summary>Registers the operators of a library of torchvision; null when it did or there is none, else why not.</summary>
    internal static string? LoadOperators(string? path) =>
        path is null || Bridge.sd_load_operators(path) == 0 ? null : Marshal.PtrToStringUTF8(Bridge.sd_error());
}
