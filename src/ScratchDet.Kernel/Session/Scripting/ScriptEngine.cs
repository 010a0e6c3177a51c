using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Scripting;

namespace ScratchDet.Kernel.Session;

/// <summary>The C# of a session: compiles each piece of code as the next submission of one script and runs it.</summary>
/// <remarks>
/// Roslyn's own runner would report no warnings and load assemblies in its own way; here the emitted submission is
/// started directly. What a submission has assigned when it throws stays assigned.
/// </remarks>
internal sealed class ScriptEngine
{
    private static readonly string[] Imports =
    [
        "System", "System.Text", "System.Collections", "System.Collections.Generic", "System.Threading.Tasks", "System.Linq",
        "Microsoft.DotNet.Interactive", "Microsoft.DotNet.Interactive.Kernel",
    ];

    /// <summary>
    /// Nullable annotations where nullable is not enabled, and references to other versions of an assembly: neither is
    /// a fault of the cell.
    /// </summary>
    private static readonly HashSet<string> UnwantedWarnings = ["CS8632", "CS1701", "CS1702"];

    private readonly SessionLoadContext context;
    private readonly ScriptReferences references;
    private readonly SubmissionSources sources = new();

    /// <summary>The objects of the submissions by their slot; slot 0 is for globals, which there are none of.</summary>
    private object?[] submissions = new object?[64];
    private int chained;

    /// <summary>What the submissions so far refer to; each hands it on to the next.</summary>
    private readonly HashSet<MetadataReference> known = [.. HostAssemblies.Common];
    private ScriptSnapshot snapshot;

    public ScriptEngine(string folder, SessionLoadContext context, ScriptReferences references)
    {
        this.context = context;
        this.references = references;
        snapshot = new ScriptSnapshot(null, ScriptOptions.Default
            .WithFilePath(CellFile.In(folder))
            .WithReferences(HostAssemblies.Common)
            .WithImports(Imports)
            .WithMetadataResolver(references)
            .WithSourceResolver(ScriptSourceResolver.Default.WithBaseDirectory(folder))
            .WithEmitDebugInformation(true)
            .WithFileEncoding(Encoding.UTF8)
            .WithOptimizationLevel(OptimizationLevel.Release));
    }

    public ScriptSnapshot Snapshot => Volatile.Read(ref snapshot);

    /// <summary>The number of the cell that runs, counted by <see cref="BeginCell"/>.</summary>
    public int Cell { get; private set; }

    public void BeginCell() => Cell++;

    /// <summary>The code that an assembly was compiled from; null for assemblies that are not of this session's cells.</summary>
    public SubmissionSource? SourceOf(Assembly assembly) => sources.Find(assembly);

    /// <exception cref="CompilationFailedException">The code does not compile; nothing has run.</exception>
    public CompiledSubmission Compile(string code, string filePath, IReadOnlyCollection<MetadataReference> added, CancellationToken stop)
    {
        references.TakeFailures(); // completion may have asked for references, too
        try
        {
            return Emit(code, filePath, added, stop);
        }
        catch (CompilationFailedException failure) when (failure.MayLackReferences)
        {
            // With the whole framework: if it compiles then, what it uses stays for the cells that follow.
            IReadOnlyCollection<MetadataReference> more = Used(Snapshot.Next(code, filePath, [.. added, .. HostAssemblies.All]).GetCompilation(), stop);
            return Emit(code, filePath, [.. added, .. more.Except(known)], stop);
        }
    }

    private CompiledSubmission Emit(string code, string filePath, IReadOnlyCollection<MetadataReference> added, CancellationToken stop)
    {
        Script<object> script = Snapshot.Next(code, filePath, added);
        Compilation compilation = script.GetCompilation();
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        EmitResult emitted = compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb), cancellationToken: stop);
        ImmutableArray<Diagnostic> diagnostics =
        [
            .. emitted.Diagnostics
                .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error
                    || (diagnostic.Severity == DiagnosticSeverity.Warning && !UnwantedWarnings.Contains(diagnostic.Id)))
                .OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start),
        ];
        if (diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
            throw new CompilationFailedException(diagnostics, references.TakeFailures());
        image.Position = symbols.Position = 0;
        // Without an error there is still no image when there is nothing to run, as in a cell of `using` lines.
        Assembly? assembly = emitted.Success ? context.LoadFromStream(image, symbols) : null;
        if (assembly is not null) sources.Add(assembly, new SubmissionSource(compilation.SyntaxTrees.Last().GetText(stop), Cell));
        return new CompiledSubmission(script, compilation, assembly, diagnostics, added);
    }

    /// <summary>The host's assemblies that the code needs, and all that these need.</summary>
    private static IReadOnlyCollection<MetadataReference> Used(Compilation whole, CancellationToken stop)
    {
        var names = new HashSet<string>();
        foreach (MetadataReference reference in whole.GetUsedAssemblyReferences(stop))
            if (whole.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly) names.Add(assembly.Name);
        return [.. HostAssemblies.Closure(names)];
    }

    /// <summary>Runs the submission and makes what it declares known to the next, also when it throws.</summary>
    public async Task<ScriptValue> RunAsync(CompiledSubmission submission)
    {
        chained++;
        known.UnionWith(submission.Added);
        if (chained + 1 >= submissions.Length) Array.Resize(ref submissions, submissions.Length * 2);
        Volatile.Write(ref snapshot, Snapshot with { Last = submission.Script });
        if (submission.Assembly is null || submission.Compilation.GetEntryPoint(CancellationToken.None) is not { } entry) return ScriptValue.None;

        MethodInfo factory = submission.Assembly.GetType(entry.ContainingType.MetadataName)!
            .GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!;
        object? value = await factory.CreateDelegate<Func<object?[], Task<object?>>>()(submissions).ConfigureAwait(false);
        return value is null && !submission.EndsInValue() ? ScriptValue.None : new ScriptValue(true, value);
    }

    /// <summary>The variables of the cells so far, in the order of their declaration; of several of one name the last.</summary>
    public IReadOnlyList<SessionVariable> Variables()
    {
        var byName = new Dictionary<string, SessionVariable>();
        foreach (object? submission in submissions)
        {
            if (submission is null) continue;
            foreach (FieldInfo field in submission.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
            {
                if (!char.IsLetter(field.Name[0]) && field.Name[0] != '_') continue;
                byName.Remove(field.Name);
                byName.Add(field.Name, new SessionVariable(field.Name, field.FieldType, field.GetValue(submission)));
            }
        }
        return [.. byName.Values];
    }
}

/// <summary>A variable of the session.</summary>
/// <param name="Type">As declared.</param>
internal sealed record SessionVariable(string Name, Type Type, object? Value);

/// <summary>What a piece of code ended with.</summary>
/// <param name="HasValue">False for statements, and for calls that return nothing.</param>
internal readonly record struct ScriptValue(bool HasValue, object? Value)
{
    public static ScriptValue None => default;
}

/// <param name="Assembly">Null when there is nothing to run.</param>
/// <param name="Added">References besides those of earlier submissions.</param>
internal sealed record CompiledSubmission(Script<object> Script, Compilation Compilation, Assembly? Assembly, ImmutableArray<Diagnostic> Warnings, IReadOnlyCollection<MetadataReference> Added)
{
    /// <summary>Whether the code ends in an expression with a value or in a return: then null is a value, too.</summary>
    public bool EndsInValue()
    {
        SyntaxTree tree = Compilation.SyntaxTrees.Last();
        if (((CompilationUnitSyntax)tree.GetRoot()).Members.LastOrDefault() is not GlobalStatementSyntax last) return false;
        return last.Statement switch
        {
            ReturnStatementSyntax { Expression: not null } => true,
            ExpressionStatementSyntax { SemicolonToken.IsMissing: true } statement =>
                Compilation.GetSemanticModel(tree).GetTypeInfo(statement.Expression).Type?.SpecialType != SpecialType.System_Void,
            _ => false,
        };
    }
}

internal sealed class CompilationFailedException(ImmutableArray<Diagnostic> diagnostics, IReadOnlyList<string> references) : Exception
{
    /// <summary>
    /// No such type, namespace, name, member or extension method; or a type that the compiler itself needs (`dynamic`).
    /// </summary>
    private static readonly HashSet<string> LackCodes =
        ["CS0012", "CS0103", "CS0117", "CS0234", "CS0246", "CS0400", "CS0426", "CS0518", "CS0656", "CS1061", "CS1069", "CS1070", "CS1929", "CS1935", "CS1936", "CS7069"];

    /// <summary>Something is not known that an assembly not referred to may have.</summary>
    public bool MayLackReferences => diagnostics.Any(diagnostic => LackCodes.Contains(diagnostic.Id));

    /// <summary>What is wrong with references of loaded files, in more words than the compiler has.</summary>
    public IReadOnlyList<string> References => references;

    /// <summary>Errors and warnings in the order of the code.</summary>
    public ImmutableArray<Diagnostic> Diagnostics => diagnostics;
}
