using Microsoft.CodeAnalysis;
using ScratchDet.Notebook;

namespace ScratchDet.Kernel.Session;

/// <summary>Carries out the `#r` and `#i` lines of cells. The packages of a session are restored together, so that their versions agree.</summary>
internal sealed class ReferenceDirectives(ScriptReferences references, SessionLoadContext context)
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(120);

    private readonly List<PackageRequest> packages = [];
    private readonly List<string> sources = [];

    /// <summary>How long one restore may take.</summary>
    public TimeSpan Limit { get; set; } = DefaultLimit;

    /// <returns>What the cell's code refers to besides what earlier cells did.</returns>
    /// <exception cref="ReferenceException">A DLL is missing or is none.</exception>
    /// <exception cref="PackageException">A package cannot be brought.</exception>
    public async Task<IReadOnlyList<MetadataReference>> ResolveAsync(IReadOnlyList<CSharpDirective> directives, string folder, CellScope cell)
    {
        var added = new List<MetadataReference>();
        var asked = new List<PackageRequest>();
        foreach (CSharpDirective directive in directives)
        {
            switch (directive)
            {
                case { Name: "i" }:
                    AddSource(directive, folder);
                    break;
                case { Package: { } package }:
                    asked.Add(PackageRequest.Parse(package, directive.Line));
                    break;
                default:
                    added.Add(Resolve(directive, folder));
                    break;
            }
        }
        if (asked.Count > 0) added.AddRange(await BringAsync(asked, folder, cell).ConfigureAwait(false));
        return added;
    }

    /// <summary>Tells the author, once, about references that are not what they seem.</summary>
    public void ShowNotes(CellScope cell)
    {
        foreach (string note in references.TakeNotes()) cell.Write(ConsoleStream.Error, note + "\n");
    }

    private PortableExecutableReference Resolve(CSharpDirective directive, string folder)
    {
        try
        {
            return references.Resolve(directive.Text, folder);
        }
        catch (ReferenceException failure)
        {
            throw new ReferenceException($"({directive.Line + 1},1): {failure.Message}");
        }
    }

    private void AddSource(CSharpDirective directive, string folder)
    {
        if (directive.Package is not { Length: > 0 } source)
            throw new PackageException($"({directive.Line + 1},1): #i \"{directive.Text}\" names no package source; write #i \"nuget: SOURCE\" with an address or a folder");
        if (!source.Contains("://", StringComparison.Ordinal))
        {
            string path = Path.GetFullPath(Path.Combine(folder, source));
            if (!Directory.Exists(path))
                throw new PackageException($"({directive.Line + 1},1): #i \"{directive.Text}\": there is no folder {path}; correct the path (relative paths start at {folder})");
            source = path;
        }
        if (!sources.Contains(source)) sources.Add(source);
    }

    private async Task<IReadOnlyList<MetadataReference>> BringAsync(IReadOnlyList<PackageRequest> asked, string folder, CellScope cell)
    {
        List<PackageRequest> wanted = [.. packages.Where(old => !asked.Any(one => one.IsFor(old.Name))), .. asked];
        string list = string.Join(", ", asked);
        string display = cell.Show(new MimeBundle($"Restoring {list} ..."));
        RestoredPackages restored;
        try
        {
            restored = await new PackageRestore(asked, wanted, sources, folder).RunAsync(
                Limit, line => cell.Update(display, new MimeBundle($"Restoring {list} ...\n{line}")), cell.Stop).ConfigureAwait(false);
        }
        catch
        {
            cell.Update(display, new MimeBundle($"Could not restore {list}"));
            throw;
        }
        packages.Clear();
        packages.AddRange(wanted);
        foreach (string file in restored.NativeFiles) context.ProvideNative(file);
        List<MetadataReference> added = [.. restored.Assemblies.Select(file => references.Add(file, file, isOfPackage: true))];
        cell.Update(display, new MimeBundle("Restored " + string.Join(", ", asked.Select(package => $"{package.Name} {restored.VersionOf(package.Name)}"))));
        return added;
    }
}
