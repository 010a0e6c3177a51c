using System.Collections.Concurrent;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;
using ScratchDet.Kernel.Documents;
using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Running;

/// <summary>
/// The process that hosts one notebook's session for <see cref="NotebookRunner"/>. It is apart from the runner so that a
/// cell that takes its process down, by a stack overflow or by native code, takes down nothing else.
/// </summary>
public static class NotebookWorker
{
    /// <summary>Serves until the runner closes the session.</summary>
    /// <param name="requestsHandle">Of the anonymous pipe that requests come from.</param>
    /// <param name="answersHandle">Of the anonymous pipe that events go to. Not standard output: native libraries print there.</param>
    public static async Task ServeAsync(string requestsHandle, string answersHandle)
    {
        WorkerPlatform.LeadOwnGroup();
        WorkerPlatform.BeFirstWhenMemoryRunsOut();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true); // the runner decides
        using var requestPipe = new AnonymousPipeClientStream(PipeDirection.In, requestsHandle);
        using var answerPipe = new AnonymousPipeClientStream(PipeDirection.Out, answersHandle);
        WorkerPlatform.KeepFromChildren(requestPipe.SafePipeHandle);
        WorkerPlatform.KeepFromChildren(answerPipe.SafePipeHandle);

        var answers = new WorkerAnswers(answerPipe);
        var requests = new RequestReader(requestPipe);
        if (requests.Next().Request is not OpenSession open) return;
        try
        {
            await WarmUpAsync(open.Folder).ConfigureAwait(false);
            using var session = new NotebookSession(open.Folder);
            answers.Send(new SessionOpened());
            while (requests.Next() is (RunCell cell, var stop))
            {
                CellResult result = await session.ExecuteAsync(cell.Code, cell.KernelName, new WorkerCellOutput(cell.Cell, answers), stop).ConfigureAwait(false);
                MarkEnd(open.EndMark);
                answers.Send(new CellEnded(cell.Cell, result.Error));
            }
        }
        catch (Exception fault) // the session's own; a cell's come back as results
        {
            answers.Send(new SessionFailed($"{fault.GetType().FullName}: {fault.Message}"));
            throw;
        }
    }

    // The compiler takes seconds to get going. Done in a session that is thrown away, this is not on the first cell's time.
    private static async Task WarmUpAsync(string folder)
    {
        using var session = new NotebookSession(folder);
        await session.ExecuteAsync("1 + 1", CellLanguages.CSharp, DiscardedOutput.Instance, CancellationToken.None).ConfigureAwait(false);
    }

    private static void MarkEnd(string mark)
    {
        WorkerPlatform.FlushNativeOutput();
        byte[] bytes = Encoding.ASCII.GetBytes(mark);
        foreach (Stream raw in new[] { Console.OpenStandardOutput(), Console.OpenStandardError() })
        {
            raw.Write(bytes);
            raw.Flush();
        }
    }

    /// <summary>Reads on a thread of its own, so that a request to stop is heard however busy the cell keeps the others.</summary>
    private sealed class RequestReader
    {
        private readonly BlockingCollection<(WorkerRequest Request, CancellationToken Stop)> queue = [];
        private readonly StreamReader reader;

        public RequestReader(Stream pipe)
        {
            reader = new StreamReader(pipe, Encoding.UTF8);
            new Thread(Read) { IsBackground = true, Name = "requests of the runner" }.Start();
        }

        /// <summary>The next request but for those to stop, which cancel the token that came with the cell.</summary>
        public (WorkerRequest Request, CancellationToken Stop) Next() => queue.Take();

        private void Read()
        {
            CancellationTokenSource stop = new();
            while (reader.ReadLine() is { } line)
            {
                WorkerRequest request = WorkerProtocol.FromLine<WorkerRequest>(line);
                if (request is StopCell)
                {
                    _ = stop.CancelAsync(); // what the cell has registered must not hold up this thread
                    continue;
                }
                stop = new CancellationTokenSource();
                queue.Add((request, stop.Token));
                if (request is CloseSession) return;
            }
            WorkerPlatform.KillOwnGroup(); // the runner has died; a cell that still runs must not stay behind
        }
    }
}

/// <summary>For a cell that nobody looks at.</summary>
internal sealed class DiscardedOutput : ICellOutput
{
    public static DiscardedOutput Instance { get; } = new();

    public void Write(ConsoleStream stream, string text)
    {
    }

    public void Display(string displayId, MimeBundle content)
    {
    }

    public void Update(string displayId, MimeBundle content)
    {
    }

    public void Result(MimeBundle content)
    {
    }

    public void Clear(bool wait)
    {
    }

    public string ReadInput(string prompt, bool isPassword) => throw new InputUnavailableException("nobody looks at this cell");
}

/// <summary>Sends events, from any thread, each whole.</summary>
internal sealed class WorkerAnswers(Stream pipe)
{
    private readonly Lock gate = new();

    public void Send(WorkerEvent message)
    {
        byte[] line = WorkerProtocol.ToLine(message);
        lock (gate)
        {
            pipe.Write(line);
            pipe.Flush();
        }
    }
}
