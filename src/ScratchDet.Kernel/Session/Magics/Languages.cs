using ScratchDet.Kernel.Documents;
using ScratchDet.Kernel.Polyglot;

namespace ScratchDet.Kernel.Session;

/// <summary>The languages of a session: C#, and the sub-kernels by name and alias.</summary>
internal sealed class Languages(string folder) : IDisposable
{
    private static readonly string[] CSharpNames = [CellParser.CSharp, .. CellLanguages.Describe(CellParser.CSharp).Aliases];

    public IReadOnlyList<ISubKernel> All { get; } = SubKernels.Create(folder);

    /// <summary>The name of the language that a name or an alias stands for; null for names of none.</summary>
    public string? Find(string name) =>
        CSharpNames.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? CellParser.CSharp
            : All.FirstOrDefault(kernel => kernel.Aliases.Prepend(kernel.Name).Contains(name, StringComparer.OrdinalIgnoreCase))?.Name;

    /// <exception cref="MagicException">There is no such language.</exception>
    public string Known(string name) => Find(name) ?? throw new MagicException(
        $"there is no language '{name}' here; there are {CellParser.CSharp}, {string.Join(", ", All.Select(kernel => kernel.Name))}");

    public ISubKernel Kernel(string name) => All.First(kernel => kernel.Name == name);

    public void Dispose()
    {
        foreach (ISubKernel kernel in All) (kernel as IDisposable)?.Dispose();
    }
}
