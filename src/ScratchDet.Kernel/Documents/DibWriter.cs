using System.Text;

namespace ScratchDet.Kernel.Documents;

/// <summary>Writes the text form of a notebook that <see cref="DibReader"/> reads; outputs have no place in it.</summary>
internal static class DibWriter
{
    public static string ToText(NotebookDocument document)
    {
        Dictionary<string, string> listed = document.Cells.Select(cell => cell.KernelName).Distinct()
            .ToDictionary(name => name, StringComparer.OrdinalIgnoreCase);
        var text = new StringBuilder("#!meta\n\n");
        text.Append(JupyterJson.ToText(NotebookMetadata.ForDib(document))).Append('\n');
        foreach (NotebookCell cell in document.Cells)
        {
            text.Append("\n#!").Append(cell.KernelName).Append("\n\n");
            if (cell.Tags.Count > 0) text.Append(TagLine(cell)).Append('\n');
            foreach (string line in cell.Source.Split('\n'))
            {
                if (DibReader.OpenedBy(line.TrimStart('\\'), listed) is not null) text.Append('\\');
                text.Append(line).Append('\n');
            }
        }
        return text.ToString();
    }

    // In the comment of the cell's own language, so that kernels that do not know of tags pass over it.
    private static string TagLine(NotebookCell cell)
    {
        string tags = string.Join(", ", cell.Tags);
        return cell.KernelName switch
        {
            "sql" => $"--| tags: {tags}",
            CellLanguages.Markdown or "html" or CellLanguages.Raw or "value" => $"<!--| tags: {tags} -->",
            _ => $"//| tags: {tags}",
        };
    }
}
