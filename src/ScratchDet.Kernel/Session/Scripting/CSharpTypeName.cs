namespace ScratchDet.Kernel.Session;

/// <summary>Types as C# writes them.</summary>
internal static class CSharpTypeName
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(char)] = "char",
        [typeof(decimal)] = "decimal",
        [typeof(double)] = "double",
        [typeof(float)] = "float",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
    };

    /// <summary>For readers: without namespaces.</summary>
    public static string Short(Type type) => Write(type, named => named.Name);

    /// <summary>For code: with everything that it needs; null when code cannot name the type.</summary>
    public static string? Qualified(Type type) => CanBeNamed(type) ? Write(type, Full) : null;

    /// <summary>The class that holds the code of a cell.</summary>
    public static bool IsSubmission(Type type) => type.Name.StartsWith("Submission#", StringComparison.Ordinal);

    /// <summary>A type that a cell declares.</summary>
    public static bool IsOfCell(Type type) => type.DeclaringType is { } outer && IsSubmission(outer);

    private static string Full(Type type)
    {
        // A type that a cell declares is nested in its submission; there its own name is enough.
        if (IsOfCell(type)) return type.Name;
        if (type.IsNested) return $"{Write(type.DeclaringType!, Full)}.{type.Name}";
        return string.IsNullOrEmpty(type.Namespace) ? $"global::{type.Name}" : $"global::{type.Namespace}.{type.Name}";
    }

    private static bool CanBeNamed(Type type)
    {
        if (type.HasElementType) return !type.IsByRef && !type.IsPointer && CanBeNamed(type.GetElementType()!);
        bool isOfCell = IsOfCell(type);
        // Names within a generic type would need its arguments in the middle; nothing that notebooks share is of that kind.
        if (type.IsNested && !isOfCell && type.DeclaringType!.IsGenericType) return false;
        return (type.IsVisible || isOfCell) && !type.Name.Contains('<') && type.GetGenericArguments().All(CanBeNamed);
    }

    private static string Write(Type type, Func<Type, string> name)
    {
        if (Keywords.TryGetValue(type, out string? keyword)) return keyword;
        if (type.IsArray) return $"{Write(type.GetElementType()!, name)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Write(underlying, name) + "?";
        string text = name(type);
        int arity = text.LastIndexOf('`');
        if (arity < 0) return text;
        return $"{text[..arity]}<{string.Join(", ", type.GetGenericArguments().Select(argument => Write(argument, name)))}>";
    }
}
