using System.Collections;
using System.Collections.Immutable;
using System.Globalization;

namespace ScratchDet.Experiments;

/// <summary>Reads one value from text by the type that its property has.</summary>
internal static class SpecParser
{
    private const NumberStyles IntegerStyle = NumberStyles.AllowLeadingSign;
    private const NumberStyles RealStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <exception cref="FormatException">Its message names what the type takes ("a whole number", "true or false").</exception>
    public static object Parse(Type type, string text)
    {
        if (type == typeof(string)) return text;
        if (type == typeof(bool)) return bool.TryParse(text, out bool flag) ? flag : throw new FormatException("true or false");
        if (type.IsEnum) return ParseEnum(type, text);
        if (type == typeof(int)) return Whole<int>(text);
        if (type == typeof(long)) return Whole<long>(text);
        if (type == typeof(ulong)) return Whole<ulong>(text);
        if (type == typeof(uint)) return Whole<uint>(text);
        if (type == typeof(byte)) return Whole<byte>(text);
        if (type == typeof(double)) return Finite(text);
        if (type == typeof(float)) return (float)Finite(text) is var single && float.IsFinite(single) ? single : throw new FormatException("a number that fits 32 bits");
        if (type == typeof(decimal))
            return decimal.TryParse(text, RealStyle, CultureInfo.InvariantCulture, out decimal exact) ? exact : throw new FormatException("a number");
        if (ElementType(type) is { } element) return ParseList(type, element, text);
        throw new FormatException($"a {type.Name}, which cannot be written as text");
    }

    private static object Whole<TInteger>(string text)
        where TInteger : System.Numerics.IBinaryInteger<TInteger>, System.Numerics.IMinMaxValue<TInteger> =>
        TInteger.TryParse(text, IntegerStyle, CultureInfo.InvariantCulture, out TInteger? value)
            ? value
            : throw new FormatException($"a whole number from {TInteger.MinValue} to {TInteger.MaxValue}");

    private static double Finite(string text) =>
        double.TryParse(text, RealStyle, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : throw new FormatException("a number");

    // Enum.Parse would take "3" and "A,B" too, which name nothing.
    private static object ParseEnum(Type type, string text)
    {
        foreach (string name in Enum.GetNames(type))
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase))
                return Enum.Parse(type, name);
        throw new FormatException($"one of {string.Join(", ", Enum.GetNames(type))}");
    }

    /// <summary>What a list holds; null for a type that is no list.</summary>
    public static Type? ElementType(Type type)
    {
        if (type == typeof(string)) return null;
        if (type.IsArray) return type.GetElementType();
        return type.GetInterfaces().Append(type)
            .FirstOrDefault(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            ?.GetGenericArguments()[0];
    }

    private static object ParseList(Type type, Type element, string text)
    {
        string inner = text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text;
        string[] parts = inner.Trim().Length == 0 ? [] : inner.Split(',', StringSplitOptions.TrimEntries);
        var items = Array.CreateInstance(element, parts.Length);
        for (int index = 0; index < parts.Length; index++)
        {
            try
            {
                items.SetValue(Parse(element, parts[index]), index);
            }
            catch (FormatException wrong)
            {
                throw new FormatException($"a list such as 1,2,3, each {wrong.Message}");
            }
        }
        if (type.IsAssignableFrom(items.GetType())) return items;
        Type list = typeof(List<>).MakeGenericType(element);
        if (type.IsAssignableFrom(list))
        {
            var filled = (IList)Activator.CreateInstance(list)!;
            foreach (object? item in items)
                filled.Add(item);
            return filled;
        }
        if (type == typeof(ImmutableArray<>).MakeGenericType(element))
        {
            return typeof(ImmutableArray).GetMethods()
                .First(method => method.Name == nameof(ImmutableArray.Create)
                    && method.GetParameters() is [{ ParameterType: { IsArray: true } }])
                .MakeGenericMethod(element).Invoke(null, [items])!;
        }
        throw new FormatException($"a {type.Name}, which cannot be written as text");
    }
}
