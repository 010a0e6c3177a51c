using ScratchDet.Torch.Interop;

namespace ScratchDet.Torch.Vision;

/// <summary>Whether torchvision's operators came with the libtorch in use; they are loaded beside the bridge.</summary>
public static class TorchVisionLibraries
{
    /// <summary>nms and roi_align can be called.</summary>
    public static bool HasOperators => TorchLibraries.Description?.OperatorLibrary is not null;

    /// <summary>JPEG and PNG can be decoded and encoded.</summary>
    public static bool HasImageOperators => TorchLibraries.Description?.ImageLibrary is not null;

    internal static void RequireOperators()
    {
        if (!HasOperators) throw Missing("box and region operators (_C*.so)");
    }

    internal static void RequireImageOperators()
    {
        if (!HasImageOperators) throw Missing("JPEG and PNG operators (image*.so)");
    }

    private static DllNotFoundException Missing(string what) => new(
        $"torchvision's {what} were not found beside libtorch {TorchLibraries.Version} ({TorchLibraries.Description?.Root ?? "no libtorch.json beside the bridge"}); "
        + "install the torchvision that belongs to it (python3-torchvision on Debian, torchvision beside torch with pip), then run ./scratchdet doctor");
}
