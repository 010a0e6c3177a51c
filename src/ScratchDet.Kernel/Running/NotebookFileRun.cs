using ScratchDet.Kernel.Documents;

namespace ScratchDet.Kernel.Running;

/// <summary>One notebook file that is to be executed, and where its result goes.</summary>
public sealed class NotebookFileRun
{
    public const string PageEnding = ".html";

    private readonly NotebookDocument document;
    private readonly bool keepsFailures;

    private NotebookFileRun(string file, NotebookDocument document, string target, bool keepsFailures)
    {
        this.document = document;
        this.keepsFailures = keepsFailures;
        (File, Target) = (file, target);
    }

    public string File { get; }

    /// <summary>The executed notebook: in the output folder, or the .ipynb itself, or the one beside the .dib.</summary>
    public string Target { get; }

    public string Page => Path.ChangeExtension(Target, PageEnding);

    /// <summary>Reads the file and sets the parameters; executes nothing.</summary>
    /// <param name="outFolder">Takes failed notebooks too, with their error; without one a file is replaced only by a notebook that ran to its end.</param>
    /// <exception cref="BadInputException">The file is no notebook for our kernel.</exception>
    /// <exception cref="ParameterException">It has no such parameters.</exception>
    public static NotebookFileRun Open(string file, string? outFolder, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        NotebookDocument document = RunParameters.Inject(NotebookDocument.Load(file), file, parameters);
        string target = Path.ChangeExtension(outFolder is null ? file : Path.Combine(outFolder, Path.GetFileName(file)), NotebookDocument.IpynbEnding);
        return new NotebookFileRun(file, document, target, outFolder is not null);
    }

    /// <summary>Executes the notebook and writes what is to be written.</summary>
    /// <param name="page">What the page's foot says; null for no page.</param>
    /// <exception cref="OperationCanceledException">It was stopped; nothing is written.</exception>
    /// <exception cref="IOException">The result cannot be written; older files are left as they were.</exception>
    public async Task<NotebookFileResult> ExecuteAsync(NotebookRunner runner, PageFooter? page, ICellObserver observer, CancellationToken stop)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(File))!;
        NotebookRunResult result = await runner.RunAsync(document, folder, observer, stop).ConfigureAwait(false);
        if (result.Failure is not null && !keepsFailures) return new NotebookFileResult(result, null, null);
        result.Document.Save(Target);
        if (page is null) return new NotebookFileResult(result, Target, null);
        AtomicFile.WriteText(Page, NotebookPage.ToHtml(result.Document, Path.GetFileNameWithoutExtension(File), folder, page));
        return new NotebookFileResult(result, Target, Page);
    }
}

/// <param name="Written">The executed notebook, or null when the file was left as it was.</param>
public sealed record NotebookFileResult(NotebookRunResult Run, string? Written, string? Page);
