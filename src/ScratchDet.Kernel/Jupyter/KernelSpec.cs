using System.Text;
using System.Text.Json;
using ScratchDet.Kernel.Documents;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>What tells Jupyter of the kernel: a folder with <c>kernel.json</c>, and plotly.js, which notebooks load from there.</summary>
public static class KernelSpec
{
    /// <summary>The name that notebooks of .NET Interactive have in their metadata, so that they find this kernel.</summary>
    public const string Name = NotebookMetadata.KernelSpecName;

    private const string PlotlyFile = "plotly.min.js";

    private const string DescriptionFile = "kernel.json";
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Jupyter's data folder of this user: JUPYTER_DATA_DIR, or where its documentation says.</summary>
    public static string UserDataFolder()
    {
        if (Variable("JUPYTER_DATA_DIR") is { } given) return Path.GetFullPath(given);
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS()) return Path.Combine(home, "Library", "Jupyter");
        if (OperatingSystem.IsWindows()) return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter");
        return Path.Combine(Variable("XDG_DATA_HOME") ?? Path.Combine(home, ".local", "share"), "jupyter");
    }

    /// <summary>Jupyter's data folder below a prefix such as that of a virtual environment.</summary>
    public static string PrefixDataFolder(string prefix) => Path.Combine(Path.GetFullPath(prefix), "share", "jupyter");

    /// <summary>Writes the kernelspec; each of its files is replaced whole, <c>kernel.json</c> last.</summary>
    /// <param name="dataFolder">One of Jupyter's data folders.</param>
    /// <param name="arguments">The program and its arguments, with <c>{connection_file}</c> where that belongs.</param>
    /// <param name="environment">Variables that the kernel is started with.</param>
    /// <param name="plotly">plotly.min.js, or null when it is not there.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static string Install(string dataFolder, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string? plotly)
    {
        string folder = Path.Combine(dataFolder, "kernels", Name);
        try
        {
            if (plotly is not null)
            {
                using FileStream source = File.OpenRead(plotly);
                AtomicFile.Write(Path.Combine(folder, PlotlyFile), source.CopyTo);
            }
            AtomicFile.WriteText(Path.Combine(folder, DescriptionFile), Describe(arguments, environment));
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new IOException($"{folder} cannot be written: {denied.Message}", denied);
        }
        return folder;
    }

    private static string Describe(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, Indented))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("argv");
            foreach (string argument in arguments) writer.WriteStringValue(argument);
            writer.WriteEndArray();
            writer.WriteString("display_name", NotebookMetadata.KernelSpecDisplayName);
            writer.WriteString("language", "C#");
            writer.WriteString("interrupt_mode", "message");
            writer.WriteStartObject("env");
            foreach ((string name, string value) in environment) writer.WriteString(name, value);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(json.ToArray()) + "\n";
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
