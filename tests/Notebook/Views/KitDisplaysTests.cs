using System.Text.RegularExpressions;
using System.Xml.Linq;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Evaluation;
using ScratchDet.Experiments;
using ScratchDet.Experiments.Studies;
using ScratchDet.Models;
using ScratchDet.Notebook;
using ScratchDet.Runs;
using ScratchDet.Tests.Runs;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Notebook.Views;

public sealed partial class KitDisplaysTests : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("scratchdet-displays-");

    public void Dispose() => root.Delete(recursive: true);

    private RunStore Store()
    {
        var store = RunStore.Open(root.FullName);
        foreach ((ulong seed, bool diverges) in new[] { (0UL, false), (1UL, true) })
        {
            var spec = new Experiment();
            using RunWriter run = store.Start(RunIdentity.Of("study", "<base>", Scale.Seconds, seed, spec), spec, SampleRuns.Environment);
            for (int step = 1; step <= 5; step++) run.Write(SampleRuns.Step(step));
            if (diverges)
            {
                run.Diverge(6, "head", 9);
                continue;
            }
            run.Write(SampleRuns.Evaluation(5));
            run.Finish();
        }
        return store;
    }

    private static DetectionDataset Dataset() => new(["open", "<short>"],
    [
        new Sample("one", "/somewhere/one.png", 40, 30, [new(0, new Box(1, 1, 11, 11)), new(0, new Box(20, 1, 40, 21), Difficult: true)]),
        new Sample("two", "/somewhere/two.png", 20, 60, [new(1, new Box(1, 1, 5, 10))]),
    ]);

    [Fact]
    public void Every_view_has_text_and_html_that_is_well_formed_self_contained_and_always_the_same()
    {
        using Tensor tensor = arange(6).reshape(2, 3);
        using var detector = new Detector(ModelPresets.SmallResidual(96), 7);
        RunStore store = Store();
        object[] values =
        [
            tensor, detector, detector.Spec, detector.DefaultBoxes, ModelPresets.All[0], BatchNormPlacement.Study, BatchNormPlacement.Study.At(Scale.Seconds),
            store, store.Runs()[0], store.Runs()[1], new PlanarImage(8, 8), new AnnotatedImage(new PlanarImage(8, 8), []), Dataset(),
            new VocResult(0.5, 0.6, [new VocClassResult("<a>", 3, 0.5, null, [], [], [])]),
        ];
        foreach (object value in values)
        {
            MimeBundle bundle = KitDisplays.Of(value)!.ToMimeBundle();
            Assert.False(string.IsNullOrWhiteSpace(bundle.Text), value.GetType().Name);
            string html = bundle.Find(MimeBundle.Html)!.GetValue<string>();
            Assert.DoesNotContain("http://", html.Replace("http://www.w3.org/", "", StringComparison.Ordinal));
            Assert.DoesNotContain("https://", html);
            Assert.DoesNotContain(root.FullName, bundle.ToJson().ToJsonString());
            Assert.DoesNotContain("/somewhere", bundle.ToJson().ToJsonString());
            Assert.InRange(html.Length, 100, 82_000);
            Assert.Equal(bundle.ToJson().ToJsonString(), KitDisplays.Of(value)!.ToMimeBundle().ToJson().ToJsonString());
            // Views with a chart hold its script, which is no XML.
            if (!html.Contains("<script", StringComparison.Ordinal)) XElement.Parse(VoidElement().Replace(html, "<$1$2/>").Replace("<details open>", "<details>", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Other_values_are_not_the_kits()
    {
        Assert.Null(KitDisplays.Of(null));
        Assert.Null(KitDisplays.Of("text"));
        Assert.Null(KitDisplays.Of(new List<int> { 1 }));
        var table = new TextTable(["a"], []);
        Assert.Same(table, KitDisplays.Of(table));
    }

    [Fact]
    public void A_study_shows_what_each_variant_changes()
    {
        AblationView view = AblationView.Of(BatchNormPlacement.Study, Scale.Minutes);
        Assert.Equal(["Detector.Norm.Backbone", "Detector.Norm.Head", "Start", "Train.LearningRate"], view.ChangedPaths);
        TextTable table = view.ToTextTable();
        Assert.Equal(18, table.Rows.Count);
        Assert.Equal(["base", "", "", "", ""], table.Rows[0]);
        Assert.Equal(["", "None -> Batch", "", "0.002 -> 0.01"], table.Rows[4].Skip(1));
        XElement html = XElement.Parse(view.ToMimeBundle().Find(MimeBundle.Html)!.GetValue<string>(), LoadOptions.PreserveWhitespace);
        XElement[] rows = [.. html.Descendants("tbody").Single().Elements("tr")];
        Assert.Equal("0.002 → 0.01", rows[4].Elements("td").Last().Value);
        Assert.Equal(new string?[] { null, null, "changed", null, "changed" }, rows[4].Elements("td").Select(cell => (string?)cell.Attribute("class")));
        Assert.Equal(BatchNormPlacement.Study.At(Scale.Minutes).Variants.Sum(variant => variant.Changes.Count), html.Descendants("td").Count(cell => (string?)cell.Attribute("class") == "changed"));
    }

    [Fact]
    public void A_data_set_is_counted_and_shown_with_its_boxes()
    {
        DetectionDataset dataset = Dataset();
        var view = new DatasetView(dataset) { Decode = path => new PlanarImage(path.Contains("one", StringComparison.Ordinal) ? 40 : 20, 30) };
        Assert.Equal("2 images of 20 x 30 to 40 x 60 px, 3 objects (1 difficult) of 2 classes", view.Summary);
        Assert.Equal(["open", "1", "2", "66.7%", "20"], view.ToTextTable().Rows[0]);
        Assert.Equal(["<short>", "1", "1", "33.3%", "6"], view.ToTextTable().Rows[1]);
        string html = view.ToMimeBundle().Find(MimeBundle.Html)!.GetValue<string>();
        Assert.Equal(2, html.Split("<img ").Length - 1);
        Assert.Contains("&lt;short&gt;", html);
        Assert.DoesNotContain("<img", (view with { Pictures = 0 }).ToMimeBundle().Find(MimeBundle.Html)!.GetValue<string>());
    }

    [Fact]
    public void A_data_set_whose_images_cannot_be_read_is_counted_all_the_same()
    {
        MimeBundle bundle = new DatasetView(Dataset()).ToMimeBundle();
        Assert.Contains("3 objects", bundle.Text);
        Assert.Contains("No pictures: the image does not exist.", bundle.Text);
    }

    [Fact]
    public void A_run_shows_how_it_ended_its_scores_and_its_curves_and_a_store_its_runs()
    {
        RunStore store = Store();
        MimeBundle done = new RunView(store.Runs()[0]).ToMimeBundle();
        Assert.StartsWith("study: <base>, done after 5 steps", done.Text);
        Assert.Contains("mAP at IoU 0.5 50.0 % (area), 25.0 % (11 points)", done.Text);
        Assert.Contains("src=\"data:image/svg+xml;base64,", done.Find(MimeBundle.Html)!.GetValue<string>());
        Assert.Contains("study: <base>, seed 1, diverged at step 6 in head", new RunView(store.Runs()[1]).ToMimeBundle().Text);
        TextTable table = new RunStoreView(store).ToTextTable();
        Assert.Equal(["study", "<base>", "Seconds", "0", "done after 5 steps", "5", "50.0", "3.5", "4.5"], table.Rows[0]);
        Assert.Contains("no runs yet", new RunStoreView(RunStore.Open(Path.Combine(root.FullName, "empty"))).ToMimeBundle().Text);
    }

    [GeneratedRegex("<(img|br)([^>]*)>")]
    private static partial Regex VoidElement();
}
