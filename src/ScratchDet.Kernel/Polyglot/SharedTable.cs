using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>C# values as SQL has them: one cell, or a table of columns and rows.</summary>
internal static class SharedTable
{
    /// <summary>The column of a sequence of plain values.</summary>
    private const string ValueColumn = "value";

    /// <summary>A value that fits one cell becomes what SQLite keeps of it: a whole number, a real one, text or bytes.</summary>
    public static bool TryCell(object? value, out object? cell)
    {
        cell = value switch
        {
            null => null,
            string or byte[] or long or double => value,
            bool flag => flag ? 1L : 0L,
            sbyte or byte or short or ushort or int or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            ulong number when number <= long.MaxValue => (long)number,
            float or Half or decimal => Convert.ToDouble(value is Half half ? (float)half : value, CultureInfo.InvariantCulture),
            DateTime date => date.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
            DateTimeOffset date => date.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture),
            TimeSpan span => span.TotalSeconds,
            ulong or char or Enum or Guid or DateOnly or TimeOnly or Uri or Version or Int128 or UInt128 => Convert.ToString(value, CultureInfo.InvariantCulture),
            _ => DBNull.Value,
        };
        return cell is not DBNull;
    }

    /// <param name="value">
    /// A sequence of records, tuples, dictionaries or plain values, or one record. Members that fit no cell become their
    /// text.
    /// </param>
    /// <exception cref="SubKernelException">Nothing in it can become a column.</exception>
    public static SqlTable Of(string name, object value)
    {
        if (value is SqlTable table) return table with { Columns = Distinct(table.Columns) };
        IEnumerable elements = value is IEnumerable sequence and not IDictionary<string, object?> ? sequence : new[] { value };
        var columns = new List<string>();
        var places = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var rows = new List<object?[]>();
        foreach (object? element in elements)
        {
            var row = new object?[columns.Count];
            foreach ((string column, object? content) in Members(element))
            {
                if (!places.TryGetValue(column, out int place))
                {
                    places.Add(column, place = columns.Count);
                    columns.Add(column);
                }
                if (place >= row.Length) Array.Resize(ref row, columns.Count);
                row[place] = TryCell(content, out object? cell) ? cell : Convert.ToString(content, CultureInfo.InvariantCulture);
            }
            rows.Add(row);
        }
        if (columns.Count == 0)
        {
            // Nothing to look at in an empty sequence but the type of what it would hold.
            columns.AddRange(ElementColumns(value.GetType()));
            if (columns.Count == 0)
                throw new SubKernelException($"'{name}' ({value.GetType().Name}) cannot become a table: share a sequence of records, tuples, dictionaries or plain values");
        }
        return new SqlTable(columns, [.. rows.Select(row => row.Length == columns.Count ? row : [.. row, .. new object?[columns.Count - row.Length]])]);
    }

    private static IEnumerable<(string Column, object? Content)> Members(object? element)
    {
        if (TryCell(element, out _)) return [(ValueColumn, element)];
        return element switch
        {
            ITuple tuple => Enumerable.Range(0, tuple.Length).Select(place => ($"item{place + 1}", tuple[place])),
            IEnumerable<KeyValuePair<string, object?>> pairs => pairs.Select(pair => (pair.Key, pair.Value)),
            IDictionary dictionary => dictionary.Keys.Cast<object>().Select(key => (Convert.ToString(key, CultureInfo.InvariantCulture) ?? "", dictionary[key])),
            _ => Properties(element!.GetType()).Select(property => (property.Name, property.GetValue(element))),
        };
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0);

    private static IEnumerable<string> ElementColumns(Type sequence)
    {
        Type? element = sequence.GetInterfaces().Append(sequence)
            .FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];
        if (element is null) return [];
        if (typeof(ITuple).IsAssignableFrom(element)) return Enumerable.Range(1, element.GetGenericArguments().Length).Select(place => $"item{place}");
        if (element.IsPrimitive || element.IsEnum || element == typeof(string) || element == typeof(decimal)) return [ValueColumn];
        return Properties(element).Select(property => property.Name);
    }

    private static List<string> Distinct(IReadOnlyList<string> columns)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var distinct = new List<string>(columns.Count);
        foreach (string column in columns)
        {
            string name = column;
            for (int count = 2; !seen.Add(name); count++) name = string.Create(CultureInfo.InvariantCulture, $"{column}_{count}");
            distinct.Add(name);
        }
        return distinct;
    }
}
