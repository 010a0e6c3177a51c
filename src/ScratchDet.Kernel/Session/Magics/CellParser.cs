using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ScratchDet.Kernel.Documents;

namespace ScratchDet.Kernel.Session;

/// <summary>A part of a cell, in the order in which they run.</summary>
/// <param name="Language">The language in force: csharp or that of the last chooser line.</param>
/// <param name="Line">Where it begins in the cell, from 0.</param>
internal abstract record CellStep(string Language, int Line);

/// <param name="Options">The rest of the chooser line.</param>
/// <param name="Code">C# begins with as many empty lines as stand before it in the cell, so that its errors name the cell's lines.</param>
internal sealed record CodeStep(string Language, int Line, string Options, string Code) : CellStep(Language, Line);

/// <summary>A line such as <c>#!import setup.dib</c>.</summary>
/// <param name="Name">Without `#!`.</param>
internal sealed record MagicStep(string Language, int Line, string Name, string Arguments) : CellStep(Language, Line);

/// <summary>Splits a cell at the lines that begin with `#!`: choosers of a language, and magics.</summary>
internal static class CellParser
{
    public const string CSharp = CellLanguages.CSharp;

    private static readonly CSharpParseOptions ScriptOptions = new(kind: SourceCodeKind.Script, documentationMode: DocumentationMode.None);

    /// <param name="languageOf">The language that a name or an alias stands for; null for names of no language.</param>
    public static IReadOnlyList<CellStep> Parse(string code, string language, Func<string, string?> languageOf)
    {
        if (!code.Contains("#!", StringComparison.Ordinal)) return [new CodeStep(language, 0, "", code)];
        var steps = new List<CellStep>();
        var segment = new Segment(language, 0, "");
        int line = 0;
        foreach (string text in code.ReplaceLineEndings("\n").Split('\n'))
        {
            if (!IsMagic(text, segment))
            {
                segment.Append(text);
            }
            else
            {
                segment.AddTo(steps);
                (string name, string rest) = Words(text);
                if (languageOf(name) is { } chosen)
                {
                    segment = new Segment(chosen, line + 1, rest);
                }
                else
                {
                    steps.Add(new MagicStep(segment.Language, line, name, rest));
                    // Options are the chooser's: they hold for what follows directly.
                    segment = new Segment(segment.Language, line + 1, segment.IsBlank ? segment.Options : "");
                }
            }
            line++;
        }
        segment.AddTo(steps);
        return steps;
    }

    /// <summary>Whether the line that begins at `position` lies within a string or a comment that began before it.</summary>
    public static bool IsWithinText(string code, int position)
    {
        int end = code.IndexOf('\n', position);
        SyntaxNode root = CSharpSyntaxTree.ParseText(end < 0 ? code : code[..end], ScriptOptions).GetRoot();
        SyntaxToken token = root.FindToken(position);
        if (token.Span.Contains(position) && token.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.Utf8StringLiteralToken
            or SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.Utf8MultiLineRawStringLiteralToken or SyntaxKind.InterpolatedStringTextToken)
            return true;
        SyntaxTrivia trivia = root.FindTrivia(position);
        return trivia.SpanStart < position && trivia.Kind() is SyntaxKind.MultiLineCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia or SyntaxKind.DisabledTextTrivia;
    }

    /// <summary>`#!/usr/bin/...` is for the shell.</summary>
    private static bool IsMagic(string line, Segment segment)
    {
        if (!line.StartsWith("#!", StringComparison.Ordinal) || line.Length < 3 || !char.IsAsciiLetter(line[2])) return false;
        if (segment.Language != CSharp) return true;
        string before = segment.Text;
        return before.Length == 0 || !IsWithinText(before + line, before.Length);
    }

    private static (string Name, string Arguments) Words(string line)
    {
        string text = line[2..].Trim();
        int end = text.AsSpan().IndexOfAny(' ', '\t');
        return end < 0 ? (text, "") : (text[..end], text[end..].Trim());
    }

    private sealed class Segment(string language, int line, string options)
    {
        private readonly StringBuilder text = new();

        public string Language => language;

        public string Options => options;

        public string Text => text.ToString();

        public bool IsBlank => string.IsNullOrWhiteSpace(Text);

        public void Append(string textLine) => text.Append(textLine).Append('\n');

        /// <remarks>A chooser without code may still mean something to its language: it decides.</remarks>
        public void AddTo(List<CellStep> steps)
        {
            bool isCSharp = language == CSharp;
            if (IsBlank && (isCSharp || options.Length == 0)) return;
            string code = text.Length > 0 ? text.ToString(0, text.Length - 1) : "";
            steps.Add(new CodeStep(language, line, options, isCSharp ? new string('\n', line) + code : code));
        }
    }
}
