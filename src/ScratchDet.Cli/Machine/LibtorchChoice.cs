using System.Text.Json;

namespace ScratchDet.Cli.Machine;

/// <summary>The libtorch that the bridge was built against; the entry script writes it to .build/native/libtorch.json.</summary>
/// <param name="Root">Folder with include/ and lib/.</param>
/// <param name="Source">"LIBTORCH", "python" or "debian".</param>
/// <param name="Reason">Why this one, in words.</param>
/// <param name="Libraries">Folders with the shared libraries.</param>
/// <param name="Cuda">Whether it is a CUDA build.</param>
public sealed record LibtorchChoice(
    string Root, string Version, string Source, string Reason, string[] Libraries, bool Cuda, TorchvisionLibraries Torchvision)
{
    /// <summary>Reads the file.</summary>
    /// <exception cref="BadInputException">It is not what the entry script writes.</exception>
    public static LibtorchChoice Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<LibtorchChoice>(File.ReadAllText(file), Terminal.Json)
                ?? throw new JsonException("it is null");
        }
        catch (JsonException exception)
        {
            throw new BadInputException(file, null, $"not readable ({exception.Message})", "delete it and run ./scratchdet again", exception);
        }
    }
}

/// <summary>torchvision's operator libraries, null where absent: boxes (nms, roi_align), and images (JPEG, PNG).</summary>
public sealed record TorchvisionLibraries(string? Ops, string? Image);
