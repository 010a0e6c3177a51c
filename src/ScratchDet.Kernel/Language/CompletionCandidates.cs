using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Language;

/// <summary>How likely something is meant, the likeliest first.</summary>
internal enum CompletionRank
{
    /// <summary>What the place itself asks for: a value of its enumeration, a property to initialise.</summary>
    Wanted,
    Argument,
    Variable,
    Own,
    Member,
    Keyword,
    Extension,

    /// <summary>What every object has.</summary>
    OfObject,
    Type,
    Namespace,
}

/// <summary>Gathers what fits the letters typed so far, overloads under one name, and puts it in order.</summary>
internal sealed class CompletionCandidates(string typed)
{
    private sealed class Candidate
    {
        public required string Text { get; init; }

        public required CompletionRank Rank { get; init; }

        public required string Kind { get; init; }

        public string? Detail { get; init; }

        public List<ISymbol> Symbols { get; } = [];
    }

    private readonly Dictionary<(string Text, string Kind), Candidate> found = [];

    public bool IsUntyped => typed.Length == 0;

    public void Add(ISymbol symbol, CompletionRank rank)
    {
        if (!Fits(symbol.Name) || !symbol.CanBeReferencedByName || IsHidden(symbol)) return;
        (string Text, string Kind) key = (Escaped(symbol.Name), SymbolText.Kind(symbol));
        if (!found.TryGetValue(key, out Candidate? candidate))
            found.Add(key, candidate = new Candidate { Text = key.Text, Kind = key.Kind, Rank = rank });
        candidate.Symbols.Add(symbol);
    }

    /// <param name="name">What the letters typed may begin, besides the text.</param>
    public void Add(string text, string kind, string? detail, CompletionRank rank, string? name = null)
    {
        if (Fits(text) || (name is not null && Fits(name)))
            found.TryAdd((text, kind), new Candidate { Text = text, Kind = kind, Rank = rank, Detail = detail });
    }

    public IReadOnlyList<CompletionItem> ToItems() =>
    [
        .. found.Values
            .OrderBy(candidate => candidate.Rank == CompletionRank.Wanted ? 0 : 1)
            // Those that begin in the very case that was typed.
            .ThenBy(candidate => candidate.Text.TrimStart('@').StartsWith(typed, StringComparison.Ordinal) ? 0 : 1)
            .ThenBy(candidate => candidate.Rank)
            .ThenBy(candidate => candidate.Text, StringComparer.OrdinalIgnoreCase)
            .ThenBy(candidate => candidate.Text, StringComparer.Ordinal)
            .Select(candidate => new CompletionItem(candidate.Text, candidate.Kind, candidate.Detail ?? Signature(candidate.Symbols))),
    ];

    private bool Fits(string name) => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase);

    private static string? Signature(List<ISymbol> symbols)
    {
        if (symbols.Count == 0) return null;
        string first = SymbolText.Signature(symbols.MinBy(symbol => symbol is IMethodSymbol method ? method.Parameters.Length : 0)!);
        return symbols.Count == 1 || symbols[0] is not IMethodSymbol ? first : $"{first} (+ {symbols.Count - 1} {(symbols.Count == 2 ? "overload" : "overloads")})";
    }

    private static string Escaped(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    private static bool IsHidden(ISymbol symbol)
    {
        // Variables and namespaces carry no attributes; the others are worth a look.
        if (symbol is ILocalSymbol or INamespaceSymbol || symbol.IsImplicitlyDeclared) return false;
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            // EditorBrowsableState.Never is 1.
            if (attribute.AttributeClass?.Name == "EditorBrowsableAttribute" && attribute.ConstructorArguments is [{ Value: 1 }]) return true;
        }
        return false;
    }
}
