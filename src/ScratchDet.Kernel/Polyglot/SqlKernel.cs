using System.Globalization;
using Microsoft.Data.Sqlite;
using ScratchDet.Kernel.Session;
using SQLitePCL;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>
/// <c>#!sql [--name table] [--runs DIR]</c>: SQLite over the run store (see <see cref="RunTables"/>). The store is looked
/// at anew before each cell. A result with a name can be shared with C#; what C# shares with it becomes a table, or a
/// parameter <c>@name</c>.
/// </summary>
internal sealed class SqlKernel(string folder) : ISubKernel, IDisposable
{
    private const string NameOption = "--name";
    private const string RunsOption = "--runs";
    private const string StoreName = "runs";

    /// <summary>How often a statement looks whether it shall stop, in steps of SQLite's machine: a millisecond or so.</summary>
    private const int StepsBetweenLooks = 10_000;

    private readonly Lock gate = new();
    private readonly SortedDictionary<string, SqlTable> results = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, object?> parameters = new(StringComparer.OrdinalIgnoreCase);
    private RunDatabase? database;
    private string? chosenStore;

    public string Name => "sql";

    public IReadOnlyList<string> Aliases => [];

    public Task ExecuteAsync(string code, string options, ICellOutput output, Func<string> nextDisplayId, CancellationToken stop) =>
        Task.Run(() =>
        {
            ChooserOptions given = ChooserOptions.Parse(Name, options, NameOption, RunsOption);
            lock (gate) Execute(code, given, output, nextDisplayId, stop);
        }, CancellationToken.None);

    public object? GetValue(string name)
    {
        lock (gate)
        {
            return results.TryGetValue(name, out SqlTable? table)
                ? table
                : throw new SubKernelException($"no sql result is named '{name}'; {(results.Count == 0 ? $"name one by #!sql --name {name}" : $"there are {string.Join(", ", results.Keys)}")}");
        }
    }

    public void SetValue(string name, object? value)
    {
        if (RunTables.Names.Contains(name, StringComparer.OrdinalIgnoreCase))
            throw new SubKernelException($"'{name}' is a table of the run store; share it under another name (--as)");
        lock (gate)
        {
            bool isCell = SharedTable.TryCell(value, out object? cell);
            SqlTable? table = isCell ? null : SharedTable.Of(name, value!);
            RunDatabase opened = database ??= new RunDatabase();
            try
            {
                Change(opened.Connection, $"DROP TABLE IF EXISTS temp.{Quoted(name)}");
                parameters.Remove(name);
                if (table is null) parameters[name] = cell;
                else Create(opened.Connection, name, table);
            }
            catch (SqliteException wrong)
            {
                throw new SubKernelException($"'{name}' cannot be shared with sql: {SqlProblem.Explain(wrong, "", opened.Connection)}");
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            database?.Dispose();
            database = null;
        }
    }

    private void Execute(string code, ChooserOptions options, ICellOutput output, Func<string> nextDisplayId, CancellationToken stop)
    {
        (string store, bool isThere) = Store(options[RunsOption]);
        RunDatabase opened = database ??= new RunDatabase();
        try
        {
            opened.Refresh(store, stop);
        }
        catch (BadInputException damaged)
        {
            throw new SubKernelException(damaged.Message);
        }
        if (!isThere)
            output.Write(ConsoleStream.Error, $"There is no folder '{StoreName}' beside the notebook or above it, so the tables of runs are empty; #!sql {RunsOption} DIR names one.\n");

        sqlite3? handle = opened.Connection.Handle;
        raw.sqlite3_progress_handler(handle, StepsBetweenLooks, _ => stop.IsCancellationRequested ? 1 : 0, null);
        try
        {
            SqlTable? last = null;
            foreach (SqlTable table in Query(opened.Connection, code, stop))
            {
                output.Display(nextDisplayId(), table.ToMimeBundle());
                last = table;
            }
            if (options[NameOption] is { } name)
                results[name] = last ?? throw new SubKernelException($"#!sql {NameOption} {name}: no statement of the cell gives a table");
        }
        catch (SqliteException wrong) when (wrong.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException(stop);
        }
        catch (SqliteException wrong)
        {
            throw new SubKernelException(SqlProblem.Explain(wrong, code, opened.Connection));
        }
        catch (InvalidOperationException wrong)
        {
            // Microsoft.Data.Sqlite's way to say that a parameter has no value; its message names it.
            string known = parameters.Count == 0 ? "none is shared" : $"there are {string.Join(", ", parameters.Keys.Select(name => "@" + name))}";
            throw new SubKernelException($"{wrong.Message} Share a value with #!share --from csharp NAME; {known}.");
        }
        finally
        {
            raw.sqlite3_progress_handler(handle, 0, null, null);
        }
    }

    /// <summary>One table for each statement that gives columns.</summary>
    private IEnumerable<SqlTable> Query(SqliteConnection connection, string code, CancellationToken stop)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = code;
        command.CommandTimeout = 0;
        // Also where there are none: only then does a missing one get named.
        SqliteParameterCollection shared = command.Parameters;
        foreach ((string name, object? value) in parameters) shared.AddWithValue("@" + name, value ?? DBNull.Value);
        using SqliteDataReader reader = command.ExecuteReader();
        do
        {
            if (reader.FieldCount == 0) continue;
            string[] columns = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
            var rows = new List<object?[]>();
            while (reader.Read())
            {
                stop.ThrowIfCancellationRequested();
                var row = new object?[columns.Length];
                for (int column = 0; column < row.Length; column++)
                    row[column] = reader.GetValue(column) is var cell and not DBNull ? cell : null;
                rows.Add(row);
            }
            yield return new SqlTable(columns, rows);
        }
        while (reader.NextResult());
    }

    private (string Folder, bool IsThere) Store(string? given)
    {
        if (given is not null)
        {
            string path = Path.GetFullPath(given, folder);
            if (!Directory.Exists(path)) throw new SubKernelException($"#!sql {RunsOption} {given}: there is no such folder (relative ones start at the notebook's)");
            chosenStore = path;
        }
        if (chosenStore is not null) return (chosenStore, Directory.Exists(chosenStore));
        // As the command line does: ./runs of the checkout, in which notebooks lie a folder further down.
        for (string? place = folder; place is not null; place = Path.GetDirectoryName(place))
        {
            string found = Path.Combine(place, StoreName);
            if (Directory.Exists(found)) return (found, true);
            if (Path.Exists(Path.Combine(place, ".git"))) break;
        }
        return (Path.Combine(folder, StoreName), false);
    }

    private static void Create(SqliteConnection connection, string name, SqlTable table)
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: true);
        Change(connection, $"CREATE TEMP TABLE {Quoted(name)} ({string.Join(", ", table.Columns.Select(Quoted))})");
        using SqliteCommand insert = connection.CreateCommand();
        insert.CommandText = $"INSERT INTO temp.{Quoted(name)} VALUES ({string.Join(", ", table.Columns.Select((_, place) => string.Create(CultureInfo.InvariantCulture, $"@{place}")))})";
        SqliteParameter[] cells = [.. table.Columns.Select((_, place) => insert.Parameters.Add(string.Create(CultureInfo.InvariantCulture, $"@{place}"), SqliteType.Text))];
        foreach (object?[] row in table.Rows)
        {
            for (int column = 0; column < cells.Length; column++)
            {
                cells[column].ResetSqliteType();
                cells[column].Value = row[column] ?? DBNull.Value;
            }
            insert.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    private static void Change(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"")}\"";
}
