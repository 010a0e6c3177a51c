using ScratchDet.Kernel.Documents;

namespace ScratchDet.Kernel.Running;

public sealed record PageFooter(string? Commit);

public static class NotebookPage
{
    public static string ToHtml(NotebookDocument document, string name, string folder, PageFooter footer) => name + folder + footer + document;
}
