using ScratchDet.Experiments;
using ScratchDet.Experiments.Studies;
using ScratchDet.Models;
using ScratchDet.Models.Backbones;
using ScratchDet.Models.Pretrained;
using ScratchDet.Notebook;
using ScratchDet.Runs;
using ScratchDet.Tests.Data;
using ScratchDet.Torch;
using ScratchDet.Training;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Runs;

/// <summary>A study whose pre-trained arms start from a file.</summary>
public sealed class WeightFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void All_arms_see_the_images_as_the_weights_expect_them()
    {
        Ablation<Experiment> ablation = PretrainingStudy.Study.At(Scale.Seconds);
        Variant<Experiment>[] variants = [ablation.Variants[0], ablation.Variants[1]];
        string file = WriteAsTorchvision(variants[1].Experiment.Detector);
        var store = RunStore.Open(folder.At("runs"));
        IReadOnlyList<RunFolder> runs = Runner(store, file).Train(variants, stop: TestContext.Current.CancellationToken);

        Experiment[] ran = [.. runs.Select(run => run.ReadSpec<Experiment>())];
        Assert.All(ran, spec => Assert.Equal(PretrainedReport.TorchvisionInput, spec.Augment.Normalization));
        Assert.Equal(["", WeightFiles.FingerprintOf(file)], ran.Select(spec => spec.Pretrain.WeightFile));
        Assert.NotEqual(variants[0].Experiment.Augment.Normalization, ran[0].Augment.Normalization);

        // A run from scratch under the study's own normalisation stands in a table of its own.
        Runner(store).Train([variants[0]], stop: TestContext.Current.CancellationToken);
        Assert.Equal(3, store.Runs().Count);
        Assert.Equal(["0 1", "1 1"], StudyTable.Of(PretrainingStudy.Study, store.Runs()).Select(table => $"{table.Variants.Rows[1][5]} {table.Variants.Rows[0][5]}").Order());
    }

    [Fact]
    public void Weights_that_do_not_fit_an_arm_are_refused_before_the_first_run()
    {
        Ablation<Experiment> ablation = PretrainingStudy.Study.At(Scale.Seconds);
        string file = WriteAsTorchvision(ablation.Variants[1].Experiment.Detector with { Backbone = ((ResidualSpec)ablation.Base.Detector.Backbone) with { Width = 8 } });
        var store = RunStore.Open(folder.At("runs"));
        BadInputException refused = Assert.Throws<BadInputException>(() => Runner(store, file).Train(ablation.Variants, stop: TestContext.Current.CancellationToken));
        Assert.Contains("are not for this backbone", refused.Message);
        Assert.Empty(store.Runs());
    }

    private static StudyRunner Runner(RunStore store, params string[] files) => new(store, PretrainingStudy.Study, Scale.Seconds) { WeightFiles = files };

    [Fact]
    public void Bgr_weights_are_turned_and_see_images_as_caffe_gives_them()
    {
        Experiment pretrained = PretrainingStudy.Study.At(Scale.Seconds).Variants[1].Experiment;
        string file = WriteAsTorchvision(pretrained.Detector);
        var weights = WeightFiles.Open([file], [pretrained], ChannelOrder.Bgr);
        Assert.Equal(PretrainedReport.CaffeInput, weights.Input);
        Assert.Equal(WeightFiles.FingerprintOf(file) + "-bgr", weights.Apply(pretrained).Pretrain.WeightFile);
    }

    [Fact]
    public void Each_kind_of_backbone_takes_the_file_that_fits()
    {
        Ablation<Experiment> ablation = BatchNormPlacement.Study.At(Scale.Seconds);
        Experiment[] pretrained = [.. ablation.Variants.Select(variant => variant.Experiment).Where(one => one.Start == StartWeights.Pretrained)];
        Experiment headOnly = pretrained.First(one => one.Detector.Norm == NormPlacement.HeadOnly), everywhere = pretrained.First(one => one.Detector.Norm == NormPlacement.Everywhere);
        string plain = WriteAsTorchvision(headOnly.Detector, "plain.safetensors"), normed = WriteAsTorchvision(everywhere.Detector, "normed.safetensors");
        foreach (string[] files in (string[][])[[plain, normed], [normed, plain]])
        {
            var chosen = WeightFiles.Open(files, pretrained);
            Assert.Equal((plain, normed), (chosen.PathFor(headOnly), chosen.PathFor(everywhere)));
            Assert.Null(chosen.PathFor(ablation.Base));
        }
        Assert.Contains("none fits", Assert.Throws<BadInputException>(() => WeightFiles.Open([plain, plain], pretrained)).Message);
    }

    [Fact]
    public void At_paper_scale_the_stand_in_is_refused()
    {
        var runner = new StudyRunner(RunStore.Open(folder.At("runs")), PretrainingStudy.Study, Scale.Paper);
        SpecException refused = Assert.Throws<SpecException>(() => runner.Train(PretrainingStudy.Study.At(Scale.Paper).Variants, stop: TestContext.Current.CancellationToken));
        Assert.Contains("--weights", refused.Message);
    }

    /// <summary>The backbone's tensors under the names of torchvision's ResNet.</summary>
    private string WriteAsTorchvision(DetectorSpec spec, string name = "resnet.safetensors")
    {
        string file = folder.At(name);
        using var generator = new Generator(1);
        using Detector detector = spec.Build(2, generator);
        Dictionary<string, Tensor> ours = detector.Backbone.state_dict();
        string[] tensors = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];
        string[] layers = ["conv1", "bn1", .. from stage in Enumerable.Range(1, 4) from block in Enumerable.Range(0, 2) from part in (string[])["conv1", "bn1", "conv2", "bn2", "downsample.0", "downsample.1"] select $"layer{stage}.{block}.{part}"];
        using FileStream stream = File.Create(file);
        SafetensorsFile.Write(stream, [.. from layer in layers from tensor in tensors let key = $"{layer}.{tensor}" where ours.ContainsKey(TorchvisionResNet.OursFor(key)!) select (key, ours[TorchvisionResNet.OursFor(key)!])], new Dictionary<string, string>());
        return file;
    }
}
