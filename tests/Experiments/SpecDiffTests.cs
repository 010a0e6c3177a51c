using FsCheck;
using FsCheck.Fluent;
using ScratchDet.Experiments;

namespace ScratchDet.Tests.Experiments;

public class SpecDiffTests
{
    private static readonly SampleExperiment Start = new();

    [Fact]
    public void Flattening_lists_settable_leaves_in_declaration_order_with_the_kind_of_a_polymorphic_record()
    {
        Assert.Equal(
            [
                "Dataset=boards", "Detector.Backbone=SampleVgg", "Detector.Backbone.Width=64", "Detector.Backbone.PoolFirst=true",
                "Detector.Norm.Backbone=None", "Detector.Norm.Head=None", "Detector.Strides=[8,16]", "Loss.Head=1", "Loss.FocalGamma=none",
                "Train.LearningRate=0.001", "Train.Steps=100", "Train.WarmupSteps=0", "FineTune=none",
            ],
            SpecPaths.Flatten(Start).Select(value => $"{value.Path}={value.Text}"));
    }

    [Fact]
    public void Equal_records_have_no_changes_even_when_their_lists_are_different_objects()
    {
        SampleExperiment copy = Start with { Detector = Start.Detector with { Strides = new List<int> { 8, 16 } } };
        Assert.Empty(SpecDiff.Between(Start, copy));
        Assert.Equal("base", Start.Vary(_ => copy).Name);
    }

    [Fact]
    public void Changes_carry_path_and_both_values()
    {
        SampleExperiment other = Start with
        {
            Detector = Start.Detector with { Norm = SamplePlacement.Everywhere, Strides = [4] },
            FineTune = new SampleTrain { Steps = 7 },
        };
        Assert.Equal(
            [
                new SpecChange("Detector.Norm.Backbone", "None", "Batch"), new SpecChange("Detector.Norm.Head", "None", "Batch"),
                new SpecChange("Detector.Strides", "[8,16]", "[4]"),
                new SpecChange("FineTune", "none", "SampleTrain"), new SpecChange("FineTune.Steps", "100", "7"),
            ],
            SpecDiff.Between(Start, other));
        Assert.Equal("Detector.Norm.Backbone: None -> Batch", SpecDiff.Between(Start, other)[0].ToString());
        Assert.Equal([new SpecChange("FineTune", "SampleTrain", "none")], SpecDiff.Between(Start with { FineTune = new SampleTrain() }, Start));
    }

    [Fact]
    public void Another_kind_of_record_is_one_change_plus_what_is_neither_old_nor_default()
    {
        SampleExperiment With(SampleBackbone backbone) => Start with { Detector = Start.Detector with { Backbone = backbone } };
        var kind = new SpecChange("Detector.Backbone", "SampleVgg", "SampleResNet");
        Assert.Equal([kind], SpecDiff.Between(Start, With(new SampleResNet())));
        Assert.Equal(
            [kind, new SpecChange("Detector.Backbone.Width", "64", "16"), new SpecChange("Detector.Backbone.Depth", "34", "18")],
            SpecDiff.Between(Start, With(new SampleResNet { Depth = 18, Width = 16 })));
        Assert.Equal(
            [kind, new SpecChange("Detector.Backbone.Width", "16", "64")],
            SpecDiff.Between(With(new SampleVgg { Width = 16 }), With(new SampleResNet())));
    }

    [Fact]
    public void A_variant_is_named_by_the_shortest_end_of_the_path_that_is_unambiguous()
    {
        // `Head` also ends Loss.Head and `Backbone` names a group elsewhere, so both need one more part; the rate does not.
        Variant<SampleExperiment> variant = Start.Vary(e => e with
        {
            Detector = e.Detector with { Norm = e.Detector.Norm with { Head = SampleNorm.Batch, Backbone = SampleNorm.Group } },
            Train = e.Train with { LearningRate = 0.01 },
        });
        Assert.Equal("Norm.Backbone=Group Norm.Head=Batch LearningRate=0.01", variant.Name);
        Assert.Equal("A.X", VariantName.ShortestEnd("A.X", ["A.X", "B.X"]));
        Assert.Equal("X", VariantName.ShortestEnd("A.X", ["A.X", "B.Y"]));
        Assert.Equal("X", VariantName.ShortestEnd("X", ["A.X", "X"]));
    }

    [Fact]
    public void A_long_value_is_named_by_its_hash_and_listed_in_full()
    {
        int[] strides = [.. Enumerable.Range(1, 30)];
        Variant<SampleExperiment> variant = Start.Vary(e => e with { Detector = e.Detector with { Strides = strides } });
        Variant<SampleExperiment> other = Start.Vary(e => e with { Detector = e.Detector with { Strides = [.. strides, 31] } });
        Assert.Matches("^Strides=#[0-9a-f]{8}$", variant.Name);
        Assert.NotEqual(variant.Name, other.Name);
        Assert.Equal($"[{string.Join(',', strides)}]", Assert.Single(variant.Changes).To);
        // 46 characters are written out.
        Assert.Equal("Strides=[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18]", Start.Vary(e => e with { Detector = e.Detector with { Strides = strides[..18] } }).Name);
    }

    [Theory]
    [InlineData("base", "base")]
    [InlineData("Head=Batch LearningRate=1E-05", "Head=Batch_LearningRate=1E-05")]
    [InlineData("Strides=[8,16]", "Strides=-8-16-_e1f6a529")]
    public void A_slug_is_a_folder_name(string name, string slug) => Assert.Equal(slug, VariantName.Slug(name));

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\\b:*?\"<>|")]
    [InlineData("tail.")]
    public void A_slug_never_leaves_its_folder_or_upsets_a_file_system(string name)
    {
        string slug = VariantName.Slug(name);
        Assert.Matches("^[A-Za-z0-9_=+-][A-Za-z0-9._=+-]*$", slug);
        Assert.False(slug.EndsWith('.'));
    }

    [Fact]
    public void Different_names_get_different_slugs_of_bounded_length()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<(NonNull<string>, NonNull<string>)>(), pair =>
        {
            (string first, string second) = (pair.Item1.Get, pair.Item2.Get);
            return first == second || VariantName.Slug(first) != VariantName.Slug(second);
        }).QuickCheckThrowOnFailure();
        string[] close = ["a b", "a_b", "a-b", "a/b", "a\\b", "a:b", new string('x', 81), new string('x', 82)];
        Assert.Equal(close.Length, close.Select(VariantName.Slug).Distinct().Count());
        Assert.All(close, name => Assert.InRange(VariantName.Slug(name).Length, 1, 89));
    }

    [Fact]
    public void The_fingerprint_changes_with_any_value_and_only_then()
    {
        Assert.Equal(VariantName.Fingerprint(Start), VariantName.Fingerprint(new SampleExperiment()));
        Assert.NotEqual(VariantName.Fingerprint(Start), VariantName.Fingerprint(Start with { Train = Start.Train with { LearningRate = 0.0010000000000000002 } }));
        Assert.Equal(16, VariantName.Fingerprint(Start).Length);
    }

    [Fact]
    public void Texts_are_quoted_where_a_name_would_be_ambiguous()
    {
        Assert.Equal("Dataset=\"a b=c\"", Start.Vary(e => e with { Dataset = "a b=c" }).Name);
        Assert.Equal("Dataset=\"none\"", Start.Vary(e => e with { Dataset = "none" }).Name);
        Assert.Equal("Dataset=\"\"", Start.Vary(e => e with { Dataset = "" }).Name);
    }
}
