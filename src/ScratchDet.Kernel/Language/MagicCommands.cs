using System.Text.RegularExpressions;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Language;

/// <summary>What may follow <c>#!</c>, as completion and inspection know it.</summary>
/// <param name="IsChooser">Whether the lines after it are in that language.</param>
/// <param name="Options">With their dashes.</param>
internal sealed record MagicCommand(string Name, string Description, bool IsChooser, IReadOnlyList<string> Options);

/// <summary>The session's magics, and the languages that a cell may choose.</summary>
internal static partial class MagicCommands
{
    public const string Mark = "#!";

    public static IReadOnlyList<MagicCommand> All { get; } =
    [
        .. MagicList.All.Select(magic => new MagicCommand(magic.Name, magic.Meaning, IsChooser: false, [.. Option().Matches(magic.Usage).Select(match => match.Value)])),
        Chooser(CellParser.CSharp, "The lines that follow are C#."),
        Chooser("html", "Shows the lines that follow as HTML."),
        Chooser("javascript", "Runs the lines that follow in the reader's browser."),
        Chooser("js", "Runs the lines that follow in the reader's browser."),
        Chooser("markdown", "Shows the lines that follow as Markdown."),
        Chooser("mermaid", "Shows the lines that follow as a Mermaid diagram."),
        Chooser("sql", "Asks the run store: runs, settings, steps, step_losses, evaluations, class_ap.", "--name", "--runs"),
        Chooser("value", "Keeps the lines that follow as a text to share.", "--name", "--mime-type", "--from-file"),
    ];

    public static MagicCommand? Find(string name) => All.FirstOrDefault(command => string.Equals(command.Name, IsCSharp(name) ? CellParser.CSharp : name, StringComparison.OrdinalIgnoreCase));

    public static bool IsCSharp(string name) => string.Equals(name, CellParser.CSharp, StringComparison.OrdinalIgnoreCase) || name is "C#" or "c#";

    private static MagicCommand Chooser(string name, string description, params string[] options) => new(name, description, IsChooser: true, options);

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex Option();
}
