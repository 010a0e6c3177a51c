using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ScratchDet.Runs;

/// <summary>
/// The JSON of run files. A number that is not finite is the text "NaN", "Infinity" or "-Infinity" (JSON has no number
/// for it) and is read back as such; a value that was not measured is null.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StepRecord))]
[JsonSerializable(typeof(EvaluationRecord))]
[JsonSerializable(typeof(RunOutcome))]
[JsonSerializable(typeof(RunEnvironment))]
[JsonSerializable(typeof(SpecFile))]
internal sealed partial class RunJsonContext : JsonSerializerContext;

/// <inheritdoc cref="RunJsonContext"/>
internal static class RunJson
{
    /// <summary>One line a record.</summary>
    public static RunJsonContext Lines { get; } = new(new JsonSerializerOptions(RunJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>For the small files that people open.</summary>
    public static RunJsonContext Indented { get; } = new(new JsonSerializerOptions(Lines.Options) { WriteIndented = true, NewLine = "\n" });

    public static void Write<TValue>(string file, TValue value, JsonTypeInfo<TValue> type) =>
        AtomicFile.Write(file, stream =>
        {
            JsonSerializer.Serialize(stream, value, type);
            stream.WriteByte((byte)'\n');
        });

    /// <exception cref="BadInputException">Missing, not JSON, or not of this shape.</exception>
    public static TValue Read<TValue>(string file, JsonTypeInfo<TValue> type)
        where TValue : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), type)
                ?? throw new BadInputException(file, null, "holds null", "delete the run's folder and train it again");
        }
        catch (JsonException wrong)
        {
            throw new BadInputException(file, $"line {(wrong.LineNumber ?? 0) + 1}", "not the JSON that this file should hold", "delete the run's folder and train it again", wrong);
        }
        catch (Exception wrong) when (wrong is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException(file, null, "missing", "this is not a run's folder; name one that `runs` lists", wrong);
        }
    }
}
