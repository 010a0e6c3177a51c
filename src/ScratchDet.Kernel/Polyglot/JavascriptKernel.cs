using System.Text.RegularExpressions;
using ScratchDet.Kernel.Documents;
using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>
/// <c>#!javascript</c>: runs in the reader's browser. The cell is the body of an async function: it may await and
/// return, and finds its place on the page as <c>element</c>, and the values shared with it by name. What it returns or
/// throws, a syntax error too, is shown at that place.
/// </summary>
internal sealed partial class JavascriptKernel : ISubKernel
{
    private const string Javascript = "application/javascript";

    // The cell goes in as text: so its syntax errors can be caught and shown, and a "</script>" in it ends nothing.
    private const string Run = """
        (async (element, code, values) => {
          const show = (tag, text) => { const shown = document.createElement(tag); shown.textContent = text; element.append(shown); };
          try {
            const AsyncFunction = (async () => {}).constructor;
            const result = await new AsyncFunction("element", ...Object.keys(values), code)(element, ...Object.values(values));
            if (result !== undefined) show("pre", typeof result === "string" ? result : JSON.stringify(result, null, 2));
          } catch (error) {
            show("pre", String(error));
            console.error(error);
          }
        })
        """;

    // The classic notebook gives its place as a jQuery object, JupyterLab as an element.
    private const string OutputElement = "typeof element === \"undefined\" ? document.body : element.jquery ? element[0] : element";

    private readonly SortedDictionary<string, string> jsonByName = new(StringComparer.Ordinal);

    public string Name => "javascript";

    public IReadOnlyList<string> Aliases { get; } = CellLanguages.Describe("javascript").Aliases;

    public Task ExecuteAsync(string code, string options, ICellOutput output, Func<string> nextDisplayId, CancellationToken stop)
    {
        ChooserOptions.Parse(Name, options);
        string displayId = nextDisplayId();
        string place = $"javascript-{displayId}";
        string arguments = $"{SharedJson.Of(Name, "the cell", code)}, {Values()}";
        string html = $"<div id=\"{place}\"></div>\n<script>{Run}(document.getElementById(\"{place}\"), {arguments});</script>";
        output.Display(displayId, new MimeBundle(code)
            .With(MimeBundle.Html, html)
            .With(Javascript, $"{Run}({OutputElement}, {arguments});"));
        return Task.CompletedTask;
    }

    public object? GetValue(string name) =>
        throw new SubKernelException($"javascript runs in the reader's browser, so '{name}' cannot be taken from there");

    public void SetValue(string name, object? value)
    {
        if (!Identifier().IsMatch(name)) throw new SubKernelException($"'{name}' cannot be a name in javascript");
        jsonByName[name] = SharedJson.Of(Name, name, value);
    }

    private string Values() => $"{{{string.Join(", ", jsonByName.Select(value => $"\"{value.Key}\": {value.Value}"))}}}";

    [GeneratedRegex(@"^[\p{L}_$][\p{L}\p{Nd}_$]*$")]
    private static partial Regex Identifier();
}
