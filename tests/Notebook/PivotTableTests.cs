using System.Globalization;
using System.Text;
using System.Xml.Linq;
using ScratchDet.Analysis;
using ScratchDet.Experiments;
using ScratchDet.Notebook;
using ScratchDet.Runs;
using ScratchDet.Tests.Experiments;
using ScratchDet.Tests.Runs;

namespace ScratchDet.Tests.Notebook;

public sealed class PivotTableTests : IDisposable
{
    private static readonly Ablation<SampleExperiment> Study = SampleExperiment.Study();
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("scratchdet-pivot-");

    public void Dispose() => root.Delete(recursive: true);

    private PivotTable Table()
    {
        var store = RunStore.Open(root.FullName);
        void Train(string variant, ulong seed, double? map)
        {
            SampleExperiment spec = Study[variant].Experiment;
            using RunWriter run = store.Start(RunIdentity.Of(Study.Name, variant, Scale.Seconds, seed, spec), spec, SampleRuns.Environment);
            if (map is { } value)
            {
                run.Write(SampleRuns.Evaluation(1) with { MapArea = value });
                run.Finish();
            }
            else
            {
                run.Diverge(41, null, null);
            }
        }
        Train("base", 0, 0.70);
        Train("base", 1, 0.71);
        Train("base", 2, 0.72);
        Train("LearningRate=0.01", 0, null);
        Train("Norm.Head=Batch LearningRate=0.01", 0, 0.80);
        Train("Norm.Head=Batch LearningRate=0.01", 1, null);
        RunPivot pivot = RunTable.Of(store.Runs(), [.. Study.Variants.Select(variant => variant.Name)])
            .Pivot("Detector.Norm.Head", "Train.LearningRate", RunMetrics.MapArea)
            .Beside(
                (row, column) => row.Label == "Batch" && column.Label == "0.001" ? null
                    : PublishedResults.ScratchDetTable1Map(false, row.Label == "Batch", double.Parse(column.Label, CultureInfo.InvariantCulture), pretrained: row.Label == "Batch"),
                "paper");
        return new PivotTable(pivot, "mAP <area>, %");
    }

    [Fact]
    public void The_text_shows_ours_and_the_published_number() => Assert.Equal(
        """
        Detector.Norm.Head \ Train.LearningRate  0.001                            0.01
        ---------------------------------------  -------------------------------  -------------------------------------------------
        None                                     71.0 ± 2.5; 3 seeds; paper 67.6  diverged; at step 41; paper diverged
        Batch                                    –                                80.0; 1 of 2 diverged, at step 41; paper 76.9 (?)

        """,
        Table().ToTextTable().ToText());

    [Fact]
    public void The_html_shades_values_marks_divergence_and_names_the_source()
    {
        var html = new StringBuilder();
        Table().WriteHtml(html);
        XElement table = XElement.Parse(html.ToString());
        XElement[] cells = [.. table.Descendants("td")];
        Assert.Equal(4, cells.Length);
        Assert.Equal("background:rgb(0 114 178/0.06)", (string?)cells[0].Attribute("style"));
        Assert.Equal("diverged", (string?)cells[1].Attribute("class"));
        Assert.Equal("missing", (string?)cells[2].Attribute("class"));
        Assert.Equal("background:rgb(0 114 178/0.40)", (string?)cells[3].Attribute("style"));
        Assert.Contains("Table 1", (string?)cells[0].Elements("span").Last().Attribute("title"));
        Assert.Contains("mAP <area>, %", table.Value);
    }
}
