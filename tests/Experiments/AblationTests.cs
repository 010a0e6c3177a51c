using ScratchDet.Experiments;

namespace ScratchDet.Tests.Experiments;

public class AblationTests
{
    private static readonly Ablation<SampleExperiment> Study = SampleExperiment.Study();

    [Fact]
    public void A_sound_study_has_generated_names_and_no_violations()
    {
        Assert.Equal(["base", "LearningRate=0.01", "Norm.Head=Batch", "Norm.Head=Batch LearningRate=0.01"], Study.Variants.Select(variant => variant.Name));
        Assert.Empty(Study.Violations());
    }

    [Fact]
    public void The_diff_table_has_a_row_a_change() => Assert.Equal(
        [
            new DiffRow("base", "", "", ""),
            new DiffRow("LearningRate=0.01", "Train.LearningRate", "0.001", "0.01"),
            new DiffRow("Norm.Head=Batch", "Detector.Norm.Head", "None", "Batch"),
            new DiffRow("Norm.Head=Batch LearningRate=0.01", "Detector.Norm.Head", "None", "Batch"),
            new DiffRow("Norm.Head=Batch LearningRate=0.01", "Train.LearningRate", "0.001", "0.01"),
        ],
        Study.DiffTable());

    [Fact]
    public void A_variant_that_changes_an_undeclared_factor_is_a_violation()
    {
        Ablation<SampleExperiment> wrong = Study with { Variants = [.. Study.Variants, Study.Base.Vary(e => e with { Dataset = "other" })] };
        Assert.Equal("norm: variant 'Dataset=other' changes Dataset: boards -> other, which is not a declared factor", Assert.Single(wrong.Violations()));
    }

    [Fact]
    public void A_factor_covers_what_is_below_it_but_not_what_only_starts_alike()
    {
        Ablation<SampleExperiment> wrong = Study with { Factors = ["Detector.Nor", "Train.LearningRate"] };
        Assert.Contains("norm: factor Detector.Nor is not a path of the base", wrong.Violations());
        Assert.Contains(wrong.Violations(), line => line.Contains("changes Detector.Norm.Head: None -> Batch"));
    }

    [Fact]
    public void Typed_names_repeats_unvaried_factors_and_values_out_of_range_are_violations()
    {
        Variant<SampleExperiment> first = Study.Variants[1];
        Assert.Contains("norm: variant 'mine' should be named 'LearningRate=0.01'", (Study with { Variants = [first with { Name = "mine" }] }).Violations());
        Assert.Contains("norm: variant 'LearningRate=0.01' occurs twice", (Study with { Variants = [first, first] }).Violations());
        Assert.Contains("norm: factor Detector.Norm is never varied", (Study with { Variants = [first] }).Violations());
        Assert.Contains("norm: variant 'LearningRate=0.01' lists changes that its specification does not have", (Study with { Variants = [first with { Changes = [] }] }).Violations());
        Assert.Contains(
            "norm: variant 'LearningRate=7': Train.LearningRate is 7; it must be above 0 and at most 1",
            (Study with { Variants = [Study.Base.Vary(e => e with { Train = e.Train with { LearningRate = 7 } })] }).Violations());
    }

    [Fact]
    public void A_study_over_another_base_keeps_its_variants()
    {
        Ablation<SampleExperiment> smaller = Study.Map(e => e with { Train = e.Train with { Steps = 3 } });
        Assert.Empty(smaller.Violations());
        Assert.Equal(Study.Variants.Select(variant => variant.Name), smaller.Variants.Select(variant => variant.Name));
        Assert.All(smaller.Variants, variant => Assert.Equal(3, variant.Experiment.Train.Steps));
    }

    [Fact]
    public void A_variant_is_found_by_name_and_an_unknown_name_lists_those_that_are_there()
    {
        Assert.Same(Study.Variants[2], Study["norm.head=batch"]);
        Assert.Equal(
            "study norm has no variant 'x'; it has: 'base', 'LearningRate=0.01', 'Norm.Head=Batch', 'Norm.Head=Batch LearningRate=0.01'",
            Assert.Throws<SpecException>(() => Study["x"]).Message);
    }
}
