using ScratchDet.Experiments;
using ScratchDet.Models;
using ScratchDet.Runs;
using ScratchDet.Training;

namespace ScratchDet.Tests.Training;

[Collection("threads")]
public sealed class PrecisionTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("scratchdet-precision-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData(NormKind.None)]
    [InlineData(NormKind.Batch)]
    [InlineData(NormKind.Group)]
    [InlineData(NormKind.Switchable)]
    public void Bfloat16_starts_with_nearly_the_loss_of_float32(NormKind norm)
    {
        double Loss(Precision precision)
        {
            Experiment experiment = SmallRuns.Base with
            {
                Detector = SmallRuns.Base.Detector with { Norm = new NormPlacement { Backbone = norm, Head = NormKind.Batch, Groups = 4 } },
                Train = SmallRuns.Base.Train with { Steps = 1, BatchSize = 2, Precision = precision },
            };
            RunStore store = RunStore.Open(Path.Combine(root, precision.ToString()));
            SmallRuns.Run(store, experiment);
            return SmallRuns.FolderOf(store, experiment).Steps()[0].Loss;
        }

        double exact = Loss(Precision.Float32);
        Assert.Equal(exact, Loss(Precision.BFloat16), 0.03 * exact);
    }
}
