using System.Diagnostics;
using Microsoft.CodeAnalysis;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Session;

/// <summary>Where code comes from: relative paths in it start in the folder.</summary>
/// <param name="FilePath">Of the code, as compiler errors name it.</param>
/// <param name="Imports">The files whose `#!import` led here, outermost first.</param>
internal sealed record CodePlace(string Folder, string FilePath, IReadOnlyList<string> Imports);

/// <summary>Runs a cell part by part: C#, other languages, magics. What goes wrong leaves as an exception.</summary>
internal sealed class CellRunner(ScriptEngine engine, ReferenceDirectives references, Languages languages, CellErrors errors)
{
    /// <param name="isCell">The last value is the cell's result; in imported code it is an ordinary display.</param>
    public async Task RunAsync(string code, string language, CodePlace place, CellScope cell, bool isCell)
    {
        long started = 0;
        IReadOnlyList<CellStep> steps = CellParser.Parse(code, languages.Known(language), languages.Find);
        for (int index = 0; index < steps.Count; index++)
        {
            cell.Stop.ThrowIfCancellationRequested();
            switch (steps[index])
            {
                case CodeStep { Language: CellParser.CSharp } step:
                    await RunCSharpAsync(step.Code, place, cell, isCell && index == steps.Count - 1).ConfigureAwait(false);
                    break;
                case CodeStep step:
                    await languages.Kernel(step.Language).ExecuteAsync(step.Code, step.Options, cell, cell.NextDisplayId, cell.Stop).ConfigureAwait(false);
                    break;
                case MagicStep { Name: "time" }:
                    started = Stopwatch.GetTimestamp();
                    break;
                case MagicStep step:
                    await RunMagicAsync(step, place, cell).ConfigureAwait(false);
                    break;
            }
        }
        if (started != 0) cell.Show(new MimeBundle($"Wall time: {Text(Stopwatch.GetElapsedTime(started))}"));
    }

    private async Task RunCSharpAsync(string code, CodePlace place, CellScope cell, bool showsResult)
    {
        (code, IReadOnlyList<CSharpDirective> directives) = CSharpDirectives.Extract(code);
        IReadOnlyList<MetadataReference> added = directives.Count == 0 ? [] : await references.ResolveAsync(directives, place.Folder, cell).ConfigureAwait(false);
        if (added.Count == 0 && string.IsNullOrWhiteSpace(code)) return;

        CompiledSubmission submission = engine.Compile(code, place.FilePath, added, cell.Stop);
        references.ShowNotes(cell);
        foreach (Diagnostic warning in submission.Warnings) cell.Write(ConsoleStream.Error, CellErrors.Line(warning) + "\n");
        ScriptValue value = await engine.RunAsync(submission).ConfigureAwait(false);
        // What is on display already is not shown again.
        if (!value.HasValue || value.Value is Microsoft.DotNet.Interactive.DisplayedValue or LiveDisplay) return;
        MimeBundle content = ValueFormatter.Bundle(value.Value);
        if (showsResult) cell.Result(content);
        else cell.Show(content);
    }

    private async Task RunMagicAsync(MagicStep step, CodePlace place, CellScope cell)
    {
        switch (step.Name)
        {
            case "import":
                await new ImportMagic(this, errors).RunAsync(step, place, cell).ConfigureAwait(false);
                break;
            case "set":
                await new ValueMagics(engine, languages).SetAsync(step, cell).ConfigureAwait(false);
                break;
            case "share":
                await new ValueMagics(engine, languages).ShareAsync(step, cell).ConfigureAwait(false);
                break;
            case "who":
                cell.Show(SessionTables.Names(engine.Variables()));
                break;
            case "whos":
                cell.Show(SessionTables.Values(engine.Variables()));
                break;
            case "lsmagic":
                cell.Show(SessionTables.Magics());
                break;
            case "about":
                cell.Show(SessionTables.About());
                break;
            default:
                throw MagicList.Unknown(step.Name);
        }
    }

    private static string Text(TimeSpan time) => time.TotalSeconds < 1
        ? FormattableString.Invariant($"{time.TotalMilliseconds:0.0} ms")
        : FormattableString.Invariant($"{time.TotalSeconds:0.00} s");
}
