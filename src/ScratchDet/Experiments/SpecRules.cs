using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace ScratchDet.Experiments;

/// <summary>
/// The ranges that specifications declare: <see cref="RangeAttribute"/> and other validation attributes on properties
/// (on each item where the property is a list), and <see cref="IValidatableObject"/> for rules over several values.
/// </summary>
public static class SpecRules
{
    /// <exception cref="SpecException">A value is out of range; the message names every one, on one line.</exception>
    public static void Validate(object spec)
    {
        IReadOnlyList<string> problems = Problems(spec);
        if (problems.Count > 0)
            throw new SpecException(string.Join("; ", problems));
    }

    /// <summary>What is out of range, a line each, with the dotted path; empty for a sound specification.</summary>
    public static IReadOnlyList<string> Problems(object spec)
    {
        var problems = new List<string>();
        Check(spec, "", problems);
        return problems;
    }

    private static void Check(object record, string path, List<string> problems)
    {
        foreach (PropertyInfo property in SpecPaths.Properties(record.GetType()))
        {
            string propertyPath = SpecPaths.Join(path, property.Name);
            object? value = property.GetValue(record);
            if (Problem(property, value, propertyPath) is { } problem)
                problems.Add(problem);
            if (value is not null && SpecPaths.IsRecord(value.GetType()))
                Check(value, propertyPath, problems);
            else if (value is IEnumerable items and not string)
                CheckItems(items, propertyPath, problems);
        }
        if (record is not IValidatableObject rules) return;
        foreach (ValidationResult result in rules.Validate(new ValidationContext(record)))
            if (result != ValidationResult.Success)
                problems.Add(path.Length == 0 ? $"{result.ErrorMessage}" : $"{path}: {result.ErrorMessage}");
    }

    private static void CheckItems(IEnumerable items, string path, List<string> problems)
    {
        int number = 0;
        foreach (object? item in items)
        {
            number++;
            if (item is not null && SpecPaths.IsRecord(item.GetType())) Check(item, $"{path}[{number}]", problems);
        }
    }

    /// <summary>One line that says why the value does not fit its property; null when it does.</summary>
    internal static string? Problem(PropertyInfo property, object? value, string path)
    {
        foreach (ValidationAttribute rule in property.GetCustomAttributes<ValidationAttribute>())
        {
            if (rule is RangeAttribute range && value is IEnumerable and not string)
            {
                foreach (object? item in (IEnumerable)value)
                    if (!InRange(range, item))
                        return OutOfRange(range, item, $"an item of {path}");
            }
            else if (rule is RangeAttribute single)
            {
                if (!InRange(single, value))
                    return OutOfRange(single, value, path);
            }
            else if (!rule.IsValid(value))
            {
                return rule.FormatErrorMessage(path);
            }
        }
        return null;
    }

    // RangeAttribute itself would round a double to a whole number where the range is written in whole numbers, and
    // throw on a long beyond 32 bits; so the comparison is made in doubles.
    private static bool InRange(RangeAttribute range, object? value)
    {
        if (value is null) return true;
        if (value is not IConvertible || value is string || !IsNumber(range.Minimum) || !IsNumber(range.Maximum))
            return range.IsValid(value);
        double number = ToDouble(value);
        double minimum = ToDouble(range.Minimum);
        double maximum = ToDouble(range.Maximum);
        return (range.MinimumIsExclusive ? number > minimum : number >= minimum)
            && (IsOpen(range) ? number <= double.MaxValue : range.MaximumIsExclusive ? number < maximum : number <= maximum);
    }

    // The largest number as the maximum says that there is none, for a long property too.
    private static bool IsOpen(RangeAttribute range) => range.Maximum is int.MaxValue or double.MaxValue or double.PositiveInfinity;

    private static bool IsNumber(object bound) => bound is int or double;

    private static double ToDouble(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private static string OutOfRange(RangeAttribute range, object? value, string path)
    {
        string from = range.MinimumIsExclusive ? $"above {SpecText.Format(range.Minimum)}" : $"at least {SpecText.Format(range.Minimum)}";
        string to = range.MaximumIsExclusive ? $"below {SpecText.Format(range.Maximum)}" : $"at most {SpecText.Format(range.Maximum)}";
        return $"{path} is {SpecText.Format(value)}; it must be {from}{(IsOpen(range) ? "" : $" and {to}")}";
    }
}
