using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>What SQLite says of a wrong statement, and what its author can do.</summary>
internal static partial class SqlProblem
{
    public static string Explain(SqliteException wrong, string code, SqliteConnection connection)
    {
        // "SQLite Error 1: 'no such table: run'."
        string message = Quotation().Match(wrong.Message) is { Success: true } quoted ? quoted.Groups["text"].Value : wrong.Message;
        if (wrong.SqliteErrorCode == raw.SQLITE_READONLY)
            return $"{message}: the run store is not changed by cells; use CREATE TEMP TABLE or CREATE TEMP VIEW for your own";
        if (message.StartsWith("no such table", StringComparison.Ordinal))
            return $"{message}; there are {string.Join(", ", Tables(connection))}";
        if (message.StartsWith("no such column", StringComparison.Ordinal))
        {
            List<string> all = Tables(connection);
            string[] named = [.. all.Where(table => Regex.IsMatch(code, $@"\b{Regex.Escape(table)}\b", RegexOptions.IgnoreCase))];
            return $"{message}; {string.Join("; ", (named.Length == 0 ? [.. all] : named).Select(table => $"{table} has {string.Join(", ", Columns(connection, table))}"))}";
        }
        return message;
    }

    private static List<string> Tables(SqliteConnection connection) =>
        Texts(connection, "SELECT name FROM main.sqlite_schema WHERE type = 'table' UNION ALL SELECT name FROM temp.sqlite_schema WHERE type IN ('table', 'view')", null);

    private static List<string> Columns(SqliteConnection connection, string table) =>
        Texts(connection, "SELECT name FROM pragma_table_info(@table)", table);

    private static List<string> Texts(SqliteConnection connection, string sql, string? table)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        if (table is not null) command.Parameters.AddWithValue("@table", table);
        using SqliteDataReader reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read()) texts.Add(reader.GetString(0));
        return texts;
    }

    [GeneratedRegex("^SQLite Error [0-9]+: '(?<text>.*)'\\.$", RegexOptions.Singleline)]
    private static partial Regex Quotation();
}
