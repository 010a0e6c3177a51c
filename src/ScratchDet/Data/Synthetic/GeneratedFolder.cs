using System.Text;
using System.Text.Json;

namespace ScratchDet.Data.Synthetic;

/// <summary>What a generator did.</summary>
/// <param name="AlreadyComplete">The folder held this very data set before; nothing was written.</param>
public sealed record GeneratedDataset(string Directory, int Images, int Objects, bool AlreadyComplete);

/// <summary>What a generated data set is made from; the same recipe gives the same bytes.</summary>
/// <param name="Version">Counts the changes of the generator's output.</param>
internal sealed record DatasetRecipe(string Generator, int Version, string Layout, int Images, int Size, ulong Seed);

/// <summary>
/// Makes a folder as a whole: everything is written into a sibling with the ending <c>.incomplete</c>, flushed, and moved
/// to its name at the end. <c>generator.json</c>, written last, says what the folder was made from.
/// </summary>
internal static class GeneratedFolder
{
    public const string RecipeName = "generator.json";

    private const string LockName = "generator.lock";

    /// <param name="fill">Writes the data set into the folder it is given and returns the number of objects.</param>
    /// <param name="contents">The names directly in the folder that the generator may write.</param>
    /// <exception cref="BadInputException">The folder is not empty and not from this generator, holds files that it did
    /// not write, or another process is making it now.</exception>
    public static GeneratedDataset Make(string directory, DatasetRecipe recipe, IReadOnlyList<string> contents, Func<string, int> fill)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (Directory.Exists(target)) target = new DirectoryInfo(target).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? target;
        if (FinishedObjects(target, recipe) is { } finished) return new(target, recipe.Images, finished, AlreadyComplete: true);
        RequireReplaceable(target, recipe, contents);

        string work = target + ".incomplete";
        using FileStream held = Hold(work, contents);
        try
        {
            int objects = fill(work);
            FlushAll(work);
            WriteText(Path.Combine(work, RecipeName), Describe(recipe, objects, CountFiles(work) - 1));
            held.Dispose();
            File.Delete(Path.Combine(work, LockName));
            Swap(work, target);
            return new(target, recipe.Images, objects, AlreadyComplete: false);
        }
        catch
        {
            held.Dispose();
            if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
            throw;
        }
    }

    /// <summary>Writes text in UTF-8 without a byte order mark and flushes it to the disk.</summary>
    public static void WriteText(string path, string text)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write);
        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.Flush(flushToDisk: true);
    }

    private static string Describe(DatasetRecipe recipe, int objects, int files) => FormattableString.Invariant(
        $$"""
        {
          "generator": "{{recipe.Generator}}",
          "version": {{recipe.Version}},
          "layout": "{{recipe.Layout}}",
          "images": {{recipe.Images}},
          "size": {{recipe.Size}},
          "seed": {{recipe.Seed}},
          "objects": {{objects}},
          "files": {{files}}
        }

        """).ReplaceLineEndings("\n");

    /// <summary>The number of objects when the target was made from this recipe and still has all its files; otherwise null.</summary>
    private static int? FinishedObjects(string target, DatasetRecipe recipe)
    {
        if (ReadRecipe(target) is not { } found || found.Recipe != recipe) return null;
        return CountFiles(target) - 1 == found.Files ? found.Objects : null;
    }

    private static void RequireReplaceable(string target, DatasetRecipe recipe, IReadOnlyList<string> contents)
    {
        if (File.Exists(target))
            throw new BadInputException(target, null, "is a file, not a folder", "name another folder");
        if (!Directory.Exists(target) || !Directory.EnumerateFileSystemEntries(target).Any()) return;
        if (ReadRecipe(target)?.Recipe.Generator != recipe.Generator)
            throw new BadInputException(target, null, "the folder is not empty and was not made by this generator", "name an empty or a new folder");
        foreach (string entry in Directory.EnumerateFileSystemEntries(target))
        {
            string name = Path.GetFileName(entry);
            if (name != RecipeName && !contents.Contains(name))
                throw new BadInputException(target, name, "making the data set anew would remove this, which the generator did not write", "move it away or name another folder");
        }
    }

    private static (DatasetRecipe Recipe, int Objects, int Files)? ReadRecipe(string folder)
    {
        string path = Path.Combine(folder, RecipeName);
        if (!File.Exists(path)) return null;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            var recipe = new DatasetRecipe(
                root.GetProperty("generator").GetString() ?? "", root.GetProperty("version").GetInt32(), root.GetProperty("layout").GetString() ?? "",
                root.GetProperty("images").GetInt32(), root.GetProperty("size").GetInt32(), root.GetProperty("seed").GetUInt64());
            return (recipe, root.GetProperty("objects").GetInt32(), root.GetProperty("files").GetInt32());
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Somebody else's file of the same name: the folder counts as not made by a generator.
            return null;
        }
    }

    /// <summary>Makes the working folder afresh and holds a lock in it; what a crashed run left there is removed.</summary>
    private static FileStream Hold(string work, IReadOnlyList<string> contents)
    {
        string lockPath = Path.Combine(work, LockName);
        if (Directory.Exists(work) && !File.Exists(lockPath) && Directory.EnumerateFileSystemEntries(work).Any())
        {
            // A crash between the removal of the lock and the move leaves the recipe instead.
            if (ReadRecipe(work) is null)
                throw new BadInputException(work, null, "is in the way of the working folder and was not made by this generator", "move it away or name another folder");
        }
        Directory.CreateDirectory(work);
        FileStream held;
        try
        {
            held = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (FileSharing.IsViolation(exception))
        {
            throw new BadInputException(work, null, $"cannot be locked ({exception.Message})", "wait for the other run that makes it, or name another folder", exception);
        }
        foreach (string name in contents)
        {
            string path = Path.Combine(work, name);
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
        File.Delete(Path.Combine(work, RecipeName));
        return held;
    }

    /// <summary>Puts the finished folder in the place of the old one. A crash in between leaves no folder, which the next run makes.</summary>
    private static void Swap(string work, string target)
    {
        if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
        Directory.Move(work, target);
    }

    private static int CountFiles(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Count();

    private static void FlushAll(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(path) == LockName) continue;
            using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            stream.Flush(flushToDisk: true);
        }
    }
}
