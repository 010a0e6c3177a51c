using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Language;

/// <summary>A text as the next cell of a session: its syntax, and what its names mean.</summary>
internal sealed record CodeAtCursor(SemanticModel Model, SyntaxNode Root)
{
    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Latest, kind: SourceCodeKind.Script);

    /// <summary>Compiles nothing: what is asked of the model is bound when it is asked.</summary>
    public static CodeAtCursor Of(ScriptSnapshot snapshot, string csharp)
    {
        Compilation compilation = snapshot.CompilationOf(csharp);
        SyntaxTree tree = compilation.SyntaxTrees.Last();
        return new CodeAtCursor(compilation.GetSemanticModel(tree), tree.GetRoot());
    }

    /// <summary>Whether the cursor is within a comment, a text or a character, or in code that is switched off.</summary>
    public static bool IsInText(SyntaxNode root, int cursor)
    {
        SyntaxTrivia trivia = root.FindTrivia(Math.Max(0, cursor - 1));
        switch (trivia.Kind())
        {
            case SyntaxKind.SingleLineCommentTrivia or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.DisabledTextTrivia or SyntaxKind.PreprocessingMessageTrivia
                when cursor > trivia.SpanStart:
                return true;
            case SyntaxKind.MultiLineCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia
                when cursor > trivia.SpanStart && (cursor < trivia.Span.End || !trivia.ToString().EndsWith("*/", StringComparison.Ordinal)):
                return true;
        }
        SyntaxToken token = root.FindToken(Math.Max(0, cursor - 1), findInsideTrivia: true);
        if (token.Parent is not null && token.Parent.Ancestors().Any(node => node is DirectiveTriviaSyntax)) return true;
        if (cursor <= token.SpanStart || cursor > token.Span.End) return false;
        return token.Kind() switch
        {
            SyntaxKind.InterpolatedStringTextToken or SyntaxKind.InterpolatedStringStartToken or SyntaxKind.InterpolatedVerbatimStringStartToken
                or SyntaxKind.InterpolatedSingleLineRawStringStartToken or SyntaxKind.InterpolatedMultiLineRawStringStartToken => true,
            SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
                or SyntaxKind.Utf8StringLiteralToken or SyntaxKind.Utf8SingleLineRawStringLiteralToken or SyntaxKind.Utf8MultiLineRawStringLiteralToken
                => cursor < token.Span.End || token.ContainsDiagnostics,
            SyntaxKind.NumericLiteralToken => true,
            _ => false,
        };
    }

    /// <summary>The expression before the dot of a name, or null where the name stands alone.</summary>
    public static ExpressionSyntax? LeftOf(SyntaxNode name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access when access.Name == name => access.Expression,
        QualifiedNameSyntax qualified when qualified.Right == name => qualified.Left,
        MemberBindingExpressionSyntax binding => binding.Ancestors().OfType<ConditionalAccessExpressionSyntax>()
            .FirstOrDefault(access => access.WhenNotNull.Span.Contains(binding.Span))?.Expression,
        _ => null,
    };

    /// <summary>The methods or constructors that a list of arguments may belong to.</summary>
    public IReadOnlyList<IMethodSymbol> Callees(BaseArgumentListSyntax arguments) => arguments.Parent switch
    {
        InvocationExpressionSyntax invocation => Methods(invocation),
        BaseObjectCreationExpressionSyntax creation => Constructors(TypeOf(creation), creation.SpanStart),
        PrimaryConstructorBaseTypeSyntax @base => Constructors(Model.GetTypeInfo(@base.Type).Type, @base.SpanStart),
        _ => [],
    };

    public ITypeSymbol? TypeOf(ExpressionSyntax expression)
    {
        TypeInfo info = Model.GetTypeInfo(expression);
        return info.Type is null or IErrorTypeSymbol ? info.ConvertedType : info.Type;
    }

    private List<IMethodSymbol> Methods(InvocationExpressionSyntax invocation)
    {
        List<IMethodSymbol> group = [.. Model.GetMemberGroup(invocation.Expression).OfType<IMethodSymbol>()];
        if (group.Count == 0) group = [.. Model.GetSymbolInfo(invocation).CandidateSymbols.OfType<IMethodSymbol>()];
        // A delegate is called by its own signature.
        if (group.Count == 0 && TypeOf(invocation.Expression) is INamedTypeSymbol { DelegateInvokeMethod: { } invoke }) group = [invoke];
        return group;
    }

    private List<IMethodSymbol> Constructors(ITypeSymbol? type, int position) => type is INamedTypeSymbol named
        ? [.. named.InstanceConstructors.Where(constructor => Model.IsAccessible(position, constructor) && !(named.IsRecord && constructor.IsImplicitlyDeclared && constructor.Parameters is [var only] && SymbolEqualityComparer.Default.Equals(only.Type, named)))]
        : [];
}
