using System.Xml.Linq;
using ScratchDet.Evaluation.Errors;
using ScratchDet.Notebook;
using ScratchDet.Tests.Evaluation.Errors;

namespace ScratchDet.Tests.Notebook.Views;

public sealed class AnalysisViewTests
{
    private static ErrorAnalysis Analyse(Scene scene) => ErrorAnalysis.Compute(scene.Truth, scene.Results, cancellation: TestContext.Current.CancellationToken);

    private static PairedBootstrap Compare(Scene first, Scene second) =>
        PairedBootstrap.Compute(first.Truth, [first.Results, second.Results], new Random(1), new() { ResampleCount = 100 }, cancellation: TestContext.Current.CancellationToken);

    private static Scene Example(int classes = 4) => Scene.Random(new Random(2), 30, classes, 8, 60, crowds: true);

    [Fact]
    public void Results_show_as_their_views_with_text_a_table_and_a_chart()
    {
        Scene scene = Example();
        ErrorAnalysis analysis = Analyse(scene);
        object[] results = [analysis.Split, analysis.Confusion, analysis.BySize, analysis.ByAspect, analysis.Calibration!, analysis.Ranking, Compare(scene, scene)];
        foreach (object result in results)
        {
            AnalysisView view = Assert.IsType<AnalysisView>(KitDisplays.Of(result), exactMatch: false);
            Assert.Contains(result.GetType(), KitDisplays.Types);
            MimeBundle bundle = view.ToMimeBundle();
            Assert.StartsWith(view.Summary, bundle.Text);
            string html = bundle.Find(MimeBundle.Html)!.GetValue<string>();
            Assert.Contains("<table>", html);
            Assert.Contains("data:image/svg+xml;base64,", html);
            Assert.DoesNotContain("https://", html);
            Assert.NotEmpty(view.Chart.ToText());
            XElement.Parse(view.Chart.ToSvg());
            Assert.DoesNotContain("NaN", bundle.Text);
            Assert.DoesNotContain("∞", bundle.Text);
        }
    }

    [Fact]
    public void Nothing_at_all_still_has_views()
    {
        foreach (Scene scene in new[] { new Scene(0, 0), new Scene(2, 1), new Scene(1, 1).Object(0, 0, 0, 0, 10, 10), new Scene(1, 1).Detection(0, 0, 0.5, 0, 0, 10, 10) })
        {
            foreach (AnalysisView view in AnalysisView.Of(Analyse(scene)).Append(new BootstrapView(Compare(scene, scene))))
            {
                string html = view.ToMimeBundle().Find(MimeBundle.Html)!.GetValue<string>();
                Assert.DoesNotContain("NaN", view.ToText());
                Assert.DoesNotContain("NaN", html);
                XElement.Parse(view.Chart.ToSvg());
            }
        }
    }

    [Fact]
    public void The_error_split_lists_kinds_with_their_counts_and_what_they_cost()
    {
        Scene scene = new Scene(1, 1).Object(0, 0, 0, 0, 10, 10).Detection(0, 0, 0.9, 6, 0, 10, 10);
        var view = new ErrorSplitView(ErrorSplit.Compute(scene.Truth, scene.Results, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("TIDE's AP at IoU 0.50: 0.0 %; most is lost to location errors (+100.0)", view.Summary);
        Assert.Contains("TIDE's AP differs from COCO's AP50 in three rules: the 100 most confident detections of an image count over all classes together", view.Explanation);
        var strict = new ErrorSplitView(ErrorSplit.Compute(scene.Truth, scene.Results, options: new() { ForegroundThreshold = 0.75 }, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("differs from COCO's AP at IoU 0.75 in", strict.Explanation);
        Assert.Equal(["location", "1", "0", "+100.00", "beside an object of its class (IoU 0.10 to 0.50)"], view.Tables[0].Rows[1]);
        Assert.Equal(["false negatives", "1", "", "0.00", "all objects that were not found, taken away"], view.Tables[0].Rows[^1]);
        Assert.Single(view.Tables); // one class needs no table of classes
    }

    [Fact]
    public void The_confusion_chart_is_cut_to_the_most_confused_classes_and_says_so()
    {
        ConfusionMatrix matrix = Analyse(Example(20)).Confusion;
        Assert.Contains("Confusions of the 12 classes of 20 that have most", new ConfusionView(matrix).Chart.ToText());
        var all = new ConfusionView(matrix) { MostClassesShown = 20 };
        Assert.DoesNotContain("that have most", all.Chart.ToText());
        Assert.Equal(20, all.Tables[0].Rows.Count);
    }

    [Fact]
    public void The_confusion_chart_has_shares_of_rows_and_counts()
    {
        Scene scene = new Scene(1, 2).Object(0, 0, 0, 0, 10, 10).Object(0, 0, 50, 0, 10, 10).Detection(0, 0, 0.9, 0, 0, 10, 10).Detection(0, 1, 0.8, 50, 0, 10, 10);
        var view = new ConfusionView(ConfusionMatrix.Compute(scene.Truth, scene.Results, options: new() { ScoreThreshold = 0.5 }, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("2 objects at score 0.5 and IoU 0.5: 1 right, 1 as another class, 0 not found; 0 detections on background", view.Summary);
        Assert.Contains("50.0 (1)", view.Chart.ToText());
        Assert.Equal(["a", "b", "1", "50.0"], view.Tables[1].Rows[0]);
    }

    [Fact]
    public void The_confusion_table_counts_objects_and_detections_of_each_class_that_has_any()
    {
        Scene scene = new Scene(1, 3).Object(0, 0, 0, 0, 10, 10).Object(0, 0, 50, 0, 10, 10).Object(0, 0, 80, 0, 10, 10)
            .Detection(0, 0, 0.9, 0, 0, 10, 10).Detection(0, 1, 0.8, 50, 0, 10, 10).Detection(0, 1, 0.7, 200, 0, 10, 10);
        var view = new ConfusionView(ConfusionMatrix.Compute(scene.Truth, scene.Results, options: new() { ScoreThreshold = 0.5 }, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal([["a", "3", "1", "1", "1", "0", "0"], ["b", "0", "0", "0", "0", "1", "1"]], view.Tables[0].Rows);
    }

    [Fact]
    public void A_comparison_says_whether_its_interval_contains_0()
    {
        Scene good = new(30, 1), bad = new(30, 1);
        for (int image = 0; image < 30; image++)
        {
            foreach (Scene scene in new[] { good, bad }) scene.Object(image, 0, 0, 0, 10, 10);
            good.Detection(image, 0, 0.8, 0, 0, 10, 10);
        }
        BootstrapView view = new(Compare(bad, good)) { RunNames = ["bad", "good"] };
        Assert.Equal("good - bad: AP50 +100.00 points, 95 % interval +100.00 to +100.00", view.Summary);
        Assert.EndsWith("0.00 to 0.00, which contains 0", new BootstrapView(Compare(bad, bad)).Summary);
        Assert.StartsWith("B - A", new BootstrapView(Compare(bad, bad)).Summary);
    }

    [Fact]
    public void A_page_holds_every_view_and_loads_nothing()
    {
        string html = AnalysisPage.ToHtml("A <title>", "lead & more", AnalysisView.Of(Analyse(Example())));
        string[] sections = html.Split("<section>")[1..];
        Assert.Equal(6, sections.Length);
        Assert.All(sections, section => Assert.Contains("<svg ", section));
        Assert.Contains("<h1>A &lt;title&gt;</h1>", html);
        Assert.Contains("lead &amp; more", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("https://", html);
        Assert.DoesNotContain("src=\"http", html);
    }
}
