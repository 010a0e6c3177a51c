using System.CommandLine;
using ScratchDet.Experiments;
using ScratchDet.Runs;
using ScratchDet.Torch.Interop;
using static TorchSharp.torch;

namespace ScratchDet.Cli.Commands;

/// <summary>The options of every command that computes: where, with how many threads, and where runs are kept.</summary>
internal sealed class RunOptions
{
    public Option<string> Runs { get; } = new("--runs")
    {
        Description = "Folder of the run store",
        DefaultValueFactory = _ => "runs",
        HelpName = "DIR",
    };

    public Option<string> DeviceName { get; } = new("--device")
    {
        Description = "cpu, cuda or cuda:1",
        DefaultValueFactory = _ => "cpu",
        HelpName = "DEVICE",
    };

    public Option<int?> Threads { get; } = new("--threads")
    {
        Description = "Threads that compute; runs repeat bit for bit with the same number (default: the processor's cores, at most 16)",
        HelpName = "N",
    };

    /// <summary>Sets the threads and gives the device.</summary>
    /// <exception cref="UsageException">No such device, or a number of threads that makes no sense.</exception>
    public Device Apply(ParseResult parsed)
    {
        int threads = parsed.GetValue(Threads) ?? StudyRunner.DefaultThreads;
        if (threads is < 1 or > 1024) throw new UsageException($"--threads {threads}: give a number from 1 to 1024");
        TorchLibraries.Load();
        set_num_threads(threads);
        try
        {
            var device = new Device(parsed.GetValue(DeviceName)!);
            if (device.type == TorchSharp.DeviceType.CUDA && Math.Max(device.index, 0) >= cuda.device_count())
                throw new UsageException($"--device {device}: this libtorch sees {cuda.device_count()} CUDA devices; `./scratchdet doctor` says why");
            return device;
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException($"--device: {wrong.Message}");
        }
    }

    /// <exception cref="UsageException">Not one of the three.</exception>
    public static Scale ParseScale(string text) => Enum.TryParse(text, ignoreCase: true, out Scale scale) && Enum.IsDefined(scale)
        ? scale
        : throw new UsageException($"--scale {text}: give seconds, minutes or paper");
}
