using ScratchDet.Experiments;

namespace ScratchDet.Tests.Experiments;

public class SpecJsonTests
{
    private static readonly SampleExperiment Rich = new()
    {
        Dataset = "µ \"quoted\"",
        Detector = new SampleDetector { Backbone = new SampleResNet { Depth = 18 }, Norm = SamplePlacement.Everywhere, Strides = [4] },
        Loss = new SampleLoss { FocalGamma = 0.1 },
        Train = new SampleTrain { LearningRate = 1e-5, Steps = 3_000_000_000 },
        FineTune = new SampleTrain(),
    };

    [Fact]
    public void A_specification_written_and_read_is_the_same()
    {
        SampleExperiment read = SpecJson.Read<SampleExperiment>(SpecJson.Write(Rich), "spec.json");
        Assert.Empty(SpecDiff.Between(Rich, read));
        Assert.Equal(SpecJson.Write(Rich), SpecJson.Write(read));
    }

    [Fact]
    public void The_json_has_declaration_order_enum_names_and_kinds_and_no_computed_values()
    {
        string json = SpecJson.Write(Rich);
        string[] members = ["\"Dataset\"", "\"Detector\"", "\"$type\": \"SampleResNet\"", "\"Width\": 64", "\"Depth\": 18", "\"Backbone\": \"Batch\"", "\"Strides\"", "\"Loss\"", "\"LearningRate\": 1E-05"];
        int[] places = [.. members.Select(member => json.IndexOf(member, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.DoesNotContain("TotalSteps", json);
        Assert.DoesNotContain("IsEverywhere", json);
        Assert.DoesNotContain('\r', json);
    }

    [Fact]
    public void Absent_members_keep_their_defaults() =>
        Assert.Empty(SpecDiff.Between(new SampleExperiment(), SpecJson.Read<SampleExperiment>("{}", "spec.json")));

    [Theory]
    [InlineData("""{"Train": {"LerningRate": 0.1}}""", "Train.LerningRate")]
    [InlineData("""{"Train": {"LearningRate": "fast"}}""", "Train.LearningRate")]
    [InlineData("""{"Train": {"LearningRate": 7}}""", "Train.LearningRate is 7; it must be above 0 and at most 1")]
    [InlineData("""{"Detector": {"Norm": {"Head": 1}}}""", "Detector.Norm.Head")]
    [InlineData("""{"Detector": {"Norm": {"Head": "Layer"}}}""", "Detector.Norm.Head")]
    [InlineData("""{"Detector": {"Backbone": {"$type": "Other"}}}""", "Detector.Backbone")]
    [InlineData("""{"Detector": null}""", "Detector")]
    [InlineData("{\n\"Train\":", "Train: ")]
    [InlineData("null", "holds null")]
    [InlineData("", "line 1")]
    public void A_bad_file_is_one_line_with_the_place(string json, string place)
    {
        BadInputException error = Assert.Throws<BadInputException>(() => SpecJson.Read<SampleExperiment>(json, "some/spec.json"));
        Assert.StartsWith("some/spec.json: ", error.Message);
        Assert.Contains(place, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
