using FsCheck;
using FsCheck.Fluent;
using ScratchDet.Experiments;

namespace ScratchDet.Tests.Experiments;

public class SpecEditTests
{
    private static readonly SampleExperiment Start = new();

    [Fact]
    public void Setting_a_path_changes_that_value_only_and_leaves_the_original()
    {
        SampleExperiment changed = SpecEdit.Set(Start, "train.learningrate", "0.01");
        Assert.Equal(0.01, changed.Train.LearningRate);
        Assert.Equal([new SpecChange("Train.LearningRate", "0.001", "0.01")], SpecDiff.Between(Start, changed));
        Assert.Equal(0.001, Start.Train.LearningRate);
        Assert.Same(Start.Detector, changed.Detector);
    }

    [Theory]
    [InlineData("Dataset=deep pcb", "Dataset", "\"deep pcb\"")]
    [InlineData("Detector.Norm.Head=batch", "Detector.Norm.Head", "Batch")]
    [InlineData("Detector.Backbone.PoolFirst=false", "Detector.Backbone.PoolFirst", "false")]
    [InlineData("Detector.Backbone.Width = 16", "Detector.Backbone.Width", "16")]
    [InlineData("Detector.Strides=4,8, 16", "Detector.Strides", "[4,8,16]")]
    [InlineData("Detector.Strides=[]", "Detector.Strides", "[]")]
    [InlineData("Loss.FocalGamma=0.5", "Loss.FocalGamma", "0.5")]
    [InlineData("Train.LearningRate=1e-5", "Train.LearningRate", "1E-05")]
    [InlineData("Train.Steps=3000000000", "Train.Steps", "3000000000")]
    public void Every_kind_of_value_can_be_set(string assignment, string path, string text)
    {
        SampleExperiment changed = SpecEdit.SetAssignment(Start, assignment);
        Assert.Equal(text, Assert.Single(SpecDiff.Between(Start, changed), change => change.Path == path).To);
    }

    [Fact]
    public void None_clears_a_value_that_may_be_missing()
    {
        SampleExperiment with = SpecEdit.Set(Start, "Loss.FocalGamma", "0.5") with { FineTune = new SampleTrain() };
        Assert.Null(SpecEdit.Set(with, "Loss.FocalGamma", "none").Loss.FocalGamma);
        Assert.Null(SpecEdit.Set(with, "FineTune", "none").FineTune);
    }

    [Fact]
    public void A_group_takes_a_named_instance_of_its_type() =>
        Assert.Equal(SamplePlacement.Everywhere, SpecEdit.Set(Start, "Detector.Norm", "everywhere").Detector.Norm);

    [Theory]
    [InlineData("Train.LerningRate", "1", "unknown path 'Train.LerningRate'; the nearest are Train.LearningRate,")]
    [InlineData("LearningRate", "1", "unknown path 'LearningRate'; the nearest are Train.LearningRate,")]
    [InlineData("Train.Steps.More", "1", "unknown path 'Train.Steps.More'; the nearest are ")]
    [InlineData("TotalSteps", "1", "unknown path 'TotalSteps'; the nearest are ")]
    [InlineData("", "1", "unknown path ''; the nearest are ")]
    [InlineData("train.learningrate", "fast", "Train.LearningRate takes a number, not 'fast'")]
    [InlineData("Train.LearningRate", "0,01", "Train.LearningRate takes a number, not '0,01'")]
    [InlineData("Train.LearningRate", "NaN", "Train.LearningRate takes a number, not 'NaN'")]
    [InlineData("Train.LearningRate", "1e999", "Train.LearningRate takes a number, not '1e999'")]
    [InlineData("Train.LearningRate", "none", "Train.LearningRate takes a number, not 'none'")]
    [InlineData("Train.Steps", "1.5", "Train.Steps takes a whole number from -9223372036854775808 to 9223372036854775807, not '1.5'")]
    [InlineData("Detector.Backbone.PoolFirst", "yes", "Detector.Backbone.PoolFirst takes true or false, not 'yes'")]
    [InlineData("Detector.Norm.Head", "1", "Detector.Norm.Head takes one of None, Batch, Group, not '1'")]
    [InlineData("Detector.Strides", "4,x", "Detector.Strides takes a list such as 1,2,3, each a whole number from -2147483648 to 2147483647, not '4,x'")]
    [InlineData("Loss.FocalGamma", "x", "Loss.FocalGamma takes a number or none, not 'x'")]
    [InlineData("Loss.FocalGamma", "0", "Loss.FocalGamma is 0; it must be above 0 and at most 1")]
    [InlineData("Train.LearningRate", "0", "Train.LearningRate is 0; it must be above 0 and at most 1")]
    [InlineData("Train.LearningRate", "1.4", "Train.LearningRate is 1.4; it must be above 0 and at most 1")]
    [InlineData("Train.Steps", "0", "Train.Steps is 0; it must be at least 1")]
    [InlineData("Detector.Backbone.Width", "513", "Detector.Backbone.Width is 513; it must be at least 1 and at most 512")]
    [InlineData("FineTune.Steps", "5", "FineTune is none here, so FineTune.Steps cannot be set")]
    [InlineData("Detector.Norm", "Nowhere", "Detector.Norm takes one of Everywhere; not 'Nowhere'; its values are Detector.Norm.Backbone, Detector.Norm.Head")]
    [InlineData("Train", "x", "Train is a group of values and cannot be set to 'x'; its values are Train.LearningRate, Train.Steps, Train.WarmupSteps")]
    public void A_bad_setting_is_one_clear_line(string path, string text, string message)
    {
        string actual = Assert.Throws<SpecException>(() => SpecEdit.Set(Start, path, text)).Message;
        Assert.StartsWith(message, actual);
        Assert.DoesNotContain('\n', actual);
    }

    [Theory]
    [InlineData("Train.Steps")]
    [InlineData("=5")]
    public void An_assignment_needs_a_path_and_an_equals_sign(string assignment) =>
        Assert.Contains("Path=Value", Assert.Throws<SpecException>(() => SpecEdit.SetAssignment(Start, assignment)).Message);

    [Fact]
    public void Setting_the_text_of_any_rate_gives_that_rate_back() =>
        Prop.ForAll(Gen.Choose(1, int.MaxValue).Select(count => (double)count / int.MaxValue).ToArbitrary(), rate =>
            SpecEdit.Set(Start, "Train.LearningRate", SpecPaths.Flatten(Start with { Train = Start.Train with { LearningRate = rate } })
                .Single(value => value.Path == "Train.LearningRate").Text).Train.LearningRate == rate).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("same", "same", 0)]
    public void The_edit_distance_counts_single_letter_edits(string from, string to, int distance) =>
        Assert.Equal(distance, SpecEdit.EditDistance(from, to));

    [Fact]
    public void Validation_names_every_path_out_of_range_and_rules_over_several_values()
    {
        SampleExperiment bad = Start with
        {
            Detector = Start.Detector with { Backbone = new SampleVgg { Width = 0 } },
            Train = Start.Train with { LearningRate = double.NaN, Steps = 5, WarmupSteps = 6 },
        };
        Assert.Equal(
            "Detector.Backbone.Width is 0; it must be at least 1 and at most 512; Train.LearningRate is NaN; it must be above 0 and at most 1; Train: WarmupSteps exceeds Steps",
            Assert.Throws<SpecException>(() => SpecRules.Validate(bad)).Message);
        SpecRules.Validate(Start);
    }
}
