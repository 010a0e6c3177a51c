// The names below are those that notebooks written for .NET Interactive use, so that such a notebook runs here and ours
// ran there: the namespace and the lower-case `display` are its, the code is ours.
#pragma warning disable IDE1006 // Naming
using Microsoft.AspNetCore.Html;
using ScratchDet.Notebook;

namespace Microsoft.DotNet.Interactive;

/// <summary>What every cell may call without an import. Outside of a cell, displays go to the console as text.</summary>
/// <remarks>
/// Here and not with the kernel, because every compiled cell refers to this assembly and to all that it needs: the
/// compiler and the formatters would make each cell slower.
/// </remarks>
public static class Kernel
{
    /// <summary>Shows a value at once; the result can be updated in place.</summary>
    /// <param name="mimeTypes">The forms to show; by default those of the value's type.</param>
    public static DisplayedValue display(object? value, params string[] mimeTypes) => DisplayedValue.Show(value, mimeTypes);

    /// <summary>A text that is HTML already: as the last expression, or in <see cref="display"/>.</summary>
    public static IHtmlContent HTML(string content) => new HtmlString(content);

    /// <summary>Adds style rules to the page that shows the notebook.</summary>
    public static void CSS(string content) => Cell.Show(new MimeBundle("CSS").With(MimeBundle.Html, $"<style>{content}</style>"));

    /// <summary>Runs a script in the page that shows the notebook, where that page lets scripts run.</summary>
    public static void Javascript(string scriptContent) => Cell.Show(new MimeBundle("JavaScript").With(MimeBundle.Html, $"<script>{scriptContent}</script>"));

    /// <summary>Takes away what this cell has shown so far.</summary>
    /// <param name="wait">Only when the next output comes, so that nothing flickers.</param>
    public static void ClearOutput(bool wait = false) => (Cell.Host as ICellServices)?.Clear(wait);

    /// <summary>Asks the reader for a line of text.</summary>
    /// <exception cref="InvalidOperationException">Nobody can be asked, as when the notebook runs headless.</exception>
    public static Task<string> GetInputAsync(string prompt = "", string typeHint = "text")
    {
        ICellServices cell = Asking();
        return Task.Run(() => cell.ReadInput(prompt, isPassword: typeHint == "password"));
    }

    /// <summary>Asks the reader for a text that is not shown.</summary>
    /// <exception cref="InvalidOperationException">Nobody can be asked, as when the notebook runs headless.</exception>
    public static Task<PasswordString> GetPasswordAsync(string prompt = "")
    {
        ICellServices cell = Asking();
        return Task.Run(() => new PasswordString(cell.ReadInput(prompt, isPassword: true)));
    }

    private static ICellServices Asking() =>
        Cell.Host as ICellServices ?? throw new InvalidOperationException("Input can be asked for only by the code of a notebook's cell.");
}

/// <summary>The same as methods of the value.</summary>
public static class DisplayExtensions
{
    public static DisplayedValue Display(this object? value, params string[] mimeTypes) => DisplayedValue.Show(value, mimeTypes);

    /// <summary>Shows a text that already is in the form of the MIME type.</summary>
    public static DisplayedValue DisplayAs(this string value, string mimeType) => DisplayedValue.ShowRaw(value, mimeType);
}

/// <summary>A value on display. May be updated from any thread, also after its cell has ended.</summary>
public sealed class DisplayedValue
{
    private readonly ICellServices? cell;
    private readonly bool isRaw;

    private DisplayedValue(IReadOnlyCollection<string> mimeTypes, bool isRaw)
    {
        cell = Cell.Host as ICellServices;
        this.isRaw = isRaw;
        DisplayId = cell?.NextDisplayId() ?? "";
        MimeTypes = mimeTypes;
    }

    public string DisplayId { get; }

    public IReadOnlyCollection<string> MimeTypes { get; }

    /// <summary>Puts another value in the place of the one on display.</summary>
    public void Update(object? updatedValue) => cell?.Update(
        DisplayId, isRaw && updatedValue is string text ? cell.FormatRaw(text, MimeTypes.First()) : cell.Format(updatedValue, MimeTypes));

    internal static DisplayedValue Show(object? value, IReadOnlyCollection<string> mimeTypes)
    {
        var shown = new DisplayedValue(mimeTypes, isRaw: false);
        if (shown.cell is null) Console.WriteLine(KitDisplays.Of(value)?.ToMimeBundle().Text ?? value);
        else shown.cell.Display(shown.DisplayId, shown.cell.Format(value, mimeTypes));
        return shown;
    }

    internal static DisplayedValue ShowRaw(string text, string mimeType)
    {
        var shown = new DisplayedValue([mimeType], isRaw: true);
        if (shown.cell is null) Console.WriteLine(text);
        else shown.cell.Display(shown.DisplayId, shown.cell.FormatRaw(text, mimeType));
        return shown;
    }
}

/// <summary>A secret: it shows itself as stars, so that it does not end up in a stored notebook by accident.</summary>
public sealed class PasswordString(string text)
{
    public string GetClearTextPassword() => text;

    public override string ToString() => "********";
}
