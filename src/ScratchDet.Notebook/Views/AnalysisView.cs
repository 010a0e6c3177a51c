using System.Globalization;
using System.Text;
using ScratchDet.Evaluation.Errors;

namespace ScratchDet.Notebook;

/// <summary>One analysis of detections as text, tables and a chart.</summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public abstract record AnalysisView : IDisplayable
{
    /// <summary>The result in one line.</summary>
    public abstract string Summary { get; }

    public abstract IReadOnlyList<TextTable> Tables { get; }

    public abstract Figure Chart { get; }

    /// <summary>Whether there is something to draw.</summary>
    public virtual bool HasChart => true;

    /// <summary>How to read it, for those who do not know the analysis.</summary>
    public abstract string Explanation { get; }

    /// <summary>Summary, tables and explanation, for a terminal.</summary>
    public string ToText()
    {
        var text = new StringBuilder(Summary).Append('\n');
        foreach (TextTable table in Tables)
        {
            text.Append('\n');
            if (table.Caption is { } caption) text.Append(caption).Append('\n');
            text.Append(table.ToText());
        }
        return text.Append('\n').Append(Explanation).ToString();
    }

    public MimeBundle ToMimeBundle() => ViewMarkup.Bundle(ToText(), html => WriteHtml(html, HasChart ? Chart.ToHtml() : ""));

    public sealed override string ToString() => ToText();

    /// <summary>For a page: the chart as a still picture.</summary>
    internal string ToPageHtml() => ViewMarkup.Bundle("", html => WriteHtml(html, HasChart ? Chart.ToSvg() : "")).Find(MimeBundle.Html)!.GetValue<string>();

    private void WriteHtml(StringBuilder html, string chart)
    {
        html.Title(Summary);
        html.Append(chart);
        foreach (TextTable table in Tables) table.WriteHtml(html, sortable: table.Rows.Count > 1);
        html.Line(Explanation, soft: true);
    }

    private protected static string Percent(double share) => ViewMarkup.Percent(share);

    /// <summary>A difference of shares in points, with its sign.</summary>
    private protected static string Points(double share, string format = "0.0") =>
        double.IsFinite(share) ? (100 * share).ToString($"+{format};-{format};{format}", CultureInfo.InvariantCulture) : "–";

    private protected static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private protected static string Two(double value) => double.IsFinite(value) ? value.ToString("0.00", CultureInfo.InvariantCulture) : "–";

    private protected static IReadOnlyList<string> Row(params IReadOnlyList<string> cells) => cells;

    /// <summary>The views of everything that can be said of one run's detections.</summary>
    public static IReadOnlyList<AnalysisView> Of(ErrorAnalysis analysis) =>
    [
        new ErrorSplitView(analysis.Split), new ConfusionView(analysis.Confusion), new BinnedPrecisionView(analysis.BySize),
        new BinnedPrecisionView(analysis.ByAspect),
        .. analysis.Calibration is { } calibration ? [new CalibrationView(calibration)] : (AnalysisView[])[],
        new ImageRankingView(analysis.Ranking),
    ];

    /// <summary>What was analysed: "3 images, 12 objects, 40 detections".</summary>
    public static string Scope(ErrorAnalysis analysis) =>
        $"{ViewMarkup.Count(analysis.ImageCount, "image")}, {ViewMarkup.Count(analysis.ObjectCount, "object")}, {ViewMarkup.Count(analysis.DetectionCount, "detection")}";
}
