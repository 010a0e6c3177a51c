using ScratchDet.Kernel.Documents;

namespace ScratchDet.Kernel.Language;

/// <summary>One command of a notebook, as it follows <c>#!</c>.</summary>
/// <param name="IsChooser">Whether the lines after it are in that language.</param>
internal sealed record MagicCommand(string Name, string Description, bool IsChooser = false)
{
    /// <summary>With their dashes.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}

/// <summary>The commands that a cell may hold besides code: what completion offers, and what the chooser lines mean.</summary>
internal static class MagicCommands
{
    public const string Mark = "#!";

    public static IReadOnlyList<MagicCommand> All { get; } =
    [
        new("about", "The kernel, its version and where it runs"),
        new(CellLanguages.CSharp, "The lines that follow are C#", IsChooser: true),
        new("html", "Shows the lines that follow as HTML", IsChooser: true),
        new("import", "Runs a notebook or a script (.ipynb, .dib, .cs, .csx) in this session"),
        new("javascript", "Runs the lines that follow in the reader's browser", IsChooser: true),
        new("lsmagic", "Lists these commands"),
        new("markdown", "Shows the lines that follow as Markdown", IsChooser: true),
        new("mermaid", "Shows the lines that follow as a Mermaid diagram", IsChooser: true),
        new("set", "Sets a variable to a value, or to one of another language") { Options = ["--name", "--value", "--mime-type"] },
        new("share", "Takes a value from another language: #!share --from sql table") { Options = ["--from", "--as", "--mime-type"] },
        new("sql", "Asks the run store: runs, settings, steps, step_losses, evaluations, class_ap", IsChooser: true) { Options = ["--name", "--runs"] },
        new("time", "Measures how long the rest of the cell takes"),
        new("value", "Keeps the lines that follow as a text to share", IsChooser: true) { Options = ["--name", "--mime-type", "--from-file"] },
        new("who", "Lists the variables"),
        new("whos", "Lists the variables with their types and values"),
    ];

    /// <param name="name">In any case; of a language also an alias, such as <c>js</c>.</param>
    public static MagicCommand? Find(string name) =>
        All.FirstOrDefault(command => string.Equals(command.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? (CellLanguages.Find(name) is { } language ? All.FirstOrDefault(command => command.Name == language) : null);
}
