using System.Xml.Linq;
using ScratchDet.Data.Coco;
using ScratchDet.Evaluation.Coco;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook.Views;

public class CocoEvaluationViewTests
{
    private static CocoEvaluation Evaluation(bool isClassAgnostic = false)
    {
        CocoBox box = new(0, 0, 10, 10);
        var truth = new CocoGroundTruth(null, [new CocoImage(1, 20, 20, null)], [new CocoCategory(1, "<dog>"), new CocoCategory(2, "cat")], [new CocoObject(1, 0, 0, box, 100)]);
        return CocoEvaluator.Evaluate(truth, new CocoResults(null, [new CocoDetection(0, 0, 0.5, box with { Height = 6 }, 60)]), new CocoEvaluationOptions { IsClassAgnostic = isClassAgnostic });
    }

    [Fact]
    public void The_tables_have_the_numbers_in_per_cent_and_a_dash_where_nothing_was_measured()
    {
        var view = new CocoEvaluationView(Evaluation());
        Assert.Equal("Box AP at IoU 0.50 to 0.95: 30.0 %, at 0.50: 100.0 %, at 0.75: 0.0 %", view.Summary);
        Assert.Equal(12, view.SummaryTable().Rows.Count);
        Assert.Equal(["APl", "–", "large objects, at most 100 detections per image and category"], view.SummaryTable().Rows[5]);
        Assert.Equal([["<dog>", "1", "1", "30.0", "100.0", "0.0"], ["cat", "2", "0", "–", "–", "–"]], view.CategoryTable().Rows);
        var agnostic = new CocoEvaluationView(Evaluation(isClassAgnostic: true));
        Assert.Empty(agnostic.CategoryTable().Rows);
        Assert.Equal("large objects, at most 100 detections an image", agnostic.SummaryTable().Rows[5][2]);
    }

    [Fact]
    public void The_chart_has_a_curve_for_each_threshold()
    {
        Chart chart = Chart.PrecisionRecall(Evaluation(), categoryId: 1);
        LineSeries[] lines = [.. chart.Marks.Cast<LineSeries>()];
        Assert.Equal(10, lines.Length);
        Assert.Equal("0.60 (AP 100.0 %)", lines[2].Name);
        Assert.Equal("0.65 (AP 0.0 %)", lines[3].Name);
        Assert.Equal("Precision over recall by IoU threshold, <dog>", chart.Frame.Title);
        Assert.Empty(Chart.PrecisionRecall(Evaluation(), categoryId: 2).Marks);
    }

    [Fact]
    public void In_a_notebook_it_has_text_and_html_with_the_chart()
    {
        MimeBundle bundle = KitDisplays.Of(Evaluation())!.ToMimeBundle();
        Assert.Contains("AP50", bundle.Text);
        Assert.Contains("<dog>", bundle.Text);
        string html = bundle.Find(MimeBundle.Html)!.GetValue<string>();
        Assert.Contains("sd-figure", html);
        Assert.Contains("&lt;dog&gt;", html);
        Assert.Contains(typeof(CocoEvaluation), KitDisplays.Types);
        var truth = new CocoGroundTruth(null, [], [], []);
        XDocument.Parse(KitDisplays.Of(CocoEvaluator.Evaluate(truth, new CocoResults(null, []), cancellation: TestContext.Current.CancellationToken))!.ToMimeBundle().Find(MimeBundle.Html)!.GetValue<string>());
    }
}
