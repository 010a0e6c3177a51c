using System.Text.Json;

namespace ScratchDet.Torch.Interop;

/// <summary>The libtorch that the bridge was built against; the entry script writes it beside the bridge as <c>libtorch.json</c>.</summary>
/// <param name="Root">Folder with include/ and lib/.</param>
/// <param name="Source"><c>LIBTORCH</c>, <c>python</c> or <c>debian</c>.</param>
/// <param name="Reason">Why this one was taken, in words.</param>
/// <param name="Libraries">Folders with the shared libraries.</param>
/// <param name="Cuda">Whether it is a CUDA build.</param>
public sealed record LibtorchDescription(
    string Root, string Version, string Source, string Reason, IReadOnlyList<string> Libraries, TorchvisionFiles Torchvision, bool Cuda = false)
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <exception cref="JsonException">It is not what the entry script writes.</exception>
    public static LibtorchDescription Read(string file) =>
        JsonSerializer.Deserialize<LibtorchDescription>(File.ReadAllBytes(file), Format) ?? throw new JsonException("it is null");
}

/// <summary>torchvision's operator libraries, null where absent: boxes (nms, roi_align; <c>_C*.so</c>) and images (JPEG, PNG; <c>image*.so</c>).</summary>
public sealed record TorchvisionFiles(string? Ops = null, string? Image = null);
