using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Session;

/// <summary>Where the outputs of one cell go: to a Jupyter client, or into the executed notebook. May be called from any thread, also after the cell has ended.</summary>
/// <remarks>
/// Implementations do not write to <see cref="Console"/>: its writers are locked while a cell prints. One that must takes
/// Console.Out before the session begins.
/// </remarks>
public interface ICellOutput
{
    /// <summary>Text of the console.</summary>
    void Write(ConsoleStream stream, string text);

    void Display(string displayId, MimeBundle content);

    /// <summary>Replaces the content of an earlier display, of this cell or of another.</summary>
    void Update(string displayId, MimeBundle content);

    /// <summary>The value of the cell's last expression; at most one a cell.</summary>
    void Result(MimeBundle content);

    /// <param name="wait">Only when the next output comes.</param>
    void Clear(bool wait);

    /// <summary>Asks the reader for a line.</summary>
    /// <exception cref="InputUnavailableException">Nobody can be asked here.</exception>
    string ReadInput(string prompt, bool isPassword);
}

public enum ConsoleStream
{
    Output,
    Error,
}

/// <summary>The cell asks for input where nobody can answer: headless, or the client did not allow it.</summary>
public sealed class InputUnavailableException(string message) : InvalidOperationException(message);
