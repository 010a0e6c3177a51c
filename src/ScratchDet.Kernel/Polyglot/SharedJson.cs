using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>C# values as JSON, for the languages that know no others.</summary>
internal static class SharedJson
{
    // This encoder escapes < and &, so the text may stand within a script of a page.
    private static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        IncludeFields = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        ReferenceHandler = ReferenceHandler.IgnoreCycles,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <exception cref="SubKernelException">The value has no JSON form.</exception>
    public static string Of(string kernelName, string name, object? value)
    {
        try
        {
            return value is SqlTable table
                ? JsonSerializer.Serialize(table.Rows.Select(row => table.Columns.Zip(row).DistinctBy(cell => cell.First).ToDictionary(cell => cell.First, cell => cell.Second)), Options)
                : JsonSerializer.Serialize(value, value?.GetType() ?? typeof(object), Options);
        }
        catch (Exception wrong)
        {
            // Whatever the value's own properties throw.
            throw new SubKernelException($"'{name}' cannot be shared with {kernelName}, because it has no JSON form: {wrong.Message}");
        }
    }
}
