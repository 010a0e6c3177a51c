using System.Globalization;
using System.Xml;
using Microsoft.CodeAnalysis;

namespace ScratchDet.Kernel.Session;

/// <summary>The documentation that the compiler wrote beside an assembly; read when somebody first asks for it.</summary>
internal sealed class DocumentationFile(string path) : DocumentationProvider
{
    private readonly Lazy<Dictionary<string, string>> members = new(() => Read(path));

    public override bool Equals(object? obj) => obj is DocumentationFile other && other.Path == Path;

    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);

    protected override string? GetDocumentationForSymbol(string documentationMemberID, CultureInfo preferredCulture, CancellationToken cancellationToken = default) =>
        members.Value.GetValueOrDefault(documentationMemberID);

    private string Path { get; } = path;

    /// <summary>A file that is damaged documents nothing: help is not worth an error in the reader's cell.</summary>
    private static Dictionary<string, string> Read(string path)
    {
        var members = new Dictionary<string, string>();
        try
        {
            using XmlReader reader = XmlReader.Create(path);
            while (!reader.EOF)
            {
                if (reader.NodeType == XmlNodeType.Element && reader.Name == "member" && reader.GetAttribute("name") is { } name)
                    members[name] = reader.ReadOuterXml();
                else
                    reader.Read();
            }
        }
        catch (Exception failure) when (failure is XmlException or IOException or UnauthorizedAccessException)
        {
            return members;
        }
        return members;
    }
}
