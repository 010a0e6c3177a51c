using ScratchDet.Data;
using ScratchDet.Experiments;
using ScratchDet.Runs;
using ScratchDet.Training;

namespace ScratchDet.Analysis;

/// <summary>
/// Finished runs of a study that differ in what the study varies alone, so that they may stand in one table: of one scale, on the
/// same images normalised alike, and with pre-trained arms that either all start from the stand-in or all from weight files.
/// </summary>
/// <param name="Data">What they trained on, at <see cref="DataSpec.Fraction"/> 1.</param>
/// <param name="Input">How the images were normalised.</param>
/// <param name="Ablation">The study at their scale; not every variant need have a run.</param>
public sealed record ComparableRuns(Scale Scale, DataSpec Data, Normalization Input, Ablation<Experiment> Ablation, IReadOnlyList<RunFolder> Runs)
{
    /// <summary>One group for each scale, data, normalisation and kind of pre-training that was run.</summary>
    /// <param name="runs">Those of other studies, not finished, or with values that no variant has are left aside.</param>
    public static IReadOnlyList<ComparableRuns> Of(Study study, IReadOnlyList<RunFolder> runs)
    {
        var members = new List<Member>();
        foreach (IGrouping<Scale, RunFolder> scale in runs.Where(run => run.Identity.Study == study.Name && run.Outcome().IsFinished).GroupBy(run => run.Identity.Scale))
        {
            Ablation<Experiment> ablation = study.At(scale.Key);
            Dictionary<string, Experiment> variants = ablation.Variants.ToDictionary(variant => variant.Name, variant => variant.Experiment);
            foreach (RunFolder run in scale)
            {
                if (variants.TryGetValue(run.Identity.Variant, out Experiment? variant) && SpecOf(run) is { } ran && IsOf(ran, variant))
                    members.Add(new Member(run, ablation, ran));
            }
        }
        return [.. members.GroupBy(one => (one.Run.Identity.Scale, Key: VariantName.Fingerprint(one.Data), Input: one.Spec.Augment.Normalization)).SelectMany(group =>
        {
            Member[] scratch = [.. group.Where(one => !one.IsPretrained)];
            IGrouping<bool, Member>[] pretrained = [.. group.Where(one => one.IsPretrained).GroupBy(one => one.StartsFromFile)];
            IEnumerable<Member[]> tables = pretrained.Length == 0 ? [scratch] : pretrained.Select(kind => (Member[])[.. scratch, .. kind]);
            return tables.Select(table => new ComparableRuns(group.Key.Scale, table[0].Data, group.Key.Input, table[0].Ablation, [.. table.Select(one => one.Run)]));
        })];
    }

    /// <summary>Null: written by a version of the kit with other values, so of no variant that is known now.</summary>
    private static Experiment? SpecOf(RunFolder run)
    {
        try
        {
            return run.ReadSpec<Experiment>();
        }
        catch (BadInputException)
        {
            return null;
        }
    }

    /// <summary>The variant as it is, but for images, their normalisation, and the weight file.</summary>
    private static bool IsOf(Experiment ran, Experiment variant)
    {
        Experiment here = ran with
        {
            Data = variant.Data with { Fraction = ran.Data.Fraction },
            Augment = ran.Augment with { Normalization = variant.Augment.Normalization },
            Pretrain = ran.Pretrain with { WeightFile = variant.Pretrain.WeightFile },
        };
        return VariantName.Fingerprint(here) == VariantName.Fingerprint(variant);
    }

    private sealed record Member(RunFolder Run, Ablation<Experiment> Ablation, Experiment Spec)
    {
        public DataSpec Data => Spec.Data with { Fraction = 1 };

        public bool IsPretrained => Spec.Start == StartWeights.Pretrained;

        public bool StartsFromFile => Spec.Pretrain.WeightFile.Length > 0;
    }
}
