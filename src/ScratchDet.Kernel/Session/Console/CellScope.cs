using System.Runtime.ExceptionServices;
using System.Text;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Session;

/// <summary>
/// One run of a cell, as seen from its code, its tasks and its threads: everything that they show goes through here to
/// the cell's output, in the order in which it was made. Console text is gathered for a moment, so that a loop that
/// writes single characters does not make one message of each. Works on after the cell has ended.
/// </summary>
internal sealed class CellScope(ICellOutput output, Func<string> nextDisplayId, CancellationToken stop) : ICellServices, ICellOutput
{
    /// <summary>How long text may wait for more, and how much of it.</summary>
    private const int GatherMilliseconds = 20;
    private const int GatherCharacters = 8192;

    /// <summary>Longer texts go out in pieces, so that no message is huge and nothing is copied whole.</summary>
    private const int LongestPiece = 65_536;

    private static readonly AsyncLocal<CellScope?> Running = new();

    private readonly Lock gate = new();
    private readonly StringBuilder gathered = new();
    private ConsoleStream gatheredFrom;
    private long gatheredSince;
    private Timer? timer;
    private Exception? lateFailure;
    private readonly List<Action> atEnd = [];

    /// <summary>The cell whose code runs here; null outside of cells.</summary>
    public static CellScope? Current => Running.Value;

    public CancellationToken Stop => stop;

    /// <summary>Makes what runs from here on, and what it starts, part of this cell.</summary>
    public void Enter()
    {
        ConsoleCapture.Install();
        Running.Value = this;
        Cell.Enter(this);
    }

    public string NextDisplayId() => nextDisplayId();

    public void Write(ConsoleStream stream, string text) => Write(stream, text.AsSpan());

    public void Write(ConsoleStream stream, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        lock (gate)
        {
            if (gathered.Length > 0 && gatheredFrom != stream) SendGathered();
            if (text.Length > GatherCharacters)
            {
                SendGathered();
                SendPieces(stream, text);
                return;
            }

            if (gathered.Length == 0) gatheredSince = Environment.TickCount64;
            gatheredFrom = stream;
            gathered.Append(text);
            bool due = gathered.Length >= GatherCharacters || Environment.TickCount64 - gatheredSince >= GatherMilliseconds;
            // Half a character waits for its other half.
            if (due && !char.IsHighSurrogate(gathered[^1])) SendGathered();
            else if (gathered.Length == text.Length) StartTimer();
        }
    }

    public void Display(string displayId, MimeBundle content)
    {
        lock (gate)
        {
            SendGathered();
            Send(() => output.Display(displayId, content));
        }
    }

    public void Update(string displayId, MimeBundle content)
    {
        lock (gate)
        {
            SendGathered();
            Send(() => output.Update(displayId, content));
        }
    }

    public void Result(MimeBundle content)
    {
        lock (gate)
        {
            SendGathered();
            Send(() => output.Result(content));
        }
    }

    public void Clear(bool wait)
    {
        lock (gate)
        {
            SendGathered();
            Send(() => output.Clear(wait));
        }
    }

    /// <remarks>Not under the lock: other threads of the cell may print while the reader thinks.</remarks>
    public string ReadInput(string prompt, bool isPassword)
    {
        Flush();
        string answer = "";
        Send(() => answer = output.ReadInput(prompt, isPassword));
        return answer;
    }

    public MimeBundle Format(object? value, IReadOnlyCollection<string> mimeTypes) => ValueFormatter.Bundle(value, mimeTypes);

    public MimeBundle FormatRaw(string text, string mimeType) => ValueFormatter.Raw(text, mimeType);

    /// <summary>Shows a value under a new display id.</summary>
    public string Show(MimeBundle content)
    {
        string id = NextDisplayId();
        Display(id, content);
        return id;
    }

    public void AtEnd(Action work)
    {
        lock (gate) atEnd.Add(work);
    }

    /// <summary>The cell's code is over: does what was kept for its end, and sends what is left of its text.</summary>
    /// <exception cref="Exception">The first failure of that work; the rest of it was done all the same.</exception>
    public void End()
    {
        Action[] kept;
        lock (gate)
        {
            kept = [.. atEnd];
            atEnd.Clear();
        }
        ExceptionDispatchInfo? failed = null;
        foreach (Action work in kept)
        {
            try
            {
                work();
            }
            catch (Exception failure)
            {
                failed ??= ExceptionDispatchInfo.Capture(failure);
            }
        }
        Flush();
        failed?.Throw();
    }

    public void Flush()
    {
        lock (gate) SendGathered();
    }

    private void SendGathered()
    {
        if (lateFailure is { } failure)
        {
            lateFailure = null;
            throw new IOException("The output of this cell could not be sent: " + failure.Message, failure);
        }
        if (gathered.Length == 0) return;
        string text = gathered.ToString();
        gathered.Clear();
        Send(() => output.Write(gatheredFrom, text));
    }

    /// <summary>What the receiver itself prints is not the cell's: else it would come back here for ever.</summary>
    private void Send(Action send)
    {
        CellScope? here = Running.Value;
        Running.Value = null;
        try
        {
            send();
        }
        finally
        {
            Running.Value = here;
        }
    }

    private void SendPieces(ConsoleStream stream, ReadOnlySpan<char> text)
    {
        while (text.Length > LongestPiece)
        {
            int length = char.IsHighSurrogate(text[LongestPiece - 1]) ? LongestPiece - 1 : LongestPiece;
            string piece = text[..length].ToString();
            Send(() => output.Write(stream, piece));
            text = text[length..];
        }
        string last = text.ToString();
        Send(() => output.Write(stream, last));
    }

    private void StartTimer()
    {
        timer ??= new Timer(static scope => ((CellScope)scope!).FlushLate(), this, Timeout.Infinite, Timeout.Infinite);
        timer.Change(GatherMilliseconds, Timeout.Infinite);
    }

    /// <summary>On the timer's thread, where an exception would end the process: the cell gets it with its next output.</summary>
    private void FlushLate()
    {
        lock (gate)
        {
            try
            {
                SendGathered();
            }
            catch (Exception failure)
            {
                lateFailure = failure;
            }
        }
    }
}
