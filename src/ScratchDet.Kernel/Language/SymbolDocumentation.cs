using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace ScratchDet.Kernel.Language;

/// <summary>What a documentation comment says, as plain text; what it leaves out is empty.</summary>
internal sealed record SymbolDocumentation(string Summary, IReadOnlyList<(string Name, string Text)> Parameters, string Returns, IReadOnlyList<(string Name, string Text)> Exceptions, string Remarks)
{
    private const int MostInherited = 5;

    /// <returns>Null where nothing is written.</returns>
    public static SymbolDocumentation? Of(ISymbol symbol, Compilation compilation)
    {
        if (symbol is IMethodSymbol { ReducedFrom: { } whole }) symbol = whole;
        XElement? member = Find(symbol.OriginalDefinition, compilation, MostInherited);
        if (member is null)
        {
            // The property of a positional record is documented as a parameter of the record.
            string text = symbol is IPropertySymbol { ContainingType: { IsRecord: true } record } ? Named(Find(record.OriginalDefinition, compilation, MostInherited), "param", symbol.Name) : "";
            return text.Length == 0 ? null : new SymbolDocumentation(text, [], "", [], "");
        }
        var documentation = new SymbolDocumentation(
            Text(member, "summary"),
            [
                .. Pairs(member, "param", "name"),
                .. Pairs(member, "typeparam", "name"),
            ],
            Text(member, "returns") is { Length: > 0 } returns ? returns : Text(member, "value"),
            [.. Pairs(member, "exception", "cref").Select(pair => (DocumentationText.ShortName(pair.Name), pair.Text))],
            Text(member, "remarks"));
        return documentation;
    }

    private static XElement? Find(ISymbol symbol, Compilation compilation, int left)
    {
        XElement? member = FromSource(symbol) ?? AssemblyDocumentation.Find(symbol, compilation);
        if (symbol is IMethodSymbol { MethodKind: MethodKind.Constructor, ContainingType: { IsRecord: true } record } && member is null)
            member = FromSource(record) ?? AssemblyDocumentation.Find(record, compilation);
        if (member?.Element("inheritdoc") is not { } inherit) return member;
        ISymbol? from = (string?)inherit.Attribute("cref") is { } id ? DocumentationCommentId.GetFirstSymbolForDeclarationId(id, compilation) : Inherited(symbol);
        return from is null || left == 0 ? null : Find(from.OriginalDefinition, compilation, left - 1);
    }

    private static ISymbol? Inherited(ISymbol symbol) => symbol switch
    {
        IMethodSymbol { OverriddenMethod: { } overridden } => overridden,
        IPropertySymbol { OverriddenProperty: { } overridden } => overridden,
        ITypeSymbol type => type.BaseType is { SpecialType: SpecialType.None } @base ? @base : type.Interfaces.FirstOrDefault(),
        _ => symbol.ContainingType?.AllInterfaces.SelectMany(one => one.GetMembers(symbol.Name))
            .FirstOrDefault(declared => SymbolEqualityComparer.Default.Equals(symbol.ContainingType.FindImplementationForInterfaceMember(declared), symbol)),
    };

    /// <summary>A function or a type of an earlier cell may have its own <c>///</c> lines.</summary>
    private static XElement? FromSource(ISymbol symbol)
    {
        if (symbol.DeclaringSyntaxReferences is not [var reference, ..]) return null;
        string[] lines = [.. reference.GetSyntax().GetLeadingTrivia().SelectMany(trivia => trivia.ToFullString().Split('\n')).Select(line => line.Trim())
            .Where(line => line.StartsWith("///", StringComparison.Ordinal)).Select(line => line[3..])];
        if (lines.Length == 0) return null;
        try
        {
            return XElement.Parse($"<member>{string.Join('\n', lines)}</member>", LoadOptions.PreserveWhitespace);
        }
        catch (XmlException)
        {
            // No XML: then it is a remark in plain words.
            return new XElement("member", new XElement("summary", string.Join('\n', lines)));
        }
    }

    private static string Text(XElement member, string element) => member.Element(element) is { } found ? DocumentationText.Of(found) : "";

    private static string Named(XElement? member, string element, string name) =>
        member?.Elements(element).FirstOrDefault(one => (string?)one.Attribute("name") == name) is { } found ? DocumentationText.Of(found) : "";

    private static IEnumerable<(string Name, string Text)> Pairs(XElement member, string element, string attribute) =>
        member.Elements(element).Select(one => (Name: (string?)one.Attribute(attribute) ?? "", Text: DocumentationText.Of(one)));
}
