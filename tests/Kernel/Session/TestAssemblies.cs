using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Tests.Kernel.Session;

/// <summary>Small DLLs that the tests compile themselves.</summary>
internal static class TestAssemblies
{
    public static string Build(string folder, string name, string code, params string[] references)
    {
        string path = Path.Combine(folder, name + ".dll");
        var compilation = CSharpCompilation.Create(
            name, [CSharpSyntaxTree.ParseText(code)],
            [.. HostAssemblies.Common, .. references.Select(reference => MetadataReference.CreateFromFile(reference))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        // A new file, as a build makes one: the old may be in use.
        File.Delete(path);
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(path);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return path;
    }
}
