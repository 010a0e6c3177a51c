// The names below are those that notebooks written for .NET Interactive use, so that such a notebook runs here and ours
// ran there: the namespace and the lower-case `display` are its, the code is ours.
#pragma warning disable IDE1006 // Naming
using Microsoft.AspNetCore.Html;
using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace Microsoft.DotNet.Interactive;

/// <summary>What every cell may call without an import. Outside of a cell, displays go to the console as text.</summary>
public static class Kernel
{
    /// <summary>Shows a value at once; the result can be updated in place.</summary>
    /// <param name="mimeTypes">The forms to show; by default those of the value's type.</param>
    public static DisplayedValue display(object? value, params string[] mimeTypes) =>
        DisplayedValue.Show(ValueFormatter.Bundle(value, mimeTypes), mimeTypes);

    /// <summary>A text that is HTML already: as the last expression, or in <see cref="display"/>.</summary>
    public static IHtmlContent HTML(string content) => new HtmlString(content);

    /// <summary>Adds style rules to the page that shows the notebook.</summary>
    public static void CSS(string content) => ShowMarkup("CSS", $"<style>{content}</style>");

    /// <summary>Runs a script in the page that shows the notebook, where that page lets scripts run.</summary>
    public static void Javascript(string scriptContent) => ShowMarkup("JavaScript", $"<script>{scriptContent}</script>");

    /// <summary>Takes away what this cell has shown so far.</summary>
    /// <param name="wait">Only when the next output comes, so that nothing flickers.</param>
    public static void ClearOutput(bool wait = false) => CellScope.Current?.Clear(wait);

    /// <summary>Asks the reader for a line of text.</summary>
    /// <exception cref="InputUnavailableException">Nobody can be asked, as when the notebook runs headless.</exception>
    public static Task<string> GetInputAsync(string prompt = "", string typeHint = "text")
    {
        CellScope cell = Asking();
        return Task.Run(() => cell.ReadInput(prompt, isPassword: typeHint == "password"));
    }

    /// <summary>Asks the reader for a text that is not shown.</summary>
    /// <exception cref="InputUnavailableException">Nobody can be asked, as when the notebook runs headless.</exception>
    public static Task<PasswordString> GetPasswordAsync(string prompt = "")
    {
        CellScope cell = Asking();
        return Task.Run(() => new PasswordString(cell.ReadInput(prompt, isPassword: true)));
    }

    private static CellScope Asking() =>
        CellScope.Current ?? throw new InputUnavailableException("Input can be asked for only by the code of a cell.");

    private static void ShowMarkup(string name, string html) => DisplayedValue.Show(new MimeBundle(name).With(MimeBundle.Html, html), []);
}

/// <summary>The same as methods of the value.</summary>
public static class DisplayExtensions
{
    public static DisplayedValue Display(this object? value, params string[] mimeTypes) => Kernel.display(value, mimeTypes);

    /// <summary>Shows a text that already is in the form of the MIME type.</summary>
    public static DisplayedValue DisplayAs(this string value, string mimeType) =>
        DisplayedValue.Show(ValueFormatter.Raw(value, mimeType), [mimeType], isRaw: true);
}

/// <summary>A value on display. May be updated from any thread, also after its cell has ended.</summary>
public sealed class DisplayedValue
{
    private readonly CellScope? cell;
    private readonly bool isRaw;

    private DisplayedValue(CellScope? cell, string displayId, IReadOnlyCollection<string> mimeTypes, bool isRaw)
    {
        this.cell = cell;
        this.isRaw = isRaw;
        DisplayId = displayId;
        MimeTypes = mimeTypes;
    }

    public string DisplayId { get; }

    public IReadOnlyCollection<string> MimeTypes { get; }

    /// <summary>Puts another value in the place of the one on display.</summary>
    public void Update(object? updatedValue) => cell?.Update(
        DisplayId, isRaw && updatedValue is string text ? ValueFormatter.Raw(text, MimeTypes.First()) : ValueFormatter.Bundle(updatedValue, MimeTypes));

    /// <param name="isRaw">Texts are in the form of the MIME type already.</param>
    internal static DisplayedValue Show(MimeBundle content, IReadOnlyCollection<string> mimeTypes, bool isRaw = false)
    {
        CellScope? cell = CellScope.Current;
        if (cell is null) Console.WriteLine(content.Text);
        return new DisplayedValue(cell, cell?.Show(content) ?? "", mimeTypes, isRaw);
    }
}

/// <summary>A secret: it shows itself as stars, so that it does not end up in a stored notebook by accident.</summary>
public sealed class PasswordString(string text)
{
    public string GetClearTextPassword() => text;

    public override string ToString() => "********";
}
