namespace ScratchDet.Notebook;

/// <summary>What a kernel does for the code of a cell besides showing what is formatted already.</summary>
public interface ICellServices : IDisplayHost
{
    /// <param name="mimeTypes">The forms wanted; empty for those of the value's type.</param>
    MimeBundle Format(object? value, IReadOnlyCollection<string> mimeTypes);

    /// <summary>A text that already is in the form of the MIME type.</summary>
    MimeBundle FormatRaw(string text, string mimeType);

    /// <param name="wait">Only when the next output comes.</param>
    void Clear(bool wait);

    /// <summary>Asks the reader for a line.</summary>
    /// <exception cref="InvalidOperationException">Nobody can be asked here.</exception>
    string ReadInput(string prompt, bool isPassword);
}
