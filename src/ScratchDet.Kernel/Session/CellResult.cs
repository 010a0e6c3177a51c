namespace ScratchDet.Kernel.Session;

/// <summary>How a cell ended. A cell that fails keeps what it had assigned before.</summary>
/// <param name="Error">Null when it succeeded.</param>
public sealed record CellResult(CellError? Error)
{
    public static CellResult Done { get; } = new((CellError?)null);

    public bool Succeeded => Error is null;
}

/// <summary>Why a cell failed, as the `error` output of a notebook has it.</summary>
/// <param name="Name">The exception's type, such as <c>System.DivideByZeroException</c>; <c>CompilationError</c> for code that does not compile; <c>Interrupted</c> for a cell that was stopped.</param>
/// <param name="Message">One line or a few; compiler errors as <c>(line,column): error CS0029: ...</c>.</param>
/// <param name="Traceback">The frames within the cell and below it, without those of the kernel.</param>
public sealed record CellError(string Name, string Message, IReadOnlyList<string> Traceback)
{
    public const string Compilation = "CompilationError";
    public const string Interrupted = "Interrupted";
}
