using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>The languages of a polyglot notebook besides C#. A new one is a class and a line here.</summary>
public static class SubKernels
{
    /// <summary>Fresh ones, for one session. Those that hold resources are <see cref="IDisposable"/>.</summary>
    /// <param name="folder">The notebook's: relative paths in their options start there.</param>
    public static IReadOnlyList<ISubKernel> Create(string folder) =>
    [
        new HtmlKernel(),
        new JavascriptKernel(),
        new MarkdownKernel(),
        new MermaidKernel(),
        new SqlKernel(folder),
        new ValueKernel(folder),
    ];
}
