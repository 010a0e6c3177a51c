using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace ScratchDet.Cli;

/// <summary>
/// Where a command writes: its result to <see cref="Output"/>, everything that accompanies the work (notes, progress,
/// errors) to <see cref="Error"/>.
/// </summary>
/// <param name="clock">Paces progress lines; a test passes its own.</param>
public sealed class Terminal(TextWriter output, TextWriter error, IAnsiConsole? liveError = null, TimeProvider? clock = null)
{
    /// <summary>How every JSON result is written: snake case, full precision, one line; "NaN" and "Infinity" as texts.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public TextWriter Output { get; } = output;

    public TextWriter Error { get; } = error;

    /// <summary>The process's own streams; progress bars only where standard error is a terminal.</summary>
    public static Terminal ForProcess()
    {
        bool isLive = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        IAnsiConsole? live = isLive
            ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })
            : null;
        return new Terminal(Console.Out, Console.Error, live);
    }

    /// <summary>Writes the one JSON object of a command called with --json.</summary>
    public void WriteJson<T>(T value) => Output.WriteLine(JsonSerializer.Serialize(value, Json));

    /// <summary>One line for the person who watches; it goes above a progress bar that is being shown.</summary>
    public void Note(string line)
    {
        if (liveError is null)
            Error.WriteLine(line);
        else
            liveError.WriteLine(line);
    }

    /// <summary>A progress display for one command; dispose it when the work ends, however it ends.</summary>
    public IProgressDisplay Progress() =>
        liveError is null ? new PlainProgress(Error, clock ?? TimeProvider.System) : new LiveProgress(liveError);
}
