using Microsoft.Data.Sqlite;
using ScratchDet.Runs;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>
/// A run store as an SQLite database in memory. One connection fills it; cells get another that cannot write to it, but
/// has temporary tables and views of its own.
/// </summary>
internal sealed class RunDatabase : IDisposable
{
    private readonly SqliteConnection writer;
    private readonly Dictionary<string, (long Number, string Stamp, RunOutcome Outcome)> loadedByFolder = new(StringComparer.Ordinal);
    private string? store;
    private long lastNumber;

    public RunDatabase()
    {
        SqliteLibrary.EnsureOpen();
        // The memdb file system: a database that several connections of this process share and that no disk sees.
        string file = $"file:/scratchdet-{Guid.NewGuid():N}?vfs=memdb";
        writer = Open(file, SqliteOpenMode.ReadWriteCreate);
        Run(RunTables.Schema);
        Connection = Open(file, SqliteOpenMode.ReadOnly);
    }

    /// <summary>For cells: the run tables cannot be changed through it.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>Brings the tables up to date: reads the runs whose files have changed, removes those that are gone.</summary>
    /// <exception cref="BadInputException">A run's file is damaged; the tables stay as they were.</exception>
    public void Refresh(string storeFolder, CancellationToken stop)
    {
        if (store != storeFolder) Forget();
        store = storeFolder;
        IReadOnlyList<RunFolder> runs = RunStore.Open(storeFolder).Runs();
        var present = runs.Select(run => run.Folder).ToHashSet(StringComparer.Ordinal);
        List<string> gone = [.. loadedByFolder.Keys.Where(folder => !present.Contains(folder))];
        // The stamp is taken before the files are read: what is written in between is read again the next time.
        List<(RunFolder Run, string Stamp)> changed = [.. runs.Select(run => (Run: run, Stamp: LoadedRun.StampOf(run))).Where(found => HasChanged(found.Run, found.Stamp))];
        if (gone.Count == 0 && changed.Count == 0) return;

        var loaded = new List<(LoadedRun Run, long Number)>(changed.Count);
        using (SqliteTransaction transaction = writer.BeginTransaction())
        {
            using var inserts = new RunInserts(writer);
            foreach (string folder in gone) Delete(loadedByFolder[folder].Number);
            long number = lastNumber;
            foreach (LoadedRun run in Read(changed, stop))
            {
                bool isKnown = loadedByFolder.TryGetValue(run.Run.Folder, out var before);
                if (isKnown) Delete(before.Number);
                loaded.Add((run, isKnown ? before.Number : ++number));
                run.InsertInto(inserts, loaded[^1].Number);
            }
            transaction.Commit();
            lastNumber = number;
        }
        foreach (string folder in gone) loadedByFolder.Remove(folder);
        foreach ((LoadedRun run, long number) in loaded)
            loadedByFolder[run.Run.Folder] = (number, run.Stamp, run.Outcome);
    }

    public void Dispose()
    {
        Connection.Dispose();
        writer.Dispose();
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>A run that is being trained changes its state without a file when its process is killed.</summary>
    private bool HasChanged(RunFolder run, string stamp) =>
        !loadedByFolder.TryGetValue(run.Folder, out var before)
        || before.Stamp != stamp
        || (!before.Outcome.IsFinished && run.Outcome() != before.Outcome);

    /// <summary>Reading JSON takes most of the time, so several runs are read at once; they come in their order.</summary>
    private static IEnumerable<LoadedRun> Read(List<(RunFolder Run, string Stamp)> changed, CancellationToken stop)
    {
        IEnumerator<LoadedRun> runs = changed.AsParallel().AsOrdered().WithCancellation(stop)
            .WithMergeOptions(ParallelMergeOptions.NotBuffered)
            .Select(found => LoadedRun.Read(found.Run, found.Stamp))
            .GetEnumerator();
        using (runs)
        {
            while (true)
            {
                try
                {
                    if (!runs.MoveNext()) yield break;
                }
                catch (AggregateException several) when (several.InnerExceptions.OfType<BadInputException>().FirstOrDefault() is { } damaged)
                {
                    throw damaged;
                }
                yield return runs.Current;
            }
        }
    }

    private void Forget()
    {
        foreach (string table in RunTables.Names) Run($"DELETE FROM {table}");
        loadedByFolder.Clear();
        lastNumber = 0;
    }

    private void Delete(long number)
    {
        foreach (string table in RunTables.Names) Run($"DELETE FROM {table} WHERE run = {number}");
    }

    private void Run(string sql)
    {
        using SqliteCommand command = writer.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
