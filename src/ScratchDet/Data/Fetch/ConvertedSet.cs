using System.Text.Json;
using System.Text.Json.Serialization;

namespace ScratchDet.Data.Fetch;

/// <summary>What a fetched folder was made from, in its fetched.json.</summary>
internal sealed record ConvertedRecipe(string DataSet, string Commit, string Options, int Images, int Objects, int Files);

/// <summary>
/// A data set that is made from a repository's files. Its folder appears when it is whole; a folder that is there is kept when
/// it is this very set and whole, and never removed when it is not.
/// </summary>
internal sealed class ConvertedSet(FetchRequest request, string dataSet, GitHubArchive source, string options)
{
    private const string RecipeName = "fetched.json";

    /// <summary>Writes the set into a folder, from the repository's.</summary>
    /// <returns>How many images and objects it has.</returns>
    public delegate (int Images, int Objects) Converter(string originals, string target);

    public async Task<FetchedSet> MakeAsync(Converter convert, CancellationToken stop)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Folder));
        if (Finished(target) is { } finished) return new(request.Folder, dataSet, finished.Images, finished.Objects, WasThere: true);

        string work = target + ".download";
        (int images, int objects) = (0, 0);
        using var fetch = new ArchiveFetch(request, work, [source.Archive], madeBytes: source.UnpackedBytes);
        await fetch.UseAsync(source.Archive, unpacked =>
        {
            string originals = source.FolderIn(unpacked, stop), made = Path.Combine(work, "made");
            SafeUnpack.Remove(made);
            try
            {
                Directory.CreateDirectory(made);
                (images, objects) = convert(originals, made);
                var recipe = new ConvertedRecipe(dataSet, source.Commit, options, images, objects, CountFiles(made));
                AtomicFile.WriteText(Path.Combine(made, RecipeName), JsonSerializer.Serialize(recipe, RecipeJson.Default.ConvertedRecipe) + "\n");
                if (Directory.Exists(target)) Directory.Delete(target); // it is empty
                Directory.Move(made, target);
            }
            finally
            {
                SafeUnpack.Remove(made);
            }
        }, stop).ConfigureAwait(false);
        return new(request.Folder, dataSet, images, objects, WasThere: false);
    }

    /// <summary>What the folder says of itself when it is this set and whole; null when there is none yet.</summary>
    private ConvertedRecipe? Finished(string target)
    {
        if (File.Exists(target)) throw new BadInputException(target, null, "is a file, not a folder", "name another folder");
        if (!Directory.Exists(target) || !Directory.EnumerateFileSystemEntries(target).Any()) return null;
        const string advice = "name another folder, or remove this one";
        if (Read(target) is not { } found || found.DataSet != dataSet)
            throw new BadInputException(target, null, $"the folder has something else than {dataSet}", advice);
        if (found.Commit != source.Commit || found.Options != options)
            throw new BadInputException(target, RecipeName, $"the set was made otherwise: {found.Options} of {found.Commit}", advice);
        int files = CountFiles(target) - 1;
        return files >= found.Files ? found : throw new BadInputException(target, null, $"{files} of {found.Files} files are left", advice);
    }

    private static ConvertedRecipe? Read(string folder)
    {
        string path = Path.Combine(folder, RecipeName);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RecipeJson.Default.ConvertedRecipe);
        }
        catch (JsonException)
        {
            return null; // somebody else's file of that name
        }
    }

    private static int CountFiles(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Count();
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ConvertedRecipe))]
internal sealed partial class RecipeJson : JsonSerializerContext;
