using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using ScratchDet.Kernel.Documents;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Running;

/// <param name="CellTimeLimit">A cell that runs longer is stopped, and the notebook has failed.</param>
public sealed record NotebookRunOptions(TimeSpan CellTimeLimit)
{
    /// <summary>How long a cell has to obey <see cref="ScratchDet.Notebook.Cell.Stop"/> before its process is killed.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    public OutputLimits Limits { get; init; } = new();
}

/// <summary>A cell that is running or has run.</summary>
/// <param name="Number">Among all cells of the notebook, from 1; prose is counted too.</param>
/// <param name="Count">Of all cells.</param>
public readonly record struct CellProgress(int Number, int Count, NotebookCell Cell);

/// <summary>Watches a run; called on one thread at a time.</summary>
public interface ICellObserver
{
    void CellStarts(CellProgress cell);

    void CellEnded(CellProgress cell, TimeSpan time);
}

/// <summary>Why a notebook did not run to its end.</summary>
/// <param name="CellNumber">Among all cells of the notebook, from 1.</param>
/// <param name="Name">Type of the exception, or what became of the process.</param>
public sealed record CellFailure(int CellNumber, string FirstLine, string Name, string Message);

/// <param name="Document">With outputs and execution counts; after a failure the cells behind it have none.</param>
public sealed record NotebookRunResult(NotebookDocument Document, CellFailure? Failure);

/// <summary>
/// Executes a notebook from top to bottom in a fresh session that lives in a process of its own. Whatever a cell does -
/// throw, never end, write without end, take its process down - comes back as a result that names the cell.
/// </summary>
public sealed class NotebookRunner(WorkerProgram program, NotebookRunOptions options)
{
    public const string TimeLimit = "CellTimeLimit";
    public const string ProcessEnded = "ProcessEnded";
    public const string DidNotFail = "DidNotFail";

    private static readonly TimeSpan OpenPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan MarkPatience = TimeSpan.FromSeconds(10);

    /// <param name="folder">The notebook's: the session's working folder, where its relative paths start.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was given; the session's process has ended.</exception>
    public async Task<NotebookRunResult> RunAsync(NotebookDocument document, string folder, ICellObserver observer, CancellationToken stop)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        NotebookCell[] cells = [.. document.Cells.Select(cell => cell with { ExecutionCount = null, Outputs = [] })];
        int[] executed = [.. cells.Index().Where(entry => entry.Item.IsExecuted).Select(entry => entry.Index)];
        var outputs = new RunOutputs(options.Limits, RelativePaths.For(folder));
        var done = new Dictionary<int, CellOutputs>();
        CellFailure? failure = null;
        await using (var worker = WorkerProcess.Start(program, folder, options.Limits.TextPerCell))
        {
            var run = new Execution(worker, options, outputs, done);
            await run.OpenAsync(OpenPatience, stop).ConfigureAwait(false);
            foreach (int index in executed)
            {
                var progress = new CellProgress(index + 1, cells.Length, cells[index]);
                observer.CellStarts(progress);
                long began = Stopwatch.GetTimestamp();
                CellError? error = await run.RunAsync(index, cells[index], stop).ConfigureAwait(false);
                observer.CellEnded(progress, Stopwatch.GetElapsedTime(began));
                if (error is null) continue;
                failure = new CellFailure(index + 1, cells[index].FirstLine, error.Name, error.Message);
                break;
            }
        }
        // Only now: a later cell may have updated a display of an earlier one.
        foreach ((int place, int index) in executed.Index())
        {
            if (!done.TryGetValue(index, out CellOutputs? shown)) break;
            cells[index] = cells[index] with { ExecutionCount = place + 1, Outputs = shown.ToJson(place + 1) };
        }
        return new NotebookRunResult(document with { Cells = cells }, failure);
    }

    /// <summary>The talk with one hosting process.</summary>
    private sealed class Execution(WorkerProcess worker, NotebookRunOptions options, RunOutputs outputs, Dictionary<int, CellOutputs> cells)
    {
        public async Task OpenAsync(TimeSpan patience, CancellationToken stop)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(patience);
            try
            {
                if (await worker.Events.ReadAsync(limit.Token).ConfigureAwait(false) is SessionOpened) return;
                throw new InvalidOperationException("the notebook's process did not open a session");
            }
            catch (ChannelClosedException)
            {
                WorkerEnd end = await worker.WaitForEndAsync().ConfigureAwait(false);
                throw new InvalidOperationException($"the notebook's process {end.How}, before the first cell");
            }
            catch (OperationCanceledException)
            {
                worker.Kill();
                stop.ThrowIfCancellationRequested();
                throw new InvalidOperationException($"the notebook's process did not start within {patience.TotalSeconds:0} s");
            }
        }

        /// <summary>Why the notebook cannot go on after this cell, or null.</summary>
        public async Task<CellError?> RunAsync(int index, NotebookCell cell, CancellationToken stop)
        {
            CellOutputs shown = cells[index] = outputs.ForCell();
            worker.Send(new RunCell(index, cell.Source, cell.KernelName));
            (CellError? error, bool isFatal) = await WaitAsync(index, stop).ConfigureAwait(false);
            if (error is not null) shown.Fail(error);
            if (isFatal || !cell.HasTag(CellTags.RaisesException)) return error;
            if (error is not null) return null;
            error = new CellError(DidNotFail, $"the cell is tagged {CellTags.RaisesException} and did not fail", []);
            shown.Fail(error);
            return error;
        }

        private async Task<(CellError? Error, bool IsFatal)> WaitAsync(int index, CancellationToken stop)
        {
            CellOutputs shown = cells[index];
            bool isStopping = false;
            var timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
            timer.CancelAfter(options.CellTimeLimit);
            try
            {
                while (true)
                {
                    if (timer.IsCancellationRequested && !isStopping)
                    {
                        // First the cell is asked; its loops can end in order, and what they have written stays.
                        isStopping = true;
                        worker.Send(new StopCell());
                        timer.Dispose();
                        timer = new CancellationTokenSource(options.StopGrace);
                    }
                    switch (await NextAsync(timer.Token, isStopping).ConfigureAwait(false))
                    {
                        case null:
                            break;
                        case CellEnded ended:
                            stop.ThrowIfCancellationRequested();
                            await AddRawAsync(shown).ConfigureAwait(false);
                            return isStopping ? (TimeOut("was stopped"), true) : (ended.Error, false);
                        case SessionFailed failed:
                            return (new CellError(ProcessEnded, $"the session failed: {failed.Message}", []), true);
                        case var output:
                            Take(output);
                            break;
                    }
                }
            }
            catch (OperationCanceledException)
            {
                worker.Kill();
                stop.ThrowIfCancellationRequested();
                WorkerEnd end = await worker.WaitForEndAsync().ConfigureAwait(false);
                AddRaw(shown, end.Output, end.Error);
                return (TimeOut("did not obey Cell.Stop, so its process was killed"), true);
            }
            catch (ChannelClosedException)
            {
                stop.ThrowIfCancellationRequested();
                WorkerEnd end = await worker.WaitForEndAsync().ConfigureAwait(false);
                AddRaw(shown, end.Output, end.Error);
                return (new CellError(ProcessEnded, $"the process {end.How}", []), true);
            }
            finally
            {
                timer.Dispose();
            }
        }

        /// <summary>The next event; null when it is time to ask the cell to stop.</summary>
        /// <exception cref="OperationCanceledException">It was asked, and its grace is over.</exception>
        private async Task<WorkerEvent?> NextAsync(CancellationToken timer, bool isStopping)
        {
            try
            {
                return await worker.Events.ReadAsync(timer).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!isStopping)
            {
                return null;
            }
        }

        private CellError TimeOut(string what) =>
            new(TimeLimit, string.Create(CultureInfo.InvariantCulture, $"the cell ran longer than {options.CellTimeLimit.TotalSeconds:0.##} s and {what}"), []);

        // A task that an earlier cell has started writes below that cell.
        private void Take(WorkerEvent output)
        {
            switch (output)
            {
                case StreamWritten written:
                    cells[written.Cell].Write(written.Stream, written.Text);
                    break;
                case Displayed display:
                    cells[display.Cell].Display(display.Id, display.Data);
                    break;
                case DisplayUpdated update:
                    outputs.Update(update.Id, update.Data);
                    break;
                case ResultGiven result:
                    cells[result.Cell].Result(result.Data);
                    break;
                case OutputCleared cleared:
                    cells[cleared.Cell].Clear(cleared.Wait);
                    break;
                default:
                    throw new InvalidOperationException($"the notebook's process sent {output.GetType().Name} while a cell ran");
            }
        }

        // At the end, whenever it came: its place among the other outputs would be chance.
        private async Task AddRawAsync(CellOutputs shown) => AddRaw(shown,
            await worker.Output.TakeCellAsync(MarkPatience).ConfigureAwait(false),
            await worker.Error.TakeCellAsync(MarkPatience).ConfigureAwait(false));

        private static void AddRaw(CellOutputs shown, string output, string error)
        {
            shown.Write(ConsoleStream.Output, output);
            shown.Write(ConsoleStream.Error, error);
        }
    }
}
