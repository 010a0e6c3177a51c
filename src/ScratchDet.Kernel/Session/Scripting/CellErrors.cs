using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace ScratchDet.Kernel.Session;

/// <summary>Tells the author of a cell what went wrong, in terms of the cell.</summary>
internal sealed class CellErrors(ScriptEngine engine)
{
    private const string Magic = "MagicError";
    private const string Reference = "ReferenceError";
    private const string Package = "PackageError";
    private const string Language = "LanguageError";

    public static CellError Interrupted { get; } = new(CellError.Interrupted, "The cell was stopped before its end.", []);

    /// <summary>What an exception that left the code of `cell`, or stopped it from running, means.</summary>
    public CellError Of(Exception exception, CellScope cell)
    {
        Exception told = Unwrap(exception);
        return told switch
        {
            CellFailedException failure => failure.Error,
            CompilationFailedException failure => Of(failure),
            OperationCanceledException when cell.Stop.IsCancellationRequested => Interrupted,
            MagicException => new CellError(Magic, told.Message, []),
            ReferenceException => new CellError(Reference, told.Message, []),
            PackageException => new CellError(Package, told.Message, []),
            SubKernelException => new CellError(Language, told.Message, []),
            _ => new CellError(NameOf(told), told.Message, new CellTraceback(engine).Of(told)),
        };
    }

    /// <summary>As compilers say it: <c>(line,column): error CS0029: ...</c>, with the file's name if it is not the cell.</summary>
    public static string Line(Diagnostic diagnostic)
    {
        string text = $"{diagnostic.Severity.ToString().ToLowerInvariant()} {diagnostic.Id}: {diagnostic.GetMessage()}";
        if (!diagnostic.Location.IsInSource) return text;
        FileLinePositionSpan span = diagnostic.Location.GetMappedLineSpan();
        string file = CellFile.IsCell(span.Path) ? "" : Path.GetFileName(span.Path);
        return $"{file}({span.StartLinePosition.Line + 1},{span.StartLinePosition.Character + 1}): {text}";
    }

    /// <summary>Types of a cell are nested in its submission, whose name says nothing.</summary>
    internal static string NameOf(Exception exception)
    {
        Type type = exception.GetType();
        return CSharpTypeName.IsOfCell(type) ? type.Name : type.FullName ?? type.Name;
    }

    /// <summary>Wrappers that only say that something else went wrong.</summary>
    private static Exception Unwrap(Exception exception) => exception switch
    {
        TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
        AggregateException { InnerExceptions: [Exception only] } => Unwrap(only),
        _ => exception,
    };

    private static CellError Of(CompilationFailedException failure)
    {
        Diagnostic[] errors = [.. failure.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
        return new CellError(
            CellError.Compilation,
            string.Join('\n', errors.Select(Line).Concat(failure.References)),
            [.. errors.Select(Excerpt).OfType<string>()]);
    }

    /// <summary>The line that an error is about, with a mark under the place.</summary>
    private static string? Excerpt(Diagnostic diagnostic)
    {
        if (diagnostic.Location is not { IsInSource: true, SourceTree: { } tree }) return null;
        TextLine line = tree.GetText().Lines.GetLineFromPosition(diagnostic.Location.SourceSpan.Start);
        string code = line.ToString();
        int column = diagnostic.Location.SourceSpan.Start - line.Start;
        int length = Math.Clamp(diagnostic.Location.SourceSpan.Length, 1, Math.Max(1, code.Length - column));
        // Tabs stay tabs, so that the mark stands under its place however wide they are.
        string space = new([.. code[..column].Select(letter => letter == '\t' ? '\t' : ' ')]);
        return $"    {code}\n    {space}{new string('^', length)}";
    }
}

/// <summary>The code of a cell compiles as a file of this name in the notebook's folder, so that relative paths start there.</summary>
internal static class CellFile
{
    private const string Name = "[cell]";

    public static string In(string folder) => Path.Combine(folder, Name);

    public static bool IsCell(string path) => Path.GetFileName(path) == Name;
}
