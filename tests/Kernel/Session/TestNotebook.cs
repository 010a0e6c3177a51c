using System.Text;
using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Kernel.Session;

/// <summary>A session in a folder of its own, and what its cells show.</summary>
internal sealed class TestNotebook : IDisposable
{
    public TestNotebook()
    {
        Folder = Directory.CreateTempSubdirectory("scratchdet-session-").FullName;
        Session = new NotebookSession(Folder);
    }

    public string Folder { get; }

    public NotebookSession Session { get; }

    public async Task<RecordedCell> Run(string code, string language = "csharp", CancellationToken? stop = null, Func<string, string>? answer = null)
    {
        var cell = new RecordedCell(answer);
        CellResult result = await Session.ExecuteAsync(code, language, cell, stop ?? TestContext.Current.CancellationToken);
        cell.Error = result.Error;
        return cell;
    }

    /// <summary>Runs cells that must succeed; gives back the last.</summary>
    public async Task<RecordedCell> RunAll(params string[] cells)
    {
        RecordedCell? last = null;
        foreach (string code in cells)
        {
            last = await Run(code);
            Assert.True(last.Error is null, $"{code}\n{last.Error}");
        }
        return last!;
    }

    /// <summary>Runs a cell that must fail.</summary>
    public async Task<CellError> Fail(string code, string language = "csharp") =>
        (await Run(code, language)).Error ?? throw new Xunit.Sdk.XunitException("the cell did not fail: " + code);

    public string Write(string name, string content)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose()
    {
        Session.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>Keeps what a cell shows, as it came.</summary>
internal sealed class RecordedCell(Func<string, string>? answer = null) : ICellOutput
{
    private readonly Lock gate = new();
    private readonly List<string> events = [];
    private readonly Dictionary<ConsoleStream, StringBuilder> console = new() { [ConsoleStream.Output] = new(), [ConsoleStream.Error] = new() };
    private readonly List<(string Id, MimeBundle Content)> shown = [];

    public CellError? Error { get; set; }

    public MimeBundle? ResultContent { get; private set; }

    /// <summary>The result as text.</summary>
    public string? Value => ResultContent?.Text;

    public string Output => Read(() => console[ConsoleStream.Output].ToString());

    public string ErrorOutput => Read(() => console[ConsoleStream.Error].ToString());

    /// <summary>Kind and text of each output in their order: <c>Output hello</c>, <c>display d1 5</c>.</summary>
    public IReadOnlyList<string> Events => Read(() => events.ToArray());

    /// <summary>Displays and their updates in the order in which they came.</summary>
    public IReadOnlyList<(string Id, MimeBundle Content)> Shown => Read(() => shown.ToArray());

    public MimeBundle OnlyShown => Assert.Single(Shown).Content;

    public void Write(ConsoleStream stream, string text) => Record($"{stream} {text}", () => console[stream].Append(text));

    public void Display(string displayId, MimeBundle content) => Record($"display {displayId} {content.Text}", () => shown.Add((displayId, content)));

    public void Update(string displayId, MimeBundle content) => Record($"update {displayId} {content.Text}", () => shown.Add((displayId, content)));

    public void Result(MimeBundle content) => Record($"result {content.Text}", () => ResultContent = ResultContent is null ? content : throw new InvalidOperationException("two results"));

    public void Clear(bool wait) => Record($"clear {wait}", () => { });

    public string ReadInput(string prompt, bool isPassword)
    {
        Record($"input {prompt} {isPassword}", () => { });
        return answer is null ? throw new InputUnavailableException("nobody is here") : answer(prompt);
    }

    public string Form(string mimeType) => (ResultContent ?? OnlyShown).Find(mimeType)?.ToString() ?? "";

    private void Record(string what, Action keep)
    {
        lock (gate)
        {
            events.Add(what);
            keep();
        }
    }

    private T Read<T>(Func<T> read)
    {
        lock (gate) return read();
    }
}
