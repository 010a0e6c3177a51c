using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.Text;

namespace ScratchDet.Kernel.Session;

/// <summary>
/// The way of an exception from where it was thrown up to the cell, a line for each call; the kernel's own calls and the
/// machinery of `await` are left out.
/// </summary>
internal sealed class CellTraceback(ScriptEngine engine)
{
    private static readonly HashSet<string> Machinery =
        ["System.Runtime.ExceptionServices", "System.Runtime.CompilerServices", "System.Threading.Tasks", "System.Threading"];

    private readonly List<string> lines = [];

    public IReadOnlyList<string> Of(Exception exception)
    {
        AddFrames(exception);
        AddCauses(exception);
        return lines;
    }

    private void AddCauses(Exception exception)
    {
        IEnumerable<Exception> causes = exception is AggregateException many ? many.InnerExceptions : exception.InnerException is { } one ? [one] : [];
        foreach (Exception cause in causes)
        {
            lines.Add($"Caused by {CellErrors.NameOf(cause)}: {cause.Message}");
            AddFrames(cause);
            AddCauses(cause);
        }
    }

    private void AddFrames(Exception exception)
    {
        StackFrame[] frames = new StackTrace(exception, fNeedFileInfo: true).GetFrames();
        int outermost = Array.FindLastIndex(frames, frame => SourceOf(frame) is not null);
        if (outermost < 0) outermost = frames.Length - 1;
        for (int index = 0; index <= outermost; index++)
        {
            // An exception that passes an await is thrown anew in the same method.
            if (Describe(frames[index]) is { } line && (lines.Count == 0 || lines[^1] != line)) lines.Add(line);
        }
    }

    private SubmissionSource? SourceOf(StackFrame frame) =>
        frame.GetMethod()?.DeclaringType is { } type ? engine.SourceOf(type.Assembly) : null;

    private string? Describe(StackFrame frame)
    {
        if (frame.GetMethod() is not { DeclaringType: { } type } method) return null;
        SubmissionSource? source = SourceOf(frame);
        if (source is null && (type.Assembly == typeof(CellTraceback).Assembly || Machinery.Contains(type.Namespace ?? ""))) return null;
        string name = Name(method, type);
        string place = Place(frame, source);
        return name.Length == 0 && place.Length == 0 ? null
            : "   at " + name + (name.Length > 0 && place.Length > 0 ? " in " : "") + place;
    }

    private string Place(StackFrame frame, SubmissionSource? source)
    {
        int line = frame.GetFileLineNumber();
        if (line == 0 || frame.GetFileName() is not { } file) return "";
        if (source is null || !CellFile.IsCell(file)) return $"{Path.GetFileName(file)}, line {line}";
        TextLineCollection lines = source.Text.Lines;
        string code = line <= lines.Count ? ": " + lines[line - 1].ToString().Trim() : "";
        return $"{(source.Cell == engine.Cell ? "" : "an earlier cell, ")}line {line}{code}";
    }

    /// <summary>Of the method as it stands in the code; empty for the code of a cell outside of methods.</summary>
    private static string Name(MethodBase method, Type type)
    {
        string name = method.Name;
        Type? owner = type;
        // State machines and closures are types and methods with names such as <Fit>d__3 and <Fit>b__0.
        while (owner is not null && owner.Name.StartsWith('<'))
        {
            if (Between(owner.Name) is { Length: > 0 } inner) name = inner;
            owner = owner.DeclaringType;
        }
        if (name.StartsWith('<')) name = Between(name);
        bool isSubmission = owner is not null && CSharpTypeName.IsSubmission(owner);
        if (isSubmission && name is "<Initialize>" or "<Factory>" or "Initialize" or "") return "";

        bool isOwn = method.Name == name;
        string parameters = isOwn ? string.Join(", ", method.GetParameters().Select(parameter => CSharpTypeName.Short(parameter.ParameterType))) : "";
        string prefix = owner is null || isSubmission ? "" : (CSharpTypeName.IsOfCell(owner) ? owner.Name : (owner.FullName ?? owner.Name).Split('[')[0].Replace('+', '.')) + ".";
        return $"{prefix}{name}({parameters})";
    }

    private static string Between(string name)
    {
        int end = name.LastIndexOf('>');
        return end > 0 ? name[1..end] : "";
    }
}

/// <summary>The code of a submission.</summary>
/// <param name="Cell">The number of the cell that it belongs to.</param>
internal sealed record SubmissionSource(SourceText Text, int Cell);

/// <summary>The code of the submissions by their assemblies.</summary>
internal sealed class SubmissionSources
{
    private readonly ConditionalWeakTable<Assembly, SubmissionSource> sources = [];

    public void Add(Assembly assembly, SubmissionSource source) => sources.Add(assembly, source);

    public SubmissionSource? Find(Assembly assembly) => sources.TryGetValue(assembly, out SubmissionSource? source) ? source : null;
}
