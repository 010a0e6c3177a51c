using System.Text.Json;
using Microsoft.CodeAnalysis.CSharp;

namespace ScratchDet.Kernel.Session;

/// <summary>`#!set` and `#!share`: values go from one language to another.</summary>
internal sealed class ValueMagics(ScriptEngine engine, Languages languages)
{
    private const string SetUsage = "#!set --name NAME --value VALUE, where VALUE is a number, a text, true, false, null, @LANGUAGE:NAME or @input:PROMPT";
    private const string ShareUsage = "#!share --from LANGUAGE NAME [--as NAME] [--mime-type TYPE]";

    private static int shared;

    private const string MimeType = "mime-type";

    public async Task SetAsync(MagicStep step, CellScope cell)
    {
        var arguments = new MagicArguments("set", step.Arguments, SetUsage, "name", "value", MimeType);
        string name = arguments.Required("name");
        string text = arguments.Required("value");
        if (arguments.Words.Count > 0) throw arguments.Wrong($"does not know what '{arguments.Words[0]}' is (a value with spaces stands in quotes)");
        object? value = text.StartsWith('@') ? Referenced(arguments, text[1..], cell) : Literal(text);
        await StoreAsync(step.Language, name, AsAsked(arguments, value), cell).ConfigureAwait(false);
    }

    public async Task ShareAsync(MagicStep step, CellScope cell)
    {
        var arguments = new MagicArguments("share", step.Arguments, ShareUsage, "from", "as", MimeType);
        string source = arguments.OnlyWord("the name of one variable");
        object? value = Read(languages.Known(arguments.Required("from")), source);
        await StoreAsync(step.Language, arguments.Find("as") ?? source, AsAsked(arguments, value), cell).ConfigureAwait(false);
    }

    /// <summary>With a MIME type, the text that the value is in that form.</summary>
    private static object? AsAsked(MagicArguments arguments, object? value)
    {
        if (arguments.Find(MimeType) is not { } mimeType) return value;
        return (value as string) ?? ValueFormatter.Bundle(value, [mimeType]).Find(mimeType)?.ToString();
    }

    private object? Referenced(MagicArguments arguments, string reference, CellScope cell)
    {
        string[] parts = reference.Split(':', 2);
        if (parts.Length == 1) return Read(CellParser.CSharp, parts[0]);
        return parts[0] switch
        {
            "input" => cell.ReadInput(parts[1], isPassword: false),
            "password" => new Microsoft.DotNet.Interactive.PasswordString(cell.ReadInput(parts[1], isPassword: true)),
            string language when languages.Find(language) is { } known => Read(known, parts[1]),
            _ => throw arguments.Wrong($"knows no language '{parts[0]}'"),
        };
    }

    private object? Read(string language, string name)
    {
        if (language != CellParser.CSharp) return languages.Kernel(language).GetValue(name);
        IReadOnlyList<SessionVariable> variables = engine.Variables();
        return (variables.FirstOrDefault(variable => variable.Name == name) ?? throw new MagicException(
            $"C# has no variable '{name}'; {(variables.Count == 0 ? "it has none yet" : "it has " + string.Join(", ", variables.Select(variable => variable.Name)))}")).Value;
    }

    private async Task StoreAsync(string language, string name, object? value, CellScope cell)
    {
        if (language != CellParser.CSharp)
        {
            languages.Kernel(language).SetValue(name, value);
            return;
        }
        if (!SyntaxFacts.IsValidIdentifier(name) || SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None)
            throw new MagicException($"'{name}' cannot be the name of a C# variable; give another one");
        // The way of the value into the compiled cell; a number of its own, as cells of several sessions may run.
        string key = $"ScratchDet.Kernel.Shared{Interlocked.Increment(ref shared)}";
        AppDomain.CurrentDomain.SetData(key, value);
        try
        {
            string type = value is null ? "object" : CSharpTypeName.Qualified(value.GetType()) ?? "object";
            CompiledSubmission submission;
            try
            {
                submission = Compile(type);
            }
            catch (CompilationFailedException) when (type != "object")
            {
                // A type of a DLL that the notebook does not refer to cannot be named in it.
                submission = Compile("object");
            }
            await engine.RunAsync(submission).ConfigureAwait(false);
        }
        finally
        {
            AppDomain.CurrentDomain.SetData(key, null);
        }

        CompiledSubmission Compile(string type) =>
            engine.Compile($"{type} {name} = ({type})global::System.AppDomain.CurrentDomain.GetData(\"{key}\");", CellFile.In(""), [], cell.Stop);
    }

    /// <summary>As JSON has it; everything else is a text.</summary>
    private static object? Literal(string text)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.Number when json.RootElement.TryGetInt32(out int small) => small,
                JsonValueKind.Number when json.RootElement.TryGetInt64(out long large) => large,
                JsonValueKind.Number => json.RootElement.GetDouble(),
                _ => text,
            };
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
