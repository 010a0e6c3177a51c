using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ScratchDet.Kernel.Language;

/// <summary>Finds what may stand in the place of one name.</summary>
internal sealed class CompletionScope(SemanticModel model, SimpleNameSyntax name, CompletionCandidates candidates)
{
    private static readonly string[] Keywords =
    [
        "abstract", "as", "async", "await", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue",
        "decimal", "default", "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float",
        "for", "foreach", "goto", "if", "implicit", "in", "init", "int", "interface", "internal", "is", "lock", "long", "nameof", "new", "not",
        "null", "object", "operator", "or", "out", "override", "params", "partial", "private", "protected", "public", "readonly", "record",
        "ref", "required", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this",
        "throw", "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "var", "virtual", "void", "when", "where",
        "while", "with", "yield",
    ];

    private readonly int position = name.SpanStart;

    public void Collect()
    {
        if (name.FirstAncestorOrSelf<UsingDirectiveSyntax>() is { } directive) CollectNamespaces(directive);
        else if (name.Parent is AliasQualifiedNameSyntax alias && alias.Name == name) CollectMembers(alias.Alias);
        else if (CodeAtCursor.LeftOf(name) is { } left) CollectMembers(left);
        else if (InitializedType() is { } initialized) CollectInitializable(initialized.Type, initialized.Initializer);
        else CollectNames();
    }

    private void CollectNamespaces(UsingDirectiveSyntax directive)
    {
        bool takesTypes = directive.StaticKeyword.IsKind(SyntaxKind.StaticKeyword) || directive.Alias is not null;
        ExpressionSyntax? left = CodeAtCursor.LeftOf(name);
        INamespaceOrTypeSymbol? container = left is null ? null : model.GetSymbolInfo(left).Symbol as INamespaceOrTypeSymbol;
        if (left is not null && container is null) return;
        foreach (ISymbol symbol in model.LookupNamespacesAndTypes(position, container))
        {
            if (symbol is INamespaceSymbol) candidates.Add(symbol, CompletionRank.Namespace);
            else if (takesTypes) candidates.Add(symbol, CompletionRank.Type);
        }
        if (left is null) candidates.Add("static", "keyword", null, CompletionRank.Keyword);
    }

    private void CollectMembers(ExpressionSyntax left)
    {
        ISymbol? symbol = model.GetSymbolInfo(left).Symbol;
        ITypeSymbol? type = model.GetTypeInfo(left).Type;
        if (symbol is null && type is null or IErrorTypeSymbol)
        {
            // Parsed as a type, "boxes.Co x", but meant as an expression.
            ExpressionSyntax expression = SyntaxFactory.ParseExpression(left.ToString());
            symbol = model.GetSpeculativeSymbolInfo(position, expression, SpeculativeBindingOption.BindAsExpression).Symbol;
            type = model.GetSpeculativeTypeInfo(position, expression, SpeculativeBindingOption.BindAsExpression).Type;
        }
        if (symbol is IAliasSymbol alias) symbol = alias.Target;
        if (symbol is INamespaceSymbol space)
        {
            foreach (ISymbol inside in model.LookupNamespacesAndTypes(position, space)) AddNamed(inside);
            return;
        }
        bool isType = symbol is ITypeSymbol;
        // "Scale.": a property of that name and type may be meant as well as the type.
        bool isBoth = !isType && symbol is not null && type is not null && symbol.Name == type.Name && left is IdentifierNameSyntax;
        if (isType) type = (ITypeSymbol)symbol!;
        if (type is null or IErrorTypeSymbol || symbol is IMethodSymbol { MethodKind: not MethodKind.Constructor } && left is not InvocationExpressionSyntax) return;
        if (name.Parent is MemberBindingExpressionSyntax && type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        foreach (ISymbol member in model.LookupSymbols(position, type, includeReducedExtensionMethods: !isType || isBoth))
        {
            bool isStatic = member.IsStatic || member is ITypeSymbol;
            if (!isBoth && isStatic != isType) continue;
            // Of an enumeration its values, not Parse and the like, which stand at Enum.
            if (isType && type.TypeKind == TypeKind.Enum && member is not IFieldSymbol) continue;
            candidates.Add(member, member switch
            {
                ITypeSymbol => CompletionRank.Type,
                IMethodSymbol { MethodKind: MethodKind.ReducedExtension } => CompletionRank.Extension,
                _ when member.ContainingType?.SpecialType is SpecialType.System_Object or SpecialType.System_ValueType => CompletionRank.OfObject,
                _ when IsOfObject(member) => CompletionRank.OfObject,
                _ => CompletionRank.Member,
            });
        }
    }

    /// <summary>Overrides of what every object has stand where that does: last.</summary>
    private static bool IsOfObject(ISymbol member) => member is IMethodSymbol { Name: "Equals" or "GetHashCode" or "ToString" or "GetType" };

    /// <summary>For a name within the braces of <c>new T { }</c> or <c>with { }</c>, where a property is to be named.</summary>
    private (ITypeSymbol Type, InitializerExpressionSyntax Initializer)? InitializedType()
    {
        InitializerExpressionSyntax? initializer = name.Parent switch
        {
            InitializerExpressionSyntax direct => direct,
            AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax assigned } assignment when assignment.Left == name => assigned,
            _ => null,
        };
        if (initializer is null || initializer.IsKind(SyntaxKind.ArrayInitializerExpression)) return null;
        ITypeSymbol? type = initializer.Parent switch
        {
            BaseObjectCreationExpressionSyntax creation => TypeOf(creation),
            WithExpressionSyntax with => TypeOf(with.Expression),
            AssignmentExpressionSyntax nested => TypeOf(nested.Left),
            _ => null,
        };
        // With one name and no "=" yet, the braces look like those of a collection.
        bool isCollection = initializer.IsKind(SyntaxKind.CollectionInitializerExpression)
            && type is not null && type.AllInterfaces.Any(one => one.SpecialType == SpecialType.System_Collections_IEnumerable);
        return type is null || isCollection ? null : (type, initializer);
    }

    private void CollectInitializable(ITypeSymbol type, InitializerExpressionSyntax initializer)
    {
        var given = initializer.Expressions.OfType<AssignmentExpressionSyntax>().Select(assignment => assignment.Left).Where(left => left != name)
            .Select(left => left.ToString()).ToHashSet(StringComparer.Ordinal);
        foreach (ISymbol member in model.LookupSymbols(position, type))
        {
            bool isSettable = member switch
            {
                IPropertySymbol { IsIndexer: false, IsStatic: false, SetMethod: { } set } => model.IsAccessible(position, set),
                IFieldSymbol { IsReadOnly: false, IsConst: false, IsStatic: false } => true,
                _ => false,
            };
            if (isSettable && !given.Contains(member.Name)) candidates.Add(member, CompletionRank.Wanted);
        }
    }

    private void CollectNames()
    {
        bool isCreated = name.Parent is ObjectCreationExpressionSyntax creation && creation.Type == name;
        if (isCreated)
        {
            if (model.GetTypeInfo((ExpressionSyntax)name.Parent!).ConvertedType is { TypeKind: not TypeKind.Error } expected && IsCreatable(expected))
                candidates.Add(expected.ToMinimalDisplayString(model, position), "type", SymbolText.Signature(expected), CompletionRank.Wanted);
        }
        else
        {
            if (name.Parent is ArgumentSyntax { NameColon: null, Parent: BaseArgumentListSyntax arguments }) CollectArgumentNames(arguments);
            foreach (ITypeSymbol wanted in ExpectedTypes()) CollectValues(wanted);
            foreach (string keyword in Keywords) candidates.Add(keyword, "keyword", null, CompletionRank.Keyword);
        }
        foreach (ISymbol symbol in model.LookupSymbols(position))
        {
            // Nobody wants to see every type there is; but after "new" and for own types it is no crowd, or asked for.
            if (candidates.IsUntyped && !isCreated && IsFromAfar(symbol)) continue;
            if (isCreated && !(symbol is INamespaceSymbol || (symbol is ITypeSymbol type && IsCreatable(type)))) continue;
            if (!IsDeclaredLater(symbol)) AddNamed(symbol);
        }
    }

    private void CollectArgumentNames(BaseArgumentListSyntax arguments)
    {
        var given = arguments.Arguments.Select(argument => argument.NameColon?.Name.Identifier.ValueText).OfType<string>().ToHashSet(StringComparer.Ordinal);
        int place = arguments.Arguments.IndexOf((ArgumentSyntax)name.Parent!);
        foreach (IMethodSymbol method in new CodeAtCursor(model, name.SyntaxTree.GetRoot()).Callees(arguments))
        {
            foreach (IParameterSymbol parameter in method.Parameters)
            {
                bool isGivenByPlace = parameter.Ordinal < place && arguments.Arguments[parameter.Ordinal].NameColon is null;
                if (!isGivenByPlace && !given.Contains(parameter.Name))
                    candidates.Add(parameter.Name + ":", "parameter", SymbolText.Signature(parameter), CompletionRank.Argument);
            }
        }
    }

    /// <summary>Of the value that is to stand here, as far as the place tells.</summary>
    private IEnumerable<ITypeSymbol> ExpectedTypes()
    {
        switch (name.Parent)
        {
            case ArgumentSyntax { Parent: BaseArgumentListSyntax arguments } argument:
                int place = arguments.Arguments.IndexOf(argument);
                string? given = argument.NameColon?.Name.Identifier.ValueText;
                return new CodeAtCursor(model, name.SyntaxTree.GetRoot()).Callees(arguments)
                    .Select(method => given is not null ? method.Parameters.FirstOrDefault(parameter => parameter.Name == given) : place < method.Parameters.Length ? method.Parameters[place] : null)
                    .OfType<IParameterSymbol>().Select(parameter => parameter.Type)
                    .Distinct<ITypeSymbol>(SymbolEqualityComparer.Default);
            case BinaryExpressionSyntax binary when binary.IsKind(SyntaxKind.EqualsExpression) || binary.IsKind(SyntaxKind.NotEqualsExpression):
                return TypeOf(binary.Left == name ? binary.Right : binary.Left) is { } compared ? [compared] : [];
            case BinaryExpressionSyntax matching when matching.IsKind(SyntaxKind.IsExpression) && matching.Right == name:
                return TypeOf(matching.Left) is { } tested ? [tested] : [];
            case AssignmentExpressionSyntax assignment when assignment.Right == name:
                return TypeOf(assignment.Left) is { } assigned ? [assigned] : [];
            case ConstantPatternSyntax { Parent: IsPatternExpressionSyntax matched }:
                return TypeOf(matched.Expression) is { } of ? [of] : [];
            case ConstantPatternSyntax { Parent: SwitchExpressionArmSyntax { Parent: SwitchExpressionSyntax chosen } }:
                return TypeOf(chosen.GoverningExpression) is { } governing ? [governing] : [];
            case CaseSwitchLabelSyntax { Parent.Parent: SwitchStatementSyntax chosen }:
                return TypeOf(chosen.Expression) is { } governed ? [governed] : [];
            case EqualsValueClauseSyntax or ReturnStatementSyntax or ArrowExpressionClauseSyntax:
                return model.GetTypeInfo(name).ConvertedType is { } converted ? [converted] : [];
            default:
                return [];
        }
    }

    private void CollectValues(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable) type = nullable.TypeArguments[0];
        if (type.TypeKind != TypeKind.Enum) return;
        string prefix = type.ToMinimalDisplayString(model, position);
        foreach (IFieldSymbol value in type.GetMembers().OfType<IFieldSymbol>().Where(field => field.IsConst))
            candidates.Add($"{prefix}.{value.Name}", "field", SymbolText.Signature(value), CompletionRank.Wanted, value.Name);
    }

    private void AddNamed(ISymbol symbol) => candidates.Add(symbol, symbol switch
    {
        INamespaceSymbol => CompletionRank.Namespace,
        ITypeSymbol or IAliasSymbol => CompletionRank.Type,
        IParameterSymbol or IRangeVariableSymbol => CompletionRank.Variable,
        _ when SymbolText.IsVariable(symbol) => CompletionRank.Variable,
        _ when symbol.ContainingType is { IsScriptClass: true } || symbol is IMethodSymbol { MethodKind: MethodKind.LocalFunction } => CompletionRank.Own,
        _ when symbol.ContainingType?.SpecialType is SpecialType.System_Object => CompletionRank.OfObject,
        _ => CompletionRank.Member,
    });

    private static bool IsFromAfar(ISymbol symbol) =>
        symbol is INamespaceSymbol || (symbol is ITypeSymbol or IAliasSymbol && symbol.Locations.All(place => !place.IsInSource))
        || (symbol is IMethodSymbol or IPropertySymbol or IFieldSymbol && symbol.ContainingAssembly is not null && symbol.Locations.All(place => !place.IsInSource));

    private bool IsDeclaredLater(ISymbol symbol) =>
        SymbolText.IsVariable(symbol) && symbol.Locations is [{ IsInSource: true } place] && place.SourceTree == name.SyntaxTree && place.SourceSpan.Start > position;

    private static bool IsCreatable(ITypeSymbol type) => type.TypeKind switch
    {
        TypeKind.Class => !type.IsStatic && !type.IsAbstract,
        TypeKind.Struct or TypeKind.Delegate or TypeKind.TypeParameter => true,
        _ => false,
    };

    private ITypeSymbol? TypeOf(ExpressionSyntax expression) => new CodeAtCursor(model, name.SyntaxTree.GetRoot()).TypeOf(expression);
}
