using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ScratchDet.Kernel.Documents;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Running;

/// <summary>What the foot of a page says besides what the notebook itself knows.</summary>
/// <param name="Commit">Of the code that ran; null when it is not known.</param>
public sealed record PageFooter(string? Commit);

/// <summary>An executed notebook as one self-contained page: prose, code, outputs and pictures, nothing loaded from elsewhere.</summary>
public static partial class NotebookPage
{
    private const int FewestListedHeadings = 3;
    private const int DeepestListedLevel = 3;

    /// <param name="name">Of the notebook, without ending.</param>
    /// <param name="folder">Of the notebook; relative pictures start there.</param>
    /// <exception cref="BadInputException">plotly.js is needed and is not the version that it should be.</exception>
    public static string ToHtml(NotebookDocument document, string name, string folder, PageFooter footer)
    {
        var markdown = new PageMarkdown(folder);
        var outputs = new PageOutputs(markdown);
        var body = new StringBuilder();
        foreach (NotebookCell cell in document.Cells)
            AppendCell(body, cell, markdown, outputs);
        string title = markdown.Headings.FirstOrDefault()?.Text ?? name;
        string script = outputs.NeedsPlotly ? PlotlyScript.Find().EmbedOnce() ?? "" : "";
        return $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark"><meta http-equiv="Content-Security-Policy" content="{PageStyle.NothingFromElsewhere}">
            <title>{WebUtility.HtmlEncode(title)}</title>
            <style>{PageStyle.Css}</style>
            {script}</head>
            <body><main>
            {WithContents(body.ToString(), title, markdown.Headings)}<footer>{WebUtility.HtmlEncode(Foot(document, name, footer))}</footer>
            </main></body></html>

            """;
    }

    private static void AppendCell(StringBuilder body, NotebookCell cell, PageMarkdown markdown, PageOutputs outputs)
    {
        if (cell.Kind == CellKind.Markdown)
        {
            body.Append("<section class=\"prose\">\n").Append(markdown.ToHtml(cell)).Append("</section>\n");
            return;
        }
        if (cell.Source.Length == 0) return;
        bool isCSharp = cell.KernelName == CellLanguages.CSharp;
        string code = isCSharp ? CSharpColours.ToHtml(cell.Source) : WebUtility.HtmlEncode(cell.Source);
        string language = isCSharp || cell.Kind == CellKind.Raw ? "" : $" data-language=\"{WebUtility.HtmlEncode(cell.KernelName)}\"";
        body.Append($"<section class=\"cell\">\n<pre class=\"code\"{language}><code>{code}</code></pre>\n");
        foreach (JsonNode? output in cell.Outputs)
            body.Append(outputs.ToHtml((JsonObject)output!));
        body.Append("</section>\n");
    }

    /// <summary>The list of headings stands below the title, which is the page's first heading.</summary>
    private static string WithContents(string body, string title, IReadOnlyList<PageHeading> headings)
    {
        int end = body.IndexOf("</h1>", StringComparison.Ordinal);
        if (end < 0) return $"<h1>{WebUtility.HtmlEncode(title)}</h1>\n{Contents(headings)}{body}";
        end += "</h1>".Length;
        return $"{body[..end]}\n{Contents(headings)}{body[end..]}";
    }

    private static string Contents(IReadOnlyList<PageHeading> headings)
    {
        PageHeading[] listed = [.. headings.Where(heading => heading.Level is > 1 and <= DeepestListedLevel)];
        if (listed.Length < FewestListedHeadings) return "";
        IEnumerable<string> items = listed.Select(heading => $"<li class=\"level{heading.Level}\"><a href=\"#{heading.Id}\">{WebUtility.HtmlEncode(heading.Text)}</a></li>");
        return $"<nav aria-label=\"Contents\"><ol>{string.Concat(items)}</ol></nav>\n";
    }

    private static string Foot(NotebookDocument document, string name, PageFooter footer)
    {
        List<string> parts = [$"Notebook {name}"];
        if (ScaleOf(document) is { } scale) parts.Add($"scale {scale}");
        parts.Add(footer.Commit is null ? "commit unknown" : $"commit {footer.Commit}");
        return string.Join(" · ", parts);
    }

    /// <summary>At which scale it ran: as a parameter says, or the only one that its code names.</summary>
    internal static string? ScaleOf(NotebookDocument document)
    {
        NotebookCell[] code = [.. document.Cells.Where(cell => cell.Kind == CellKind.Code)];
        // What a run has put in counts before the default.
        foreach (string tag in new[] { CellTags.InjectedParameters, CellTags.Parameters })
        {
            foreach (NotebookCell cell in code.Where(cell => cell.HasTag(tag)))
                if (Scale().Match(cell.Source) is { Success: true } match) return match.Groups["scale"].Value;
        }
        string[] named = [.. code.SelectMany(cell => Scale().Matches(cell.Source)).Select(match => match.Groups["scale"].Value).Distinct()];
        return named is [var only] ? only : null;
    }

    [GeneratedRegex(@"\bScale\.(?<scale>Seconds|Minutes|Paper)\b")]
    private static partial Regex Scale();
}
