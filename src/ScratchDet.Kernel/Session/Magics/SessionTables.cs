using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using ScratchDet.Kernel.Language;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Session;

/// <summary>What the magics that tell about the session show.</summary>
internal static class SessionTables
{
    private const int LongestValue = 80;

    public static MimeBundle Names(IReadOnlyList<SessionVariable> variables) =>
        Table(["Variable"], [.. variables.Select(variable => new[] { variable.Name })]);

    public static MimeBundle Values(IReadOnlyList<SessionVariable> variables) =>
        Table(["Variable", "Type", "Value"], [.. variables.Select(variable => new[] { variable.Name, CSharpTypeName.Short(variable.Type), Preview(variable.Value) })]);

    public static MimeBundle Magics() =>
        Table(["Write", "Meaning"],
        [
            .. MagicCommands.All.Select(command => new[] { string.Join(' ', command.Options.Prepend(MagicCommands.Mark + command.Name)), command.Description }),
            .. MagicList.Directives.Select(directive => new[] { directive.Usage, directive.Meaning }),
        ]);

    public static MimeBundle About() =>
        Table(["Part", "Version"],
        [
            ["Kernel", "ScratchDet.Kernel " + VersionOf(typeof(SessionTables).Assembly)],
            ["Language", "C#, Roslyn " + VersionOf(typeof(Microsoft.CodeAnalysis.CSharp.CSharpCompilation).Assembly)],
            ["Formatting", "Microsoft.DotNet.Interactive.Formatting " + VersionOf(typeof(Microsoft.DotNet.Interactive.Formatting.Formatter).Assembly)],
            [".NET", RuntimeInformation.FrameworkDescription],
            ["System", $"{RuntimeInformation.OSDescription} ({RuntimeInformation.ProcessArchitecture})"],
        ]);

    private static string VersionOf(Assembly assembly)
    {
        string version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version?.ToString() ?? "";
        int commit = version.IndexOf('+', StringComparison.Ordinal);
        return commit < 0 ? version : version[..commit];
    }

    private static MimeBundle Table(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows) => new TextTable(columns, rows).ToMimeBundle();

    /// <summary>One short line. Sequences are not gone through: that may be work, and have effects.</summary>
    private static string Preview(object? value)
    {
        string text;
        try
        {
            text = value switch
            {
                null => "<null>",
                string letters => $"\"{letters}\"",
                IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
                ICollection collection => $"{collection.Count} elements",
                _ => value.ToString() ?? "",
            };
        }
        catch (Exception failure)
        {
            // A value that cannot say what it is must not take the table away from the others.
            text = $"<{failure.GetType().Name}: {failure.Message}>";
        }
        text = text.ReplaceLineEndings(" ");
        return text.Length <= LongestValue ? text : string.Concat(text.AsSpan(0, LongestValue - 1), "…");
    }
}
