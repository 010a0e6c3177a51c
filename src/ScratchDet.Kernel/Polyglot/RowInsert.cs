using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>
/// Inserts rows by a prepared statement of SQLite itself: a store has hundreds of thousands of steps, and the commands
/// and parameters of ADO.NET take several times as long.
/// </summary>
internal sealed class RowInsert : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly sqlite3_stmt statement;
    private int bound;

    public RowInsert(SqliteConnection connection, string table, int columnCount)
    {
        this.connection = connection;
        // OR REPLACE: a log that has a step twice keeps the later one.
        string marks = string.Join(',', Enumerable.Repeat('?', columnCount));
        int code = raw.sqlite3_prepare_v2(connection.Handle, $"INSERT OR REPLACE INTO {table} VALUES ({marks})", out statement);
        SqliteException.ThrowExceptionForRC(code, connection.Handle);
    }

    public RowInsert Add(long value)
    {
        raw.sqlite3_bind_int64(statement, ++bound, value);
        return this;
    }

    public RowInsert Add(double? value)
    {
        bound++;
        if (value is { } number) raw.sqlite3_bind_double(statement, bound, number);
        else raw.sqlite3_bind_null(statement, bound);
        return this;
    }

    /// <summary>A number without a fraction, for an INTEGER column.</summary>
    public RowInsert AddWhole(double? value)
    {
        if (value is { } number) return Add((long)number);
        raw.sqlite3_bind_null(statement, ++bound);
        return this;
    }

    public RowInsert Add(string? value)
    {
        bound++;
        if (value is null) raw.sqlite3_bind_null(statement, bound);
        else raw.sqlite3_bind_text(statement, bound, value);
        return this;
    }

    /// <summary>Inserts the values added since the last row.</summary>
    public void Insert()
    {
        int code = raw.sqlite3_step(statement);
        if (code != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(code, connection.Handle);
        raw.sqlite3_reset(statement);
        bound = 0;
    }

    public void Dispose() => statement.Dispose();
}
