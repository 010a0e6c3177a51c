using System.Text;
using System.Text.Json.Nodes;

namespace ScratchDet.Notebook;

/// <summary>
/// A chart or several in one picture. In a notebook it shows as an interactive Plotly figure where plotly.js can be had
/// from the same machine, else as a still picture, else as text; nothing is ever fetched from elsewhere. On a page it is
/// the still picture.
/// </summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public abstract record Figure : IDisplayable, IHtmlFragment
{
    private protected Figure()
    {
    }

    internal abstract FigurePlan Plan();

    /// <summary>Text, Plotly's JSON, HTML (the figure with the picture as its fallback) and SVG.</summary>
    public MimeBundle ToMimeBundle()
    {
        FigurePlan plan = Plan();
        string svg = SvgFigure.Draw(plan);
        string text = FigureText.Of(plan);
        JsonObject plotly = PlotlyFigure.Of(plan);
        return new MimeBundle(text).With(MimeBundle.Plotly, plotly).With(MimeBundle.Html, FigureHtml.Interactive(plan, plotly, svg)).With(MimeBundle.Svg, svg);
    }

    /// <summary>Text, HTML and SVG without any script: for a display that is redrawn several times a second.</summary>
    public MimeBundle ToPictureBundle()
    {
        FigurePlan plan = Plan();
        string svg = SvgFigure.Draw(plan);
        return new MimeBundle(FigureText.Of(plan)).With(MimeBundle.Html, FigureHtml.Still(plan, svg)).With(MimeBundle.Svg, svg);
    }

    /// <summary>Title, axes, and each series in numbers.</summary>
    public string ToText() => FigureText.Of(Plan());

    /// <summary>The picture: one SVG element without scripts or outside resources. It follows the reader's light or dark setting.</summary>
    public string ToSvg() => SvgFigure.Draw(Plan());

    /// <summary>Plotly's <c>{data, layout, config}</c>.</summary>
    public JsonObject ToPlotly() => PlotlyFigure.Of(Plan());

    /// <summary>A piece of a page: the picture, and a script that puts the interactive figure in its place where it can.</summary>
    public string ToHtml()
    {
        FigurePlan plan = Plan();
        return FigureHtml.Interactive(plan, PlotlyFigure.Of(plan), SvgFigure.Draw(plan));
    }

    /// <summary>The still picture, inline.</summary>
    public void WriteHtml(StringBuilder html) => html.Append(ToSvg());

    public sealed override string ToString() => ToText();
}
