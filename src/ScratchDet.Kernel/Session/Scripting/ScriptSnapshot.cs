using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace ScratchDet.Kernel.Session;

/// <summary>What the cells so far have declared, for completion and inspection. Immutable; usable while a cell runs.</summary>
/// <param name="Last">Null before the first cell.</param>
/// <param name="Options">References and imports that the first cell starts with.</param>
internal sealed record ScriptSnapshot(Script? Last, ScriptOptions Options)
{
    /// <summary>The compilation that `code` would have as the next cell, with everything that it may name.</summary>
    public Compilation CompilationOf(string code) => Next(code, Options.FilePath, HostAssemblies.All).GetCompilation();

    /// <param name="filePath">Relative `#load` and `#r` within the code start in its folder.</param>
    /// <param name="added">References besides those of earlier cells.</param>
    public Script<object> Next(string code, string filePath, IReadOnlyCollection<MetadataReference> added)
    {
        if (Last is null) return CSharpScript.Create<object>(code, Options.WithFilePath(filePath).AddReferences(added));
        // A submission inherits references and imports from the one before; to give them again costs time in each cell.
        return Last.ContinueWith<object>(code, Options.WithFilePath(filePath).WithImports().WithReferences(added));
    }
}
