using System.Globalization;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>The result of a <c>#!sql</c> cell; also what C# gets of it by <c>#!share --from sql</c>.</summary>
/// <param name="Columns">Names as the query gave them; a join may give one twice.</param>
/// <param name="Rows">Cells are <see cref="long"/>, <see cref="double"/>, <see cref="string"/>, <see cref="byte"/>[] or null.</param>
public sealed record SqlTable(IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Rows) : IDisplayable
{
    /// <summary>Of a longer table only so many rows are shown; all of them are there.</summary>
    public const int MostRowsShown = 1_000;

    private const int MostLettersShown = 300;
    private const string Null = "–";

    /// <summary>The cells of a column, by its name in whatever case.</summary>
    /// <exception cref="ArgumentException">There is no such column; the message lists those that are there.</exception>
    public IReadOnlyList<object?> this[string column]
    {
        get
        {
            int place = PlaceOf(column);
            return [.. Rows.Select(row => row[place])];
        }
    }

    /// <summary>The cells of a column as numbers, texts, flags (0 is false) or dates; of a nullable type where NULL occurs.</summary>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    /// <exception cref="InvalidCastException">A cell is no <typeparamref name="T"/>; the message names its row.</exception>
    public IReadOnlyList<T?> Column<T>(string name)
    {
        int place = PlaceOf(name);
        var cells = new T?[Rows.Count];
        for (int row = 0; row < cells.Length; row++)
            cells[row] = Converted<T>(Rows[row][place], name, row);
        return cells;
    }

    public MimeBundle ToMimeBundle()
    {
        string count = Rows.Count == 1 ? "1 row" : string.Create(CultureInfo.InvariantCulture, $"{Rows.Count} rows");
        return new TextTable(Columns, [.. Rows.Take(MostRowsShown).Select(row => (IReadOnlyList<string>)[.. row.Select(Shown)])])
        {
            Caption = Rows.Count > MostRowsShown ? string.Create(CultureInfo.InvariantCulture, $"{count}; the first {MostRowsShown} are shown") : count,
            MostRowsShown = MostRowsShown,
        }.ToMimeBundle();
    }

    private int PlaceOf(string column)
    {
        for (int place = 0; place < Columns.Count; place++)
            if (string.Equals(Columns[place], column, StringComparison.OrdinalIgnoreCase))
                return place;
        throw new ArgumentException($"no column '{column}'; there are {string.Join(", ", Columns)}", nameof(column));
    }

    private static T? Converted<T>(object? cell, string column, int row)
    {
        if (cell is T same) return same;
        Type type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        if (cell is null && default(T) is null) return default;
        try
        {
            return cell switch
            {
                null => throw new InvalidCastException($"NULL; ask for Column<{type.Name}?>"),
                string text when type == typeof(DateTimeOffset) => (T)(object)DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                string text when type.IsEnum => (T)Enum.Parse(type, text, ignoreCase: true),
                _ => (T)Convert.ChangeType(cell, type, CultureInfo.InvariantCulture),
            };
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException or InvalidCastException or ArgumentException)
        {
            throw new InvalidCastException($"column '{column}', row {row}: {(cell is null ? "" : $"'{Shown(cell)}' is no {type.Name}: ")}{wrong.Message}", wrong);
        }
    }

    /// <summary>Numbers to six digits: what is exact is in <see cref="Rows"/>.</summary>
    private static string Shown(object? cell) => cell switch
    {
        null => Null,
        double number => number.ToString("G6", CultureInfo.InvariantCulture),
        byte[] bytes => $"{bytes.Length} bytes",
        string { Length: > MostLettersShown } text => text[..MostLettersShown] + "…",
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture) ?? "",
    };
}
