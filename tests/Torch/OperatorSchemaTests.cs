using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ScratchDet.Torch.Interop;
using TorchSharp;

namespace ScratchDet.Tests.Torch;

/// <summary>Holds the operators that the engine calls to those of the libtorch at hand, and every call of every test to its schema.</summary>
public partial class OperatorSchemaTests
{
    [ModuleInitializer]
    internal static void CheckEveryCall()
    {
        try
        {
            TorchLibraries.Load();
        }
        catch (DllNotFoundException)
        {
            // Without the native bridge, the tests that need it fail with its message; the others can run.
            return;
        }
        Bridge.sd_check_calls(1);
    }

    [Fact]
    public void Every_operator_is_in_the_loaded_libtorch_with_the_arguments_we_give_it()
    {
        Operator[] operators = [.. typeof(Operators).GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(field => field.FieldType == typeof(Operator)).Select(field => (Operator)field.GetValue(null)!)];
        Assert.True(operators.Length > 200, $"only {operators.Length} operators were found: the test looks in the wrong place");
        string[] problems = [.. operators.Where(IsExpected).Select(Compare).OfType<string>()];
        Assert.True(problems.Length == 0, string.Join('\n', problems));
    }

    [Fact]
    public void The_comparison_sees_a_wrong_name_type_and_return()
    {
        const string loaded = "aten::f.x(Tensor(a!) self, SymInt[2] size, *, float eps=1e-05, str mode=\"a,b\") -> (Tensor values, Tensor(a!) rest)";
        Assert.Null(Difference("aten::f.x(Tensor self, int[2] size, *, float eps=1.0000000000000001e-05) -> (Tensor, Tensor)", loaded));
        Assert.Contains("argument 2", Difference("aten::f.x(Tensor self, int[2] sizes) -> (Tensor, Tensor)", loaded), StringComparison.Ordinal);
        Assert.Contains("argument 2", Difference("aten::f.x(Tensor self, int size) -> (Tensor, Tensor)", loaded), StringComparison.Ordinal);
        Assert.Contains("returns", Difference("aten::f.x(Tensor self, int[2] size) -> Tensor", loaded), StringComparison.Ordinal);
        Assert.Contains("no default", Difference("aten::f.x(Tensor self) -> (Tensor, Tensor)", loaded), StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_that_breaks_the_schema_is_refused()
    {
        using torch.Tensor one = torch.ones(2);
        Assert.Throws<ExternalException>(() => Operators.reshape.Call(one, one));
        Assert.Throws<ExternalException>(() => Operators.reshape.Call(one));
    }

    /// <summary>torchvision's operators may be missing where torchvision is; those of libtorch may not.</summary>
    private static bool IsExpected(Operator op) => op.Schema switch
    {
        string schema when schema.StartsWith("torchvision::", StringComparison.Ordinal) => TorchLibraries.Description?.Torchvision.Ops is not null,
        string schema when schema.StartsWith("image::", StringComparison.Ordinal) => TorchLibraries.Description?.Torchvision.Image is not null,
        _ => true,
    };

    private static string? Compare(Operator op)
    {
        try
        {
            return Difference(op.Schema, op.LoadedSchema);
        }
        catch (ExternalException error)
        {
            return $"{op.Schema}: {error.Message}";
        }
    }

    private static string? Difference(string declared, string loaded)
    {
        (Parameter[] given, string[] givenReturns) = Parse(declared);
        (Parameter[] taken, string[] takenReturns) = Parse(loaded);
        string both = $"\n  ours   {declared}\n  loaded {loaded}";
        if (given.Length > taken.Length) return $"{given.Length} arguments, {taken.Length} in the loaded one{both}";
        for (int i = 0; i < taken.Length; i++)
        {
            if (i < given.Length && (given[i].Type, given[i].Name) != (taken[i].Type, taken[i].Name)) return $"argument {i + 1} differs{both}";
            if (i >= given.Length && !taken[i].HasDefault) return $"'{taken[i].Name}' has no default{both}";
        }
        return givenReturns.SequenceEqual(takenReturns) ? null : $"returns differ{both}";
    }

    private static (Parameter[] Parameters, string[] Returns) Parse(string schema)
    {
        string plain = AliasAnnotation().Replace(schema, "").Replace("SymInt", "int", StringComparison.Ordinal);
        int open = plain.IndexOf('(', StringComparison.Ordinal);
        int arrow = plain.LastIndexOf("->", StringComparison.Ordinal);
        string arguments = plain[(open + 1)..plain.LastIndexOf(')', arrow)];
        string returns = plain[(arrow + 2)..].Trim();
        if (returns.StartsWith('(')) returns = returns[1..^1];
        return ([.. Parts(arguments).Where(part => part != "*").Select(ToParameter)], [.. Parts(returns).Select(part => part.Split(' ')[0])]);
    }

    private static Parameter ToParameter(string part)
    {
        string[] sides = part.Split('=', 2);
        int space = sides[0].LastIndexOf(' ');
        return new Parameter(sides[0][..space], sides[0][(space + 1)..], sides.Length > 1);
    }

    /// <summary>Splits at the commas that are in no bracket and in no quotes.</summary>
    private static IEnumerable<string> Parts(string list)
    {
        int depth = 0;
        bool quoted = false;
        int start = 0;
        for (int i = 0; i <= list.Length; i++)
        {
            char c = i < list.Length ? list[i] : ',';
            if (c == '"') quoted = !quoted;
            if (c is '[' or '(') depth++;
            if (c is ']' or ')') depth--;
            if (i < list.Length && (c != ',' || depth > 0 || quoted)) continue;
            if (i > start) yield return list[start..i].Trim();
            start = i + 1;
        }
    }

    /// <summary>(a), (a!), (a -> *): which argument a result shares memory with.</summary>
    [GeneratedRegex(@"(?<=\w)\([a-z]!?(\s*->\s*\*)?\)")]
    private static partial Regex AliasAnnotation();

    private sealed record Parameter(string Type, string Name, bool HasDefault);
}
