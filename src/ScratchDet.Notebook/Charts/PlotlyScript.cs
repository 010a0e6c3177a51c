using System.Security.Cryptography;
using System.Text;

namespace ScratchDet.Notebook;

/// <summary>
/// The one copy of plotly.js that this kit uses: version 4.1.2 (MIT license, Copyright Plotly, Inc.), brought to
/// <c>.build/plotly/plotly.min.js</c> at set-up. Figures need it to be interactive; without it they are still pictures.
/// </summary>
public sealed class PlotlyScript
{
    public const string Version = "4.1.2";

    /// <summary>Of <c>plotly.min.js</c> in the package plotly.js-dist-min 4.1.2.</summary>
    public const string Sha256 = "2f645d1bade8182fce161b7f10f89402f8b315805250ff4a94672a28d23c390a";

    /// <summary>The environment variable that may name the file.</summary>
    public const string FileVariable = "SCRATCHDET_PLOTLY";

    private const string PlaceBelowRoot = ".build/plotly/plotly.min.js";

    private PlotlyScript(string? file, string reason) => (File, Reason) = (file, reason);

    /// <summary>Null when there is none.</summary>
    public string? File { get; }

    /// <summary>Where the file was found, or why there is none: one sentence.</summary>
    public string Reason { get; }

    /// <summary>Looks at a given file, else at the environment variable, else above the program's folder.</summary>
    /// <exception cref="BadInputException">A named file does not exist.</exception>
    public static PlotlyScript Find(string? file = null) => Find(file, Environment.GetEnvironmentVariable(FileVariable), AppContext.BaseDirectory);

    /// <summary>Whether a piece of HTML holds a figure that this script would draw.</summary>
    public static bool IsNeededBy(string html) => html.Contains(FigureHtml.Mark, StringComparison.Ordinal);

    internal static PlotlyScript Find(string? given, string? fromEnvironment, string programFolder)
    {
        if (!string.IsNullOrEmpty(given)) return Named(given, "given");
        if (!string.IsNullOrEmpty(fromEnvironment)) return Named(fromEnvironment, $"named by {FileVariable}");
        for (DirectoryInfo? folder = new(programFolder); folder is not null; folder = folder.Parent)
        {
            string file = Path.Combine(folder.FullName, PlaceBelowRoot);
            if (System.IO.File.Exists(file)) return new PlotlyScript(file, $"found at {file}");
        }
        return new PlotlyScript(null, $"no {PlaceBelowRoot} in {programFolder} or above, and {FileVariable} is not set: figures are still pictures");
    }

    /// <summary>The script block for the head of a page, once, before the first figure; null when there is no file.</summary>
    /// <exception cref="BadInputException">The file is not the pinned version.</exception>
    public string? EmbedOnce() => File is null ? null : "<script>(function(module,exports,define){\n" + Guarded(Read()) + "\n})({exports:{}});</script>";

    /// <summary>The file's bytes, checked.</summary>
    /// <exception cref="BadInputException">It is not the pinned version, or cannot be read.</exception>
    /// <exception cref="InvalidOperationException">There is no file.</exception>
    public byte[] Read()
    {
        if (File is null) throw new InvalidOperationException(Reason);
        byte[] bytes;
        try
        {
            bytes = System.IO.File.ReadAllBytes(File);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(File, place: null, $"plotly.js cannot be read: {error.Message}", "run the set-up again", error);
        }
        string sum = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return sum == Sha256 ? bytes : throw new BadInputException(File, place: null, $"not plotly.js {Version} (SHA-256 {sum}, expected {Sha256})", "delete it and run the set-up again");
    }

    /// <summary>Inside a script, the end tag would end it, and an opening comment would change how its end is found.</summary>
    internal static string Guarded(byte[] script) => Encoding.UTF8.GetString(script)
        .Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase).Replace("<!--", "\\x3C!--");

    private static PlotlyScript Named(string file, string how) => System.IO.File.Exists(file)
        ? new PlotlyScript(Path.GetFullPath(file), $"{how}: {file}")
        : throw new BadInputException(file, place: null, $"there is no such file, though it is {how}", "give the path of plotly.min.js, or none");
}
