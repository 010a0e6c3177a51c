using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>
/// <c>#!value --name x</c>: keeps the cell's text, or with <c>--from-file</c> a file's, for other languages to share.
/// With <c>--mime-type</c> it is shown too, in that form.
/// </summary>
internal sealed class ValueKernel(string folder) : ISubKernel
{
    private const string NameOption = "--name";
    private const string MimeTypeOption = "--mime-type";
    private const string FromFileOption = "--from-file";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly SortedDictionary<string, string> values = new(StringComparer.Ordinal);

    public string Name => "value";

    public IReadOnlyList<string> Aliases => [];

    public async Task ExecuteAsync(string code, string options, ICellOutput output, Func<string> nextDisplayId, CancellationToken stop)
    {
        ChooserOptions given = ChooserOptions.Parse(Name, options, NameOption, MimeTypeOption, FromFileOption);
        string name = given[NameOption] ?? throw new SubKernelException("#!value needs a name: #!value --name x");
        if (given[FromFileOption] is { } file)
        {
            if (!string.IsNullOrWhiteSpace(code))
                throw new SubKernelException("#!value --from-file takes the file's text, but the cell has text of its own; leave one of them out");
            code = await ReadAsync(file, stop);
        }
        values[name] = code;
        if (given[MimeTypeOption] is not { } mimeType) return;
        if (!mimeType.Contains('/')) throw new SubKernelException($"#!value --mime-type {mimeType}: not a MIME type, such as text/html");
        output.Display(nextDisplayId(), new MimeBundle(code).With(mimeType, Content(code, mimeType)));
    }

    public object? GetValue(string name) => values.TryGetValue(name, out string? text)
        ? text
        : throw new SubKernelException($"there is no value '{name}'; {(values.Count == 0 ? "no #!value cell has run" : $"there are {string.Join(", ", values.Keys)}")}");

    public void SetValue(string name, object? value) => values[name] = value as string ?? SharedJson.Of(Name, name, value);

    private static JsonNode Content(string text, string mimeType)
    {
        if (!mimeType.EndsWith("json", StringComparison.Ordinal)) return JsonValue.Create(text);
        try
        {
            return JsonNode.Parse(text) ?? throw new SubKernelException($"#!value --mime-type {mimeType}: null shows nothing");
        }
        catch (JsonException wrong)
        {
            throw new SubKernelException($"#!value --mime-type {mimeType}: the text is not JSON: {wrong.Message}");
        }
    }

    private async Task<string> ReadAsync(string file, CancellationToken stop)
    {
        string path = Path.GetFullPath(file, folder);
        try
        {
            return await File.ReadAllTextAsync(path, Utf8, stop);
        }
        catch (DecoderFallbackException)
        {
            throw new SubKernelException($"#!value --from-file {file}: not a text file in UTF-8");
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new SubKernelException($"#!value --from-file {file}: {wrong.Message}");
        }
    }
}
