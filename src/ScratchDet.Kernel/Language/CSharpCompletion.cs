using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Language;

/// <summary>
/// What may stand at the cursor, from the compiler's own view of the session: plain texts, without markers for a
/// snippet engine. Works while the text is not yet a program.
/// </summary>
internal static class CSharpCompletion
{
    // Stands for the word that is being typed, so that the parser sees a name wherever one may come.
    private const string Word = "completion__";

    public static CompletionList Complete(ScriptSnapshot snapshot, string code, int cursor)
    {
        cursor = Math.Clamp(cursor, 0, code.Length);
        if (CommandCompletion.Complete(code, cursor, snapshot.Options) is { } command) return command;
        var nothing = new CompletionList(cursor, cursor, []);
        CellText text = CellText.Of(code);
        if (!text.IsCSharpAt(cursor)) return nothing;

        int start = cursor;
        while (start > 0 && IsWordPart(code[start - 1])) start--;
        int end = cursor;
        while (end < code.Length && IsWordPart(code[end])) end++;
        string typed = code[start..cursor];
        if (typed.Length > 0 && char.IsAsciiDigit(typed[0])) return nothing;
        if (CodeAtCursor.IsInText(CSharpSyntaxTree.ParseText(text.CSharp, CodeAtCursor.ParseOptions).GetRoot(), cursor)) return nothing;

        // What follows on the next line shall not become a part of this statement: "x." there would eat its first word.
        bool endsLine = string.IsNullOrWhiteSpace(code[end..CellText.LineAt(code, end).End]);
        CodeAtCursor at = CodeAtCursor.Of(snapshot, $"{text.CSharp[..start]}{Word}{(endsLine ? ";" : "")}{text.CSharp[end..]}");
        if (at.Root.FindToken(start) is not { Parent: SimpleNameSyntax name }) return nothing;
        var candidates = new CompletionCandidates(typed.TrimStart('@'));
        new CompletionScope(at.Model, name, candidates).Collect();
        return new CompletionList(start, end, candidates.ToItems());
    }

    private static bool IsWordPart(char letter) => SyntaxFacts.IsIdentifierPartCharacter(letter) || letter == '@';
}
