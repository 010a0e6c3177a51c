using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ScratchDet.Kernel.Documents;

namespace ScratchDet.Kernel.Running;

/// <summary>A parameter that cannot be set in this notebook; the message says what can.</summary>
public sealed class ParameterException(string message) : Exception(message);

/// <summary>
/// Sets parameters of a notebook the way papermill does: the first cell tagged `parameters` declares them with their
/// defaults, and a cell that assigns the given values is put in after it.
/// </summary>
public static partial class RunParameters
{
    private const string InjectedId = "injected-parameters";
    private const string Supported = "a number, bool, string, char or enum";

    /// <summary>The notebook with the values set; a cell that an earlier run put in is replaced.</summary>
    /// <param name="file">For messages.</param>
    /// <exception cref="ParameterException">No such parameter, or a value that does not fit its type.</exception>
    public static NotebookDocument Inject(NotebookDocument document, string file, IReadOnlyList<KeyValuePair<string, string>> values)
    {
        if (values.Count == 0) return document;
        List<NotebookCell> cells = [.. document.Cells.Where(cell => !cell.HasTag(CellTags.InjectedParameters))];
        int place = cells.FindIndex(cell => cell.HasTag(CellTags.Parameters));
        if (place < 0)
            throw new ParameterException($"{file} has no cell tagged {CellTags.Parameters}, so --param can set nothing there");
        IReadOnlyDictionary<string, string?> declared = Declared(cells[place].Source);
        var source = new StringBuilder("// Parameters");
        foreach ((string name, string value) in values)
        {
            if (!declared.TryGetValue(name, out string? type))
                throw new ParameterException($"{file} has no parameter '{name}'; it has {(declared.Count == 0 ? "none" : string.Join(", ", declared.Keys))}");
            if (type is null)
                throw new ParameterException($"--param {name}: its default in {file} is not {Supported}");
            source.Append('\n').Append(name).Append(" = ").Append(Literal(name, type, value)).Append(';');
        }
        var injected = new NotebookCell(InjectedId, CellKind.Code, CellLanguages.CSharp, source.ToString()) { Tags = [CellTags.InjectedParameters] };
        cells.Insert(place + 1, injected);
        return document with { Cells = cells };
    }

    /// <summary>Names that a cell assigns at its top level, each with its type as written or as its default shows; null for other types.</summary>
    internal static IReadOnlyDictionary<string, string?> Declared(string source)
    {
        // Magics and #r are no C#; the lines stay, empty.
        SyntaxTree tree = CSharpSyntaxTree.ParseText(DirectiveLine().Replace(source, ""), new CSharpParseOptions(kind: SourceCodeKind.Script));
        var declared = new OrderedDictionary<string, string?>();
        foreach (MemberDeclarationSyntax member in tree.GetCompilationUnitRoot().Members)
        {
            if (member is FieldDeclarationSyntax field)
            {
                bool isConstant = field.Modifiers.Any(SyntaxKind.ConstKeyword);
                foreach (VariableDeclaratorSyntax variable in field.Declaration.Variables)
                    declared[variable.Identifier.Text] = isConstant ? null : TypeOf(field.Declaration.Type, variable.Initializer?.Value);
            }
            else if (member is GlobalStatementSyntax { Statement: ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax name } assignment } })
            {
                declared[name.Identifier.Text] = TypeOf(assignment.Right);
            }
        }
        return declared;
    }

    private static string? TypeOf(TypeSyntax type, ExpressionSyntax? initializer)
    {
        if (type.IsVar) return initializer is null ? null : TypeOf(initializer);
        return type is PredefinedTypeSyntax or NameSyntax and not GenericNameSyntax or NullableTypeSyntax ? type.ToString() : null;
    }

    private static string? TypeOf(ExpressionSyntax value) => value switch
    {
        LiteralExpressionSyntax { Token.Value: { } literal } => literal switch
        {
            int => "int",
            uint => "uint",
            long => "long",
            ulong => "ulong",
            float => "float",
            double => "double",
            decimal => "decimal",
            bool => "bool",
            char => "char",
            string => "string",
            _ => null,
        },
        PrefixUnaryExpressionSyntax unary when unary.Kind() is SyntaxKind.UnaryMinusExpression or SyntaxKind.UnaryPlusExpression => TypeOf(unary.Operand),
        CastExpressionSyntax cast => cast.Type.ToString(),
        MemberAccessExpressionSyntax { Expression: NameSyntax enumeration } => enumeration.ToString(),
        _ => null,
    };

    /// <summary>A value from the command line as C# of the type.</summary>
    /// <exception cref="ParameterException">It is none.</exception>
    internal static string Literal(string name, string type, string value)
    {
        if (type.EndsWith('?'))
        {
            if (value == "null") return value;
            type = type[..^1];
        }
        return type switch
        {
            "int" => Whole<int>(""),
            "uint" => Whole<uint>("u"),
            "long" => Whole<long>("L"),
            "ulong" => Whole<ulong>("ul"),
            "short" => Whole<short>(""),
            "ushort" => Whole<ushort>(""),
            "byte" => Whole<byte>(""),
            "sbyte" => Whole<sbyte>(""),
            "double" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                ? SpecialOf("double", number) ?? number.ToString("R", CultureInfo.InvariantCulture) + (number == Math.Truncate(number) && Math.Abs(number) < 1e15 ? ".0" : "")
                : throw Wrong("a number"),
            "float" => float.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out float number)
                ? SpecialOf("float", number) ?? number.ToString("R", CultureInfo.InvariantCulture) + "f"
                : throw Wrong("a number"),
            "decimal" => decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
                ? number.ToString(CultureInfo.InvariantCulture) + "m"
                : throw Wrong("a number"),
            "bool" => bool.TryParse(value, out bool flag) ? (flag ? "true" : "false") : throw Wrong("true or false"),
            "string" => SymbolDisplay.FormatLiteral(value, quote: true),
            "char" => value.Length == 1 ? SymbolDisplay.FormatLiteral(value[0], quote: true) : throw Wrong("one character"),
            _ => EnumMember(),
        };

        string Whole<T>(string suffix) where T : System.Numerics.INumber<T> =>
            T.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out T? number)
                ? number.ToString(null, CultureInfo.InvariantCulture) + suffix
                : throw Wrong($"a whole number ({type})");

        // Members begin with a capital; people write them small, as they do for --scale.
        string EnumMember()
        {
            string member = value.StartsWith(type + ".", StringComparison.Ordinal) ? value[(type.Length + 1)..] : value;
            if (!SyntaxFacts.IsValidIdentifier(member)) throw Wrong($"a value of {type}");
            return $"{type}.{char.ToUpperInvariant(member[0])}{member[1..]}";
        }

        ParameterException Wrong(string wanted) => new($"--param {name}: '{value}' is not {wanted}");
    }

    private static string? SpecialOf(string type, double number) => number switch
    {
        double.NaN => $"{type}.NaN",
        double.PositiveInfinity => $"{type}.PositiveInfinity",
        double.NegativeInfinity => $"{type}.NegativeInfinity",
        _ => null,
    };

    [GeneratedRegex(@"^\s*#.*$", RegexOptions.Multiline)]
    private static partial Regex DirectiveLine();
}
