using Microsoft.CodeAnalysis;

namespace ScratchDet.Kernel.Language;

/// <summary>Symbols in words: their kind, and their signature on one line.</summary>
internal static class SymbolText
{
    private static readonly SymbolDisplayFormat Short = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameOnly,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        memberOptions: SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeRef | SymbolDisplayMemberOptions.IncludeConstantValue,
        delegateStyle: SymbolDisplayDelegateStyle.NameAndSignature,
        extensionMethodStyle: SymbolDisplayExtensionMethodStyle.InstanceMethod,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeParamsRefOut | SymbolDisplayParameterOptions.IncludeDefaultValue,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        localOptions: SymbolDisplayLocalOptions.IncludeType | SymbolDisplayLocalOptions.IncludeConstantValue,
        kindOptions: SymbolDisplayKindOptions.IncludeTypeKeyword | SymbolDisplayKindOptions.IncludeNamespaceKeyword,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier | SymbolDisplayMiscellaneousOptions.AllowDefaultLiteral);

    private static readonly SymbolDisplayFormat Member = Short
        .AddMemberOptions(SymbolDisplayMemberOptions.IncludeContainingType)
        .AddGenericsOptions(SymbolDisplayGenericsOptions.IncludeTypeConstraints | SymbolDisplayGenericsOptions.IncludeVariance);

    private static readonly SymbolDisplayFormat Type = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: Member.GenericsOptions,
        kindOptions: Member.KindOptions);

    /// <summary>For a list: without the type that it is a member of.</summary>
    public static string Signature(ISymbol symbol) => symbol.ToDisplayString(Short);

    /// <summary>For one that is looked at: with the type or the namespace that it belongs to, and with its constraints.</summary>
    public static string FullSignature(ISymbol symbol) => symbol switch
    {
        INamedTypeSymbol { TypeKind: TypeKind.Delegate } => symbol.ToDisplayString(Member),
        INamedTypeSymbol { IsTupleType: true } or IArrayTypeSymbol or INamedTypeSymbol { IsAnonymousType: true } => symbol.ToDisplayString(Short),
        // "struct System.Int32", which says more than "struct int".
        ITypeSymbol { SpecialType: not SpecialType.None } => symbol.ToDisplayString(Type),
        ITypeSymbol or INamespaceSymbol => symbol.ToDisplayString(Type.WithMiscellaneousOptions(Short.MiscellaneousOptions)),
        _ when IsVariable(symbol) => $"(variable) {symbol.ToDisplayString(Short)}",
        IParameterSymbol => $"(parameter) {symbol.ToDisplayString(Short)}",
        _ when symbol.ContainingType is null or { IsScriptClass: true } => symbol.ToDisplayString(Short),
        _ => symbol.ToDisplayString(Member),
    };

    /// <summary>A local, or a variable that the cells of a session share.</summary>
    public static bool IsVariable(ISymbol symbol) => symbol is ILocalSymbol or IRangeVariableSymbol || (symbol is IFieldSymbol && symbol.ContainingType is { IsScriptClass: true });

    public static string Kind(ISymbol symbol) => symbol switch
    {
        _ when IsVariable(symbol) => "local",
        IMethodSymbol => "method",
        IPropertySymbol => "property",
        IFieldSymbol => "field",
        IEventSymbol => "event",
        IParameterSymbol => "parameter",
        INamespaceSymbol => "namespace",
        IAliasSymbol { Target: INamespaceSymbol } => "namespace",
        _ => "type",
    };
}
