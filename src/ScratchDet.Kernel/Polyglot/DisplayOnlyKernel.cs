using ScratchDet.Kernel.Documents;
using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>A language whose cells are shown and leave nothing behind.</summary>
internal abstract class DisplayOnlyKernel(string name) : ISubKernel
{
    public string Name => name;

    public IReadOnlyList<string> Aliases { get; } = CellLanguages.Describe(name).Aliases;

    public Task ExecuteAsync(string code, string options, ICellOutput output, Func<string> nextDisplayId, CancellationToken stop)
    {
        ChooserOptions.Parse(name, options);
        output.Display(nextDisplayId(), Render(code));
        return Task.CompletedTask;
    }

    public object? GetValue(string valueName) => throw new SubKernelException($"{name} cells keep no values, so there is no '{valueName}' to share; #!value cells do");

    public void SetValue(string valueName, object? value) => throw new SubKernelException($"{name} cells take no values, so '{valueName}' cannot be shared with them; show it from C#");

    protected abstract MimeBundle Render(string code);
}

/// <summary><c>#!html</c>: the cell as it is.</summary>
internal sealed class HtmlKernel() : DisplayOnlyKernel("html")
{
    protected override MimeBundle Render(string code) => new MimeBundle(code).With(MimeBundle.Html, code);
}
