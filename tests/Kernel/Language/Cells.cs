using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using ScratchDet.Kernel.Language;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Tests.Kernel.Language;

/// <summary>A session that has run some cells; in the texts, two dollars are the cursor.</summary>
internal static class Cells
{
    public const string Cursor = "$$";

    public static ScriptOptions Options { get; } = ScriptOptions.Default
        .WithReferences(HostAssemblies.Common)
        .WithImports("System", "System.Text", "System.Collections", "System.Collections.Generic", "System.Threading.Tasks", "System.Linq");

    public static ScriptSnapshot After(params string[] cells)
    {
        Script<object>? last = null;
        foreach (string cell in cells) last = last?.ContinueWith<object>(cell) ?? CSharpScript.Create<object>(cell, Options);
        return new ScriptSnapshot(last, Options);
    }

    public static CompletionList Complete(ScriptSnapshot snapshot, string text)
    {
        (string code, int cursor) = Split(text);
        return CSharpCompletion.Complete(snapshot, code, cursor);
    }

    public static string[] Offered(string text, params string[] cells) => [.. Complete(After(cells), text).Items.Select(item => item.Text)];

    public static string? Signature(string text, string item, params string[] cells) => Assert.Single(Complete(After(cells), text).Items, one => one.Text == item).Signature;

    public static string? Inspect(string text, params string[] cells)
    {
        (string code, int cursor) = Split(text);
        return CSharpInspection.Inspect(After(cells), code, cursor)?.Text;
    }

    private static (string Code, int Cursor) Split(string text)
    {
        int cursor = text.IndexOf(Cursor, StringComparison.Ordinal);
        return (text.Remove(cursor, Cursor.Length), cursor);
    }
}
