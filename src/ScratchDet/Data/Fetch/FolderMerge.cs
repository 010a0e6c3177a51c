namespace ScratchDet.Data.Fetch;

/// <summary>Moves a folder's contents into another one that may have some of them, as VOC's archives share folders.</summary>
internal static class FolderMerge
{
    /// <param name="last">What is moved when everything else is there: the lists that say what there is.</param>
    public static void Into(string from, string target, Func<string, bool> last)
    {
        string[] files = [.. Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(from, file))];
        foreach (string file in files.Order(StringComparer.Ordinal).OrderBy(file => last(file)))
        {
            string path = Path.Combine(target, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(Path.Combine(from, file), path, overwrite: true);
        }
        Directory.Delete(from, recursive: true);
    }
}
