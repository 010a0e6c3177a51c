using ScratchDet.Kernel.Documents;

namespace ScratchDet.Kernel.Session;

/// <summary>`#!import`: runs the code of another notebook or of a script as if it stood in this cell.</summary>
internal sealed class ImportMagic(CellRunner runner, CellErrors errors)
{
    private const string Usage = "#!import FILE, with a file that ends in .ipynb, .dib, .csx or .cs";

    /// <exception cref="CellFailedException">The imported code fails: names the file and its cell.</exception>
    public async Task RunAsync(MagicStep step, CodePlace place, CellScope cell)
    {
        string name = new MagicArguments("import", step.Arguments, Usage).OnlyWord("the name of a file");
        string path = Path.GetFullPath(Path.Combine(place.Folder, name));
        if (place.Imports.Contains(path))
            throw new MagicException($"#!import {name}: the file imports itself: {string.Join(" imports ", place.Imports.Append(path).Select(Path.GetFileName))}; take one of the imports out");
        if (!File.Exists(path))
            throw new MagicException($"#!import {name}: there is no file {path}; correct the path (relative paths start at {place.Folder})");

        string folder = Path.GetDirectoryName(path)!;
        IReadOnlyList<string> imports = [.. place.Imports, path];
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case NotebookDocument.IpynbEnding or NotebookDocument.DibEnding:
                await RunNotebookAsync(name, path, new CodePlace(folder, CellFile.In(folder), imports), cell).ConfigureAwait(false);
                break;
            case ".csx" or ".cs":
                string code = await File.ReadAllTextAsync(path, cell.Stop).ConfigureAwait(false);
                await RunPartAsync(code, CellParser.CSharp, new CodePlace(folder, path, imports), cell, name).ConfigureAwait(false);
                break;
            default:
                throw new MagicException($"#!import {name}: files of this kind cannot be imported; write {Usage}");
        }
    }

    private async Task RunNotebookAsync(string name, string path, CodePlace place, CellScope cell)
    {
        NotebookDocument notebook;
        try
        {
            notebook = NotebookDocument.Load(path);
        }
        catch (BadInputException failure)
        {
            throw new MagicException($"#!import {name}: {failure.Message}");
        }
        for (int index = 0; index < notebook.Cells.Count; index++)
        {
            NotebookCell imported = notebook.Cells[index];
            if (imported.IsExecuted)
                await RunPartAsync(imported.Source, imported.KernelName, place, cell, $"{name}, cell {index + 1}").ConfigureAwait(false);
        }
    }

    private async Task RunPartAsync(string code, string language, CodePlace place, CellScope cell, string where)
    {
        try
        {
            await runner.RunAsync(code, language, place, cell, isCell: false).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            CellError error = errors.Of(failure, cell);
            if (error.Name == CellError.Interrupted) throw;
            throw new CellFailedException(error with { Message = $"{where}: {error.Message}", Traceback = [.. error.Traceback, $"   in {where}"] });
        }
    }
}

/// <summary>A part of a cell has failed, and what to tell is known already.</summary>
internal sealed class CellFailedException(CellError error) : Exception(error.Message)
{
    public CellError Error => error;
}
