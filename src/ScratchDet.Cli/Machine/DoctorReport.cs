using System.Text.Json;
using ScratchDet.Torch.Interop;
using ScratchDet.Torch.Vision;

namespace ScratchDet.Cli.Machine;

/// <summary>The machine, the libtorch in use, and what stands in the way.</summary>
/// <param name="Libtorch">Null when none was chosen yet.</param>
/// <param name="Bridge">Path of the native bridge, or null when it is not built.</param>
/// <param name="Live">Null when libtorch cannot be loaded; a problem says why.</param>
/// <param name="Problems">One sentence each, with what to do; empty when all is well.</param>
public sealed record DoctorReport(
    string Version, LibtorchDescription? Libtorch, string? Bridge, LiveLibtorch? Live, MachineFacts Machine, IReadOnlyList<string> Problems)
{
    /// <param name="nativeFolder">Where the entry script builds the bridge: .build/native of the checkout.</param>
    public static DoctorReport Make(string nativeFolder)
    {
        string choiceFile = Path.Combine(nativeFolder, "libtorch.json");
        string bridgeFile = Path.Combine(nativeFolder, "libscratchdet_bridge.so");
        LibtorchDescription? libtorch = File.Exists(choiceFile) ? ReadChoice(choiceFile) : null;
        string? bridge = File.Exists(bridgeFile) ? bridgeFile : null;
        MachineFacts machine = MachineFacts.Read();
        List<string> problems = [.. FindProblems(libtorch, bridge, machine)];
        LiveLibtorch? live = null;
        try
        {
            if (bridge is not null)
            {
                live = LiveLibtorch.Read();
                problems.AddRange(TorchVisionLibraries.Failures);
            }
        }
        catch (DllNotFoundException missing)
        {
            problems.Add(missing.Message);
        }
        return new DoctorReport(CommandRunner.Version, libtorch, bridge, live, machine, problems);
    }

    private static LibtorchDescription ReadChoice(string file)
    {
        try
        {
            return LibtorchDescription.Read(file);
        }
        catch (JsonException damaged)
        {
            throw new BadInputException(file, null, $"not readable ({damaged.Message})", "delete it and run ./scratchdet again", damaged);
        }
    }

    private static IEnumerable<string> FindProblems(LibtorchDescription? libtorch, string? bridge, MachineFacts machine)
    {
        if (libtorch is null)
            yield return "no libtorch was chosen yet; start the tool by ./scratchdet, which finds or installs it";
        else if (bridge is null)
            yield return "the bridge to libtorch is not built; start the tool by ./scratchdet, which builds it";
        if (libtorch is not null)
        {
            if (!libtorch.Libraries.Any(folder => File.Exists(Path.Combine(folder, "libtorch_cpu.so"))))
                yield return $"libtorch {libtorch.Version} is gone from {string.Join(", ", libtorch.Libraries)}; run ./scratchdet again, which chooses anew";
            if (libtorch.Torchvision.Ops is null || !File.Exists(libtorch.Torchvision.Ops))
                yield return $"no torchvision operators (nms, roi_align) beside this libtorch; install the torchvision that belongs to PyTorch {libtorch.Version}";
            if (libtorch.Torchvision.Image is null || !File.Exists(libtorch.Torchvision.Image))
                yield return $"no torchvision image operators (JPEG, PNG) beside this libtorch; install the torchvision that belongs to PyTorch {libtorch.Version}";
            if (machine.Gpu.Driver is not null && !libtorch.Cuda)
                yield return "there is an NVIDIA driver, but this libtorch is a CPU build; pip install torch torchvision, or set LIBTORCH to a CUDA build";
        }
        if (machine.FreeDiskBytes < 1L << 30)
            yield return "less than 1 GiB of disk is free; runs and checkpoints need space";
    }
}
