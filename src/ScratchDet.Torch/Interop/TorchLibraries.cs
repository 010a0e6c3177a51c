using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ScratchDet.Torch.Interop;

/// <summary>Which libtorch the bridge was built against; written by the entry script as <c>libtorch.json</c>.</summary>
/// <param name="Root">Folder or package that libtorch came from.</param>
/// <param name="Source"><c>LIBTORCH</c>, <c>python</c> or <c>debian</c>.</param>
/// <param name="Reason">Why this one was taken.</param>
/// <param name="OperatorLibrary">torchvision's operators (<c>_C*.so</c>), or null.</param>
/// <param name="ImageLibrary">torchvision's image operators (<c>image*.so</c>), or null.</param>
public sealed record LibtorchDescription(
    string Root, string Version, string Source, string Reason, string? OperatorLibrary, string? ImageLibrary);

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
        foreach (string? operators in new[] { description?.OperatorLibrary, description?.ImageLibrary })
        {
            if (operators is not null) Bridge.Check(Bridge.sd_load_operators(operators));
        }
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
        using JsonDocument document = Parse(path);
        JsonElement root = document.RootElement;
        JsonElement vision = root.TryGetProperty("torchvision", out JsonElement found) ? found : default;
        return new LibtorchDescription(Text(root, "root") ?? "", Text(root, "version") ?? "", Text(root, "source") ?? "",
            Text(root, "reason") ?? "", Text(vision, "ops"), Text(vision, "image"));
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException wrong)
        {
            throw new DllNotFoundException($"{path}: damaged; delete it and run ./scratchdet doctor, which writes it again", wrong);
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
