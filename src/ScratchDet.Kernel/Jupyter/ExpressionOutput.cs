using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>Keeps the value of a user expression, and shows nothing else of it.</summary>
internal sealed class ExpressionOutput : ICellOutput
{
    public MimeBundle? Content { get; private set; }

    public void Write(ConsoleStream stream, string text)
    {
    }

    public void Display(string displayId, MimeBundle content)
    {
    }

    public void Update(string displayId, MimeBundle content)
    {
    }

    public void Result(MimeBundle content) => Content = content;

    public void Clear(bool wait)
    {
    }

    public string ReadInput(string prompt, bool isPassword) =>
        throw new InputUnavailableException("A user expression cannot ask for input.");
}
