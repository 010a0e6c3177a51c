using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ScratchDet.Kernel.Running;

/// <summary>C# as HTML, with a class for each kind of word; the compiler's own parser tells them apart.</summary>
internal static class CSharpColours
{
    private const string Keyword = "k", Text = "s", Number = "n", Comment = "c", Type = "t", Method = "f", Directive = "d";

    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview, DocumentationMode.None, SourceCodeKind.Script);

    public static string ToHtml(string code)
    {
        var html = new StringBuilder(code.Length * 2);
        int written = 0;
        foreach ((int start, int end, string kind) in Words(code))
        {
            html.Append(WebUtility.HtmlEncode(code[written..start]));
            html.Append("<span class=\"").Append(kind).Append("\">").Append(WebUtility.HtmlEncode(code[start..end])).Append("</span>");
            written = end;
        }
        return html.Append(WebUtility.HtmlEncode(code[written..])).ToString();
    }

    /// <summary>The words that have a colour, in order.</summary>
    internal static IEnumerable<(int Start, int End, string Kind)> Words(string code)
    {
        var words = new List<(int Start, int End, string Kind)>();
        // Magics are no C#: they are coloured as lines, and the parser sees spaces of the same length.
        var plain = new StringBuilder(code.Length);
        foreach (string line in code.Split('\n'))
        {
            bool isDirective = line.StartsWith('#');
            if (isDirective) words.Add((plain.Length, plain.Length + line.Length, Directive));
            plain.Append(isDirective ? new string(' ', line.Length) : line).Append('\n');
        }
        SyntaxNode root = CSharpSyntaxTree.ParseText(plain.ToString(), Options).GetRoot();
        foreach (SyntaxToken token in root.DescendantTokens())
        {
            AddComments(token.LeadingTrivia);
            if (KindOf(token) is { } kind && !token.Span.IsEmpty) words.Add((token.SpanStart, token.Span.End, kind));
            AddComments(token.TrailingTrivia);
        }
        return words.Where(word => word.End <= code.Length).OrderBy(word => word.Start);

        void AddComments(SyntaxTriviaList list)
        {
            foreach (SyntaxTrivia trivia in list)
            {
                if (trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia or SyntaxKind.SingleLineDocumentationCommentTrivia)
                    words.Add((trivia.SpanStart, trivia.Span.End, Comment));
            }
        }
    }

    private static string? KindOf(SyntaxToken token)
    {
        if (token.IsKeyword() || token.IsContextualKeyword()) return Keyword;
        switch (token.Kind())
        {
            case SyntaxKind.NumericLiteralToken:
                return Number;
            case SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.Utf8StringLiteralToken
                or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
                or SyntaxKind.InterpolatedStringStartToken or SyntaxKind.InterpolatedVerbatimStringStartToken or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.InterpolatedStringEndToken
                or SyntaxKind.InterpolatedSingleLineRawStringStartToken or SyntaxKind.InterpolatedMultiLineRawStringStartToken or SyntaxKind.InterpolatedRawStringEndToken:
                return Text;
            case SyntaxKind.IdentifierToken:
                return KindOfName(token);
            default:
                return null;
        }
    }

    private static string? KindOfName(SyntaxToken token)
    {
        switch (token.Parent)
        {
            case BaseTypeDeclarationSyntax or TypeParameterSyntax:
                return Type;
            case MethodDeclarationSyntax or LocalFunctionStatementSyntax:
                return Method;
            case IdentifierNameSyntax { IsVar: true }:
                return Keyword;
            case SimpleNameSyntax name:
                if (IsCalled(name)) return Method;
                return IsType(name) ? Type : null;
            default:
                return null;
        }
    }

    private static bool IsCalled(SimpleNameSyntax name) => name.Parent switch
    {
        InvocationExpressionSyntax call => call.Expression == name,
        MemberAccessExpressionSyntax access => access.Name == name && access.Parent is InvocationExpressionSyntax call && call.Expression == access,
        MemberBindingExpressionSyntax binding => binding.Parent is InvocationExpressionSyntax,
        _ => false,
    };

    private static bool IsType(SimpleNameSyntax name) => name switch
    {
        GenericNameSyntax => true,
        // The parser cannot know; by custom what is called upon with a capital is a type: `Chart.Lines`.
        { Parent: MemberAccessExpressionSyntax access } when access.Expression == name => char.IsAsciiLetterUpper(name.Identifier.Text[0]),
        {
            Parent: ObjectCreationExpressionSyntax or VariableDeclarationSyntax or ParameterSyntax or TypeArgumentListSyntax or CastExpressionSyntax or BaseTypeSyntax or ArrayTypeSyntax
            or NullableTypeSyntax or TypeOfExpressionSyntax or DeclarationPatternSyntax or TypePatternSyntax or RecursivePatternSyntax or MethodDeclarationSyntax
            or LocalFunctionStatementSyntax or PropertyDeclarationSyntax or TupleElementSyntax or TypeConstraintSyntax or DeclarationExpressionSyntax
        } => true,
        { Parent: ForEachStatementSyntax loop } => loop.Type == name,
        _ => false,
    };
}
