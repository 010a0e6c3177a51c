using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Kernel.Polyglot;

/// <summary>Keeps what a cell shows, and runs cells of one language.</summary>
internal sealed class RecordingOutput : ICellOutput
{
    private int displays;

    public List<MimeBundle> Shown { get; } = [];

    public string Errors { get; private set; } = "";

    public string NextDisplayId() => $"d{++displays}";

    public static Task<RecordingOutput> Run(ISubKernel kernel, string code, string options = "") =>
        RunUntil(TestContext.Current.CancellationToken, kernel, code, options);

    public static async Task<RecordingOutput> RunUntil(CancellationToken stop, ISubKernel kernel, string code, string options = "")
    {
        var output = new RecordingOutput();
        await kernel.ExecuteAsync(code, options, output, output.NextDisplayId, stop);
        return output;
    }

    /// <summary>Why the cell is refused.</summary>
    public static async Task<string> Problem(ISubKernel kernel, string code, string options = "") =>
        (await Assert.ThrowsAsync<SubKernelException>(() => Run(kernel, code, options))).Message;

    public void Write(ConsoleStream stream, string text) => Errors += stream == ConsoleStream.Error ? text : throw new NotSupportedException();

    public void Display(string displayId, MimeBundle content) => Shown.Add(content);

    public void Update(string displayId, MimeBundle content) => throw new NotSupportedException();

    public void Result(MimeBundle content) => throw new NotSupportedException();

    public void Clear(bool wait) => throw new NotSupportedException();

    public string ReadInput(string prompt, bool isPassword) => throw new NotSupportedException();
}
