using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace ScratchDet.Kernel.Session;

/// <summary>Tells the author of a cell what went wrong, in terms of the cell.</summary>
internal static class CellErrors
{
    public static CellError Of(CompilationFailedException failure)
    {
        Diagnostic[] errors = [.. failure.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
        return new CellError(CellError.Compilation, string.Join('\n', errors.Select(Line)), [.. errors.Select(Excerpt).Where(text => text.Length > 0)]);
    }

    public static CellError Interrupted { get; } = new(CellError.Interrupted, "The cell was stopped before its end.", []);

    /// <summary>As compilers say it: <c>(line,column): error CS0029: ...</c>, with the file's name if it is not the cell.</summary>
    public static string Line(Diagnostic diagnostic)
    {
        string text = $"{diagnostic.Severity.ToString().ToLowerInvariant()} {diagnostic.Id}: {diagnostic.GetMessage()}";
        if (!diagnostic.Location.IsInSource) return text;
        FileLinePositionSpan span = diagnostic.Location.GetMappedLineSpan();
        string file = CellFile.IsCell(span.Path) ? "" : Path.GetFileName(span.Path);
        return $"{file}({span.StartLinePosition.Line + 1},{span.StartLinePosition.Character + 1}): {text}";
    }

    /// <summary>The line that an error is about, with a mark under the place.</summary>
    private static string Excerpt(Diagnostic diagnostic)
    {
        if (diagnostic.Location is not { IsInSource: true, SourceTree: { } tree }) return "";
        SourceText text = tree.GetText();
        TextLine line = text.Lines.GetLineFromPosition(diagnostic.Location.SourceSpan.Start);
        string code = line.ToString();
        int column = diagnostic.Location.SourceSpan.Start - line.Start;
        int length = Math.Clamp(diagnostic.Location.SourceSpan.Length, 1, Math.Max(1, code.Length - column));
        string space = new([.. code[..column].Select(letter => letter == '\t' ? '\t' : ' ')]);
        return $"    {code}\n    {space}{new string('^', length)}";
    }

    public static CellError Of(Exception exception, AssemblyLoadContext cells)
    {
        Exception told = Unwrap(exception);
        var lines = new List<string>();
        AddFrames(lines, told, cells);
        AddInner(lines, told, cells);
        return new CellError(told.GetType().FullName ?? told.GetType().Name, told.Message, lines);
    }

    /// <summary>Wrappers that only say that something else went wrong.</summary>
    private static Exception Unwrap(Exception exception) => exception switch
    {
        TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
        AggregateException { InnerExceptions: [Exception only] } => Unwrap(only),
        _ => exception,
    };

    private static void AddInner(List<string> lines, Exception exception, AssemblyLoadContext cells)
    {
        IEnumerable<Exception> inner = exception is AggregateException many ? many.InnerExceptions : exception.InnerException is { } one ? [one] : [];
        foreach (Exception cause in inner)
        {
            lines.Add($"Caused by {cause.GetType().FullName}: {cause.Message}");
            AddFrames(lines, cause, cells);
            AddInner(lines, cause, cells);
        }
    }

    /// <summary>From where it was thrown up to the cell; what is above the cell is the kernel.</summary>
    private static void AddFrames(List<string> lines, Exception exception, AssemblyLoadContext cells)
    {
        StackFrame[] frames = new StackTrace(exception, fNeedFileInfo: true).GetFrames();
        int outermost = Array.FindLastIndex(frames, frame => IsOfCells(frame, cells));
        for (int index = 0; index <= outermost || (outermost < 0 && index < frames.Length); index++)
        {
            if (Describe(frames[index], cells) is { } line && (lines.Count == 0 || lines[^1] != line)) lines.Add(line);
        }
    }

    private static bool IsOfCells(StackFrame frame, AssemblyLoadContext cells) =>
        frame.GetMethod()?.DeclaringType?.Assembly is { } assembly && assembly.GetName().Name!.StartsWith('ℛ') && AssemblyLoadContext.GetLoadContext(assembly) == cells;

    private static string? Describe(StackFrame frame, AssemblyLoadContext cells)
    {
        if (frame.GetMethod() is not { DeclaringType: { } type } method) return null;
        if (type.Namespace is "System.Runtime.ExceptionServices" or "System.Runtime.CompilerServices" or "System.Threading.Tasks" or "System.Threading"
            || type.Assembly == typeof(CellErrors).Assembly) return null;
        var text = new StringBuilder("   at ");
        bool isCell = IsOfCells(frame, cells);
        string name = Name(method, type, isCell);
        text.Append(name);
        int line = frame.GetFileLineNumber();
        if (line > 0)
        {
            string file = frame.GetFileName() ?? "";
            text.Append(name.Length > 0 ? " in " : "");
            text.Append(CellFile.IsCell(file) ? "cell" : Path.GetFileName(file)).Append(":line ").Append(line);
        }
        return text.Length > 6 ? text.ToString() : null;
    }

    private static string Name(MethodBase method, Type type, bool isCell)
    {
        string name = method.Name;
        Type? owner = type;
        // State machines and closures: Owner.<Method>d__3.MoveNext, Owner.<>c.<Method>b__0.
        while (owner is not null && owner.Name.StartsWith('<'))
        {
            if (Between(owner.Name) is { Length: > 0 } inner) name = inner;
            owner = owner.DeclaringType;
        }
        if (name.StartsWith('<')) name = Between(name);
        if (isCell && owner is not null && owner.Name.StartsWith("Submission#", StringComparison.Ordinal)) owner = null;
        if (isCell && name is "<Initialize>" or "<Factory>" or "Initialize" or "") return "";
        string parameters = method.Name == "MoveNext" ? "" : string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name));
        return (owner is null ? "" : OwnName(owner) + ".") + $"{name}({parameters})";
    }

    /// <summary>Types of a cell are nested in its submission.</summary>
    private static string OwnName(Type type)
    {
        string name = (type.FullName ?? type.Name).Replace('+', '.');
        return name.StartsWith("Submission#", StringComparison.Ordinal) ? name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..] : name;
    }

    private static string Between(string name)
    {
        int end = name.LastIndexOf('>');
        return end > 0 ? name[1..end] : "";
    }
}

/// <summary>The code of a cell compiles as a file of this name in the notebook's folder, so that relative paths start there.</summary>
internal static class CellFile
{
    private const string Name = "[cell]";

    public static string In(string folder) => Path.Combine(folder, Name);

    public static bool IsCell(string path) => Path.GetFileName(path) == Name;
}
