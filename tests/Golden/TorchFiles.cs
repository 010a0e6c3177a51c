using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Golden;

/// <summary>What torch_files.py makes; listed at its head.</summary>
internal static class TorchFiles
{
    private static readonly TorchRecipe Recipe = new("torch_files.py");

    /// <summary>The path of one of the files; reports the calling test as skipped when no Python here has torchvision.</summary>
    public static string PathOrSkip(string name) => Path.Combine(Recipe.FolderOrSkip(), name);

    /// <summary>One tensor of activations.pth.</summary>
    public static Tensor Activation(string name)
    {
        using TensorArchive file = TensorArchive.Read(PathOrSkip("activations.pth"));
        return file.Load(name);
    }
}
