using ScratchDet.Data;
using ScratchDet.Experiments;
using ScratchDet.Models.Pretrained;
using ScratchDet.Torch.Cuda;
using ScratchDet.Torch.Interop;
using ScratchDet.Training;
using static TorchSharp.torch;

namespace ScratchDet.Runs;

/// <summary>Trains variants of one study into a run store: what the command line and the notebooks call.</summary>
public sealed class StudyRunner(RunStore store, Study study, Scale scale)
{
    private const long MostCachedImageBytes = 4L << 30;
    private const int MostThreads = 16;

    private readonly Dictionary<DataSpec, ExperimentData> opened = [];

    // Describing a folder looks at every file of it: once for each specification, not for each run.
    private readonly Dictionary<DataSpec, DataSpec> described = [];

    public RunStore Store => store;

    /// <summary>The data that the user named, or null: synthetic data is made below the store.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Files that the pre-trained variants start from, see <see cref="WeightFiles"/>; none: the stand-in is trained when it is first needed.</summary>
    public IReadOnlyList<string> WeightFiles { get; init; } = [];

    /// <summary>What the first convolutions of <see cref="WeightFiles"/> were trained on: BGR for a plain conversion from Caffe.</summary>
    public ChannelOrder WeightChannels { get; init; }

    public Device Device { get; init; } = CPU;

    /// <summary>Loader threads.</summary>
    public int Workers { get; init; } = DefaultWorkers;

    /// <summary>As runs record it.</summary>
    public IReadOnlyList<string> CommandLine { get; init; } = ["notebook"];

    /// <summary>Threads that compute where nothing else is said; libtorch's own choice leaves hyper-threads idle.</summary>
    public static int DefaultThreads => Math.Min(Environment.ProcessorCount, MostThreads);

    /// <summary>Half of the cores, at least one.</summary>
    public static int DefaultWorkers => Math.Clamp(Environment.ProcessorCount / 2, 1, 8);

    /// <summary>The images of a specification, opened once.</summary>
    /// <param name="progress">Images made and images in all, while synthetic data is being made.</param>
    /// <exception cref="BadInputException">The data cannot be used.</exception>
    public ExperimentData OpenData(DataSpec spec, Action<int, int>? progress = null, CancellationToken stop = default)
    {
        if (!opened.TryGetValue(spec, out ExperimentData? data))
            opened[spec] = data = ExperimentData.Open(spec, DataFolder, Path.Combine(store.Root, "data"), progress, stop);
        return data;
    }

    /// <summary>Trains every variant for every seed that is not done; what was cut off goes on where it stopped.</summary>
    /// <param name="variants">In the order to be trained.</param>
    /// <returns>The runs, finished ones included: all variants of seed 0, then of seed 1, ...</returns>
    /// <exception cref="BadInputException">No weight file fits a backbone; nothing was trained.</exception>
    /// <exception cref="SpecException">At paper scale a pre-trained variant was given no weight file: the stand-in is none of the papers'.</exception>
    /// <exception cref="OperationCanceledException">Stopped; the same call goes on.</exception>
    public IReadOnlyList<RunFolder> Train(IReadOnlyList<Variant<Experiment>> variants, int seeds = 1, IRunObserver? observer = null, CancellationToken stop = default)
    {
        if (WeightFiles.Count == 0 && variants.FirstOrDefault(one => one.Experiment.Detector.FreezeBackbone && one.Experiment.Detector.Backbone.Extras.Count > 0) is { } frozen)
            throw new SpecException($"'{frozen.Name}' freezes its backbone with the extra layers, which the stand-in does not have: name a detector of this kit with --weights FILE");
        RunEnvironment environment = RunEnvironment.Describe(TorchLibraries.Version, get_num_threads(), NameOf(Device), Repository.Commit, CommandLine, TimeProvider.System);
        var cache = new ImageCache(ImageFiles.Decode, CachedImageBytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));
        WeightFiles? weights = WeightFiles.Count == 0 ? null : Runs.WeightFiles.Open(WeightFiles, variants.Select(variant => variant.Experiment), WeightChannels);
        if (weights is null && scale == Scale.Paper && variants.FirstOrDefault(one => one.Experiment.Start == StartWeights.Pretrained) is { } pretrained)
            throw new SpecException($"'{pretrained.Name}' starts from pre-trained weights: name an ImageNet checkpoint of its backbone with --weights FILE, or choose other variants with --variant");
        List<RunFolder> runs = [];
        for (ulong seed = 0; seed < (ulong)seeds; seed++)
        {
            foreach (Variant<Experiment> variant in variants)
            {
                ExperimentData data = OpenData(variant.Experiment.Data, progress: null, stop);
                Experiment experiment = DataFolder is null ? variant.Experiment : variant.Experiment with { Data = Describe(variant.Experiment.Data, data) };
                if (weights is not null) experiment = weights.Apply(experiment);
                var identity = RunIdentity.Of(study.Name, variant.Name, scale, seed, experiment);
                if (store.Has(identity))
                    observer?.Found(store.Open(identity));
                else
                    new ExperimentRunner(store, data, cache.Decode, Device, Workers, environment) { WeightFile = weights?.PathFor(experiment), WeightChannels = WeightChannels }.Run(study.Name, variant.Name, experiment, scale, seed, observer, stop);
                runs.Add(store.Open(identity));
            }
        }
        return runs;
    }

    private DataSpec Describe(DataSpec spec, ExperimentData data)
    {
        if (!described.TryGetValue(spec, out DataSpec? found)) described[spec] = found = data.Describe(spec);
        return found;
    }

    /// <summary>Decoded images that are kept: a quarter of the memory, for training needs the rest, and never more than 4 GiB.</summary>
    internal static long CachedImageBytes(long memoryBytes) => Math.Min(MostCachedImageBytes, memoryBytes / 4);

    private static string NameOf(Device device) =>
        device.type == TorchSharp.DeviceType.CUDA ? CudaMemory.Describe(Math.Max(device.index, 0)).Name : device.ToString();
}
