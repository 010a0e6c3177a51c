using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Language;

/// <summary>Signature and documentation of the name at the cursor; within the parentheses of a call, of what is called.</summary>
internal static class CSharpInspection
{
    private const int MostOverloads = 10;

    /// <returns>Null where there is nothing to tell.</returns>
    public static MimeBundle? Inspect(ScriptSnapshot snapshot, string code, int cursor)
    {
        cursor = Math.Clamp(cursor, 0, code.Length);
        CellText text = CellText.Of(code);
        if (!text.IsCSharpAt(cursor)) return InspectCommand(code, cursor);
        CodeAtCursor at = CodeAtCursor.Of(snapshot, text.CSharp);
        List<ISymbol> symbols = SymbolsAt(at, cursor);
        return symbols.Count == 0 ? null : Render(symbols, at.Model.Compilation);
    }

    private static MimeBundle? InspectCommand(string code, int cursor)
    {
        (int start, int end) = CellText.LineAt(code, cursor);
        string line = code[start..end];
        if (!CellText.IsCommand(line)) return null;
        string name = line[MagicCommands.Mark.Length..].Split([' ', '\t', '\r'])[0];
        if (MagicCommands.Find(name) is not { } command) return null;
        string usage = string.Concat(command.Options.Select(option => $" [{option} ...]"));
        return Bundle([$"#!{command.Name}{usage}"], new SymbolDocumentation(command.Description, [], "", [], ""));
    }

    /// <summary>The one that is meant first, then its overloads.</summary>
    private static List<ISymbol> SymbolsAt(CodeAtCursor at, int cursor)
    {
        SyntaxToken token = TokenAt(at.Root, cursor);
        if (!CodeAtCursor.IsInText(at.Root, cursor) && token.Span.Contains(Math.Max(0, cursor - 1)) | token.Span.Contains(cursor) && SymbolsOf(at, token) is { Count: > 0 } named)
            return named;
        // Within the arguments, or right after the parenthesis that opens them.
        SyntaxToken before = at.Root.FindToken(Math.Max(0, cursor - 1));
        foreach (BaseArgumentListSyntax arguments in before.Parent?.AncestorsAndSelf().OfType<BaseArgumentListSyntax>() ?? [])
        {
            bool isInside = arguments.SpanStart < cursor && (cursor < arguments.Span.End || arguments.GetLastToken(includeZeroWidth: true).IsMissing);
            if (isInside && Called(at, arguments) is { Count: > 0 } called) return called;
        }
        return [];
    }

    /// <summary>The name that the cursor is in, or right behind.</summary>
    private static SyntaxToken TokenAt(SyntaxNode root, int cursor)
    {
        SyntaxToken token = root.FindToken(cursor);
        if (cursor == 0 || IsName(token) && token.SpanStart <= cursor) return token;
        SyntaxToken before = root.FindToken(cursor - 1);
        return IsName(before) && before.Span.End == cursor ? before : token;
    }

    private static bool IsName(SyntaxToken token) => token.IsKind(SyntaxKind.IdentifierToken) || SyntaxFacts.IsPredefinedType(token.Kind())
        || token.Kind() is SyntaxKind.ThisKeyword or SyntaxKind.BaseKeyword or SyntaxKind.NewKeyword;

    private static List<ISymbol> SymbolsOf(CodeAtCursor at, SyntaxToken token)
    {
        if (!IsName(token) || token.Parent is not { } node) return [];
        if (node is BaseObjectCreationExpressionSyntax { ArgumentList: { } given }) return Called(at, given);
        if (node is not ExpressionSyntax expression) return at.Model.GetDeclaredSymbol(node) is { } declared ? [declared] : [];
        // The outermost name of a created type means its constructor.
        ExpressionSyntax whole = expression.Parent is QualifiedNameSyntax qualified && qualified.Right == expression ? qualified : expression;
        if (whole.Parent is ObjectCreationExpressionSyntax creation && creation.Type == whole && creation.ArgumentList is { } arguments && Called(at, arguments) is { Count: > 0 } constructors)
            return constructors;
        SymbolInfo info = at.Model.GetSymbolInfo(expression);
        List<ISymbol> overloads = [.. at.Model.GetMemberGroup(expression)];
        if (info.Symbol is { } symbol) return [symbol, .. overloads.Where(other => !IsSame(other, symbol))];
        if (overloads.Count > 0) return overloads;
        if (info.CandidateSymbols.Length > 0) return [.. info.CandidateSymbols];
        return at.Model.GetTypeInfo(expression).Type is { TypeKind: not TypeKind.Error } type ? [type] : [];
    }

    private static List<ISymbol> Called(CodeAtCursor at, BaseArgumentListSyntax arguments)
    {
        IReadOnlyList<IMethodSymbol> overloads = at.Callees(arguments);
        ISymbol? chosen = arguments.Parent is ExpressionSyntax call ? at.Model.GetSymbolInfo(call).Symbol : null;
        return chosen is null ? [.. overloads] : [chosen, .. overloads.Where(other => !IsSame(other, chosen))];
    }

    /// <summary>Also where one has its type arguments filled in and the other has not.</summary>
    private static bool IsSame(ISymbol one, ISymbol other) => SymbolEqualityComparer.Default.Equals(one.OriginalDefinition, other.OriginalDefinition)
        || SymbolEqualityComparer.Default.Equals(((one as IMethodSymbol)?.ReducedFrom ?? one).OriginalDefinition, ((other as IMethodSymbol)?.ReducedFrom ?? other).OriginalDefinition);

    private static MimeBundle Render(List<ISymbol> symbols, Compilation compilation)
    {
        List<string> signatures = [.. symbols.Take(MostOverloads).Select(SymbolText.FullSignature)];
        if (symbols.Count > MostOverloads) signatures.Add($"+ {symbols.Count - MostOverloads} overloads");
        ISymbol first = symbols[0];
        SymbolDocumentation? documentation = SymbolDocumentation.Of(first, compilation);
        // A constructor without words of its own: those of its type.
        if (documentation is null && first is IMethodSymbol { MethodKind: MethodKind.Constructor }) documentation = SymbolDocumentation.Of(first.ContainingType, compilation);
        // A variable: what its type is.
        if (documentation is null && SymbolText.IsVariable(first) && TypeOf(first) is INamedTypeSymbol { SpecialType: SpecialType.None } type) documentation = SymbolDocumentation.Of(type, compilation);
        return Bundle(signatures, documentation);
    }

    private static ITypeSymbol? TypeOf(ISymbol variable) => variable switch
    {
        ILocalSymbol local => local.Type,
        IFieldSymbol field => field.Type,
        _ => null,
    };

    private static MimeBundle Bundle(List<string> signatures, SymbolDocumentation? documentation)
    {
        var text = new StringBuilder(string.Join('\n', signatures));
        var html = new StringBuilder($"<pre>{WebUtility.HtmlEncode(string.Join('\n', signatures))}</pre>");
        if (documentation is not null)
        {
            AppendParagraphs(text, html, documentation.Summary);
            AppendList(text, html, "Parameters", documentation.Parameters);
            if (documentation.Returns.Length > 0) AppendParagraphs(text, html, "Returns: " + documentation.Returns);
            AppendList(text, html, "Throws", documentation.Exceptions);
            AppendParagraphs(text, html, documentation.Remarks);
        }
        return new MimeBundle(text.ToString()).With(MimeBundle.Html, html.ToString());
    }

    private static void AppendParagraphs(StringBuilder text, StringBuilder html, string paragraphs)
    {
        if (paragraphs.Length == 0) return;
        text.Append("\n\n").Append(paragraphs);
        foreach (string paragraph in paragraphs.Split("\n\n"))
            html.Append($"<p>{WebUtility.HtmlEncode(paragraph).Replace("\n", "<br>")}</p>");
    }

    private static void AppendList(StringBuilder text, StringBuilder html, string title, IReadOnlyList<(string Name, string Text)> pairs)
    {
        if (pairs.Count == 0) return;
        text.Append($"\n\n{title}:");
        html.Append($"<p>{title}:</p><dl>");
        foreach ((string name, string words) in pairs)
        {
            text.Append($"\n  {name}{(words.Length == 0 ? "" : ": ")}{words.ReplaceLineEndings(" ")}");
            html.Append($"<dt><code>{WebUtility.HtmlEncode(name)}</code></dt><dd>{WebUtility.HtmlEncode(words)}</dd>");
        }
        html.Append("</dl>");
    }
}
