using ScratchDet.Torch.Interop;

namespace ScratchDet.Torch.Vision;

/// <summary>Whether torchvision's operators came with the libtorch in use; they are loaded beside the bridge.</summary>
public static class TorchVisionLibraries
{
    private const string OperatorNames = "box and region operators (_C*.so)";
    private const string ImageOperatorNames = "JPEG and PNG operators (image*.so)";

    /// <summary>nms and roi_align can be called.</summary>
    public static bool HasOperators => TorchLibraries.Description?.Torchvision.Ops is not null && TorchLibraries.OperatorLibraryFailure is null;

    /// <summary>JPEG and PNG can be decoded and encoded.</summary>
    public static bool HasImageOperators => TorchLibraries.Description?.Torchvision.Image is not null && TorchLibraries.ImageLibraryFailure is null;

    /// <summary>One sentence for each library that is there and could not be loaded, with what to do.</summary>
    public static IReadOnlyList<string> Failures
    {
        get
        {
            TorchLibraries.Load();
            List<string> failures = [];
            if (TorchLibraries.OperatorLibraryFailure is { } operators) failures.Add(DoesNotLoad(OperatorNames, operators));
            if (TorchLibraries.ImageLibraryFailure is { } images) failures.Add(DoesNotLoad(ImageOperatorNames, images));
            return failures;
        }
    }

    private static string Remedy => "install the torchvision that belongs to it (python3-torchvision on Debian, torchvision beside torch with pip), then run ./scratchdet doctor";

    internal static void RequireOperators()
    {
        if (!HasOperators) throw Missing(OperatorNames, TorchLibraries.OperatorLibraryFailure);
    }

    internal static void RequireImageOperators()
    {
        if (!HasImageOperators) throw Missing(ImageOperatorNames, TorchLibraries.ImageLibraryFailure);
    }

    private static DllNotFoundException Missing(string what, string? failure) => new(failure is null
        ? $"torchvision's {what} were not found beside libtorch {TorchLibraries.Version} ({TorchLibraries.Description?.Root ?? "no libtorch.json beside the bridge"}); {Remedy}"
        : DoesNotLoad(what, failure));

    private static string DoesNotLoad(string what, string failure) =>
        $"torchvision's {what} do not fit libtorch {TorchLibraries.Version}: {failure}; {Remedy}";
}
