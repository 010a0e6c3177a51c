using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace ScratchDet.Kernel.Language;

/// <summary>
/// The documentation comments of compiled symbols: from the .xml file beside the DLL; for the framework, whose runtime
/// has none, from the reference packs of an SDK where one is installed.
/// </summary>
internal static class AssemblyDocumentation
{
    /// <returns>The <c>member</c> element, or null where there is none.</returns>
    public static XElement? Find(ISymbol symbol, Compilation compilation)
    {
        if (symbol.OriginalDefinition.GetDocumentationCommentId() is not { } id || symbol.ContainingAssembly is not { } assembly) return null;
        // The session's references are read into memory; they show where from.
        if (compilation.GetMetadataReference(assembly) is not PortableExecutableReference reference || (reference.FilePath ?? reference.Display) is not { } file || !Path.IsPathFullyQualified(file)) return null;
        foreach (string documentation in Files(file, assembly.Name))
            if (Find(documentation, id) is { } member)
                return member;
        return null;
    }

    private static IEnumerable<string> Files(string assemblyFile, string assemblyName)
    {
        string beside = Path.ChangeExtension(assemblyFile, ".xml");
        if (File.Exists(beside)) return [beside];
        // <dotnet>/shared/Microsoft.NETCore.App/10.0.1/System.Linq.dll
        // <dotnet>/packs/Microsoft.NETCore.App.Ref/10.0.1/ref/net10.0/System.Linq.xml
        var version = new DirectoryInfo(Path.GetDirectoryName(assemblyFile)!);
        if (version.Parent is not { Parent: { Name: "shared", Parent: { } root } } framework) return [];
        string packs = Path.Combine(root.FullName, "packs", framework.Name + ".Ref");
        if (!Directory.Exists(packs)) return [];
        string? pack = Directory.GetDirectories(packs).Where(folder => Major(folder) == Major(version.Name)).Order(StringComparer.Ordinal).LastOrDefault();
        if (pack is null || !Directory.Exists(Path.Combine(pack, "ref"))) return [];
        // The library that declares a type is often not the one that the packs document it in.
        string own = assemblyName + ".xml";
        return Directory.GetFiles(Path.Combine(pack, "ref"), "*.xml", SearchOption.AllDirectories)
            .OrderBy(file => Path.GetFileName(file) == own ? 0 : Path.GetFileName(file) == "System.Runtime.xml" ? 1 : 2)
            .ThenBy(file => file, StringComparer.Ordinal);
    }

    private static string Major(string folder) => Path.GetFileName(folder).Split('.')[0];

    /// <summary>These files have megabytes of which one member is wanted: its text is found first, and only that is parsed.</summary>
    private static XElement? Find(string file, string id)
    {
        byte[] bytes = File.ReadAllBytes(file);
        int start = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"<member name=\"{id}\">"));
        if (start < 0) return null;
        ReadOnlySpan<byte> close = "</member>"u8;
        int length = bytes.AsSpan(start).IndexOf(close);
        if (length < 0) return null;
        try
        {
            return XElement.Parse(Encoding.UTF8.GetString(bytes.AsSpan(start, length + close.Length)), LoadOptions.PreserveWhitespace);
        }
        catch (XmlException)
        {
            // Written by hand, and wrong: as good as none.
            return null;
        }
    }
}
