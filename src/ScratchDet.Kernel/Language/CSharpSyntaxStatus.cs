using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Kernel.Language;

/// <summary>Whether a text can run as it stands, or its author is still writing.</summary>
internal static class CSharpSyntaxStatus
{
    public static CodeStatus Of(string code)
    {
        CellText text = CellText.Of(code);
        SyntaxTree tree = CSharpSyntaxTree.ParseText(text.CSharp, CodeAtCursor.ParseOptions);
        // A cell that ends in another language, or in a command, has nothing more to come for its C#.
        if (!SyntaxFactory.IsCompleteSubmission(tree)) return text.EndsInCSharp ? CodeStatus.Incomplete : CodeStatus.Invalid;
        return tree.GetDiagnostics().Any(problem => problem.Severity == DiagnosticSeverity.Error) ? CodeStatus.Invalid : CodeStatus.Complete;
    }
}
