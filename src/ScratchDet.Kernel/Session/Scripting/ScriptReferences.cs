using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;

namespace ScratchDet.Kernel.Session;

/// <summary>
/// What the `#r` of a session mean, and what the DLLs that they name need in turn: first the host's own assembly of that
/// name, then a file. Also asked by the compiler, for `#r` in loaded files.
/// </summary>
internal sealed class ScriptReferences(SessionLoadContext context) : MetadataReferenceResolver
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, PortableExecutableReference> byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<MetadataReference, string> folders = [];
    private readonly List<string> failures = [];
    private readonly List<string> notes = [];

    public override bool ResolveMissingAssemblies => true;

    /// <summary>
    /// The reference for the text of an `#r`.
    /// </summary>
    /// <param name="text">A path, relative to `folder`, or the name of an assembly of the host or the framework.</param>
    /// <exception cref="ReferenceException">There is no such file, or it is no .NET assembly.</exception>
    public PortableExecutableReference Resolve(string text, string folder)
    {
        string path = Path.GetFullPath(Path.Combine(folder, text));
        if (!File.Exists(path))
        {
            if (!text.Contains('/') && !text.Contains('\\') && HostAssemblies.Find(WithoutDll(text)) is { } own) return own;
            throw new ReferenceException($"#r \"{text}\": there is no file {path}; build what it comes from, or correct the path (relative paths start at {folder})");
        }
        return Add(path, text);
    }

    /// <summary>Takes in one file; the first of a name stays for the life of the session, as it may have been loaded.</summary>
    /// <param name="isOfPackage">Packages often bring parts of the framework, which then are the framework's.</param>
    public PortableExecutableReference Add(string path, string text, bool isOfPackage = false)
    {
        (string name, Guid version) = Identity(path, text);
        if (HostAssemblies.Find(name) is { } own)
        {
            if (!isOfPackage) NoteIfOther(name, version, path, HostAssemblies.PathOf(name)!, "The notebook uses the one of the running kernel");
            return own;
        }
        lock (gate)
        {
            if (byName.TryGetValue(name, out PortableExecutableReference? known))
            {
                NoteIfOther(name, version, path, context.ProvidedPath(name)!, "The notebook goes on with the one it had; restart the kernel to use the new one");
                return known;
            }
            PortableExecutableReference reference = HostAssemblies.Read(path);
            byName.Add(name, reference);
            folders.Add(reference, Path.GetDirectoryName(path)!);
            context.Provide(name, path);
            return reference;
        }
    }

    /// <summary>What went wrong in files that the compiler read by itself, since the last call.</summary>
    public IReadOnlyList<string> TakeFailures() => Take(failures);

    /// <summary>What the author should know about references that were found, since the last call.</summary>
    public IReadOnlyList<string> TakeNotes() => Take(notes);

    public override PortableExecutableReference? ResolveMissingAssembly(MetadataReference definition, AssemblyIdentity referenceIdentity)
    {
        if (HostAssemblies.Find(referenceIdentity.Name) is { } own) return own;
        string? folder;
        lock (gate)
        {
            if (byName.TryGetValue(referenceIdentity.Name, out PortableExecutableReference? known)) return known;
            folders.TryGetValue(definition, out folder);
        }
        string? path = folder is null ? null : Path.Combine(folder, referenceIdentity.Name + ".dll");
        return path is not null && File.Exists(path) ? Add(path, path) : null;
    }

    public override ImmutableArray<PortableExecutableReference> ResolveReference(string reference, string? baseFilePath, MetadataReferenceProperties properties)
    {
        try
        {
            if (reference.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase))
                throw new ReferenceException($"#r \"{reference}\": packages cannot be brought by a loaded file; put this line into the cell, or take #!import in place of #load");
            return [Resolve(reference, Path.GetDirectoryName(baseFilePath) ?? Environment.CurrentDirectory)];
        }
        catch (ReferenceException failure)
        {
            lock (gate) failures.Add(failure.Message);
            return [];
        }
    }

    public override bool Equals(object? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    private static string WithoutDll(string name) => name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;

    /// <summary>Types cannot be replaced in a running process, so a rebuilt file must not pass for the one in use.</summary>
    private void NoteIfOther(string name, Guid version, string path, string usedPath, string consequence)
    {
        if (path == usedPath && AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(assembly => assembly.GetName().Name == name) is { } loaded)
        {
            if (loaded.ManifestModule.ModuleVersionId != version) Note($"{path} was rebuilt since the kernel started; restart the kernel to use it.");
        }
        else if (path != usedPath && Identity(usedPath, usedPath).Version != version)
        {
            Note($"{path} differs from {Path.GetFileName(usedPath)} in {Path.GetDirectoryName(usedPath)}. {consequence}.");
        }
    }

    private void Note(string text)
    {
        lock (gate) notes.Add(text);
    }

    private List<string> Take(List<string> list)
    {
        lock (gate)
        {
            List<string> taken = [.. list];
            list.Clear();
            return taken;
        }
    }

    private static (string Name, Guid Version) Identity(string path, string text)
    {
        try
        {
            using var file = new PEReader(File.OpenRead(path));
            if (!file.HasMetadata) throw new BadImageFormatException("it holds no .NET code");
            MetadataReader metadata = file.GetMetadataReader();
            return (metadata.GetString(metadata.GetAssemblyDefinition().Name), metadata.GetGuid(metadata.GetModuleDefinition().Mvid));
        }
        catch (Exception failure) when (failure is BadImageFormatException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new ReferenceException($"#r \"{text}\": {path} cannot be used: {failure.Message.TrimEnd('.')}; name a .NET assembly (.dll)");
        }
    }
}

/// <summary>An `#r` names something that is not there; the message is for the author of the cell.</summary>
internal sealed class ReferenceException(string message) : Exception(message);
