using System.Net;
using System.Text;

namespace ScratchDet.Kernel.Running;

/// <summary>Formulas in TeX's notation as MathML, which browsers draw without help: what lecture notes use, no macros.</summary>
internal sealed class MathMarkup
{
    private const int DeepestNesting = 50;

    private readonly string tex;
    private readonly bool isBlock;
    private int at;
    private int depth;

    private MathMarkup(string tex, bool isBlock) => (this.tex, this.isBlock) = (tex, isBlock);

    /// <summary>A formula as a piece of HTML; one with a command that we do not know is shown as it was typed.</summary>
    public static string ToHtml(string tex, bool isBlock)
    {
        string? rows = new MathMarkup(tex.Trim(), isBlock).TryConvert();
        if (rows is null) return isBlock ? $"<pre class=\"tex\">{WebUtility.HtmlEncode(tex.Trim())}</pre>" : $"<code class=\"tex\">{WebUtility.HtmlEncode(tex.Trim())}</code>";
        return isBlock ? $"<span class=\"formula\"><math display=\"block\"><mrow>{rows}</mrow></math></span>" : $"<math><mrow>{rows}</mrow></math>";
    }

    private string? TryConvert()
    {
        try
        {
            string rows = Row(_ => false);
            return at == tex.Length ? rows : null;
        }
        catch (UnknownTexException)
        {
            return null;
        }
    }

    /// <summary>Atoms up to the end, a closing brace, or what the caller waits for.</summary>
    private string Row(Func<string, bool> endsAt)
    {
        if (++depth > DeepestNesting) throw new UnknownTexException();
        var row = new StringBuilder();
        while (true)
        {
            SkipSpace();
            if (at == tex.Length || tex[at] == '}' || endsAt(tex[at..])) break;
            row.Append(WithScripts(Atom()));
        }
        depth--;
        return row.ToString();
    }

    private string WithScripts(Piece piece)
    {
        string? below = null, above = null;
        while (true)
        {
            SkipSpace();
            if (at == tex.Length) break;
            if (tex[at] == '_' && below is null) (at, below) = (at + 1, null);
            else if (tex[at] == '^' && above is null) (at, above) = (at + 1, null);
            else if (tex[at] == '\'' && above is null)
            {
                int first = at;
                while (at < tex.Length && tex[at] == '\'') at++;
                above = $"<mo>{new string('′', at - first)}</mo>";
                continue;
            }
            else break;
            if (tex[at - 1] == '_') below = Argument();
            else above = Argument();
        }
        bool isOver = piece.TakesLimits && isBlock;
        return (below, above) switch
        {
            (null, null) => piece.Html,
            (not null, null) => isOver ? $"<munder>{piece.Html}{below}</munder>" : $"<msub>{piece.Html}{below}</msub>",
            (null, not null) => isOver ? $"<mover>{piece.Html}{above}</mover>" : $"<msup>{piece.Html}{above}</msup>",
            _ => isOver ? $"<munderover>{piece.Html}{below}{above}</munderover>" : $"<msubsup>{piece.Html}{below}{above}</msubsup>",
        };
    }

    /// <summary>A group in braces, or one atom.</summary>
    private string Argument()
    {
        SkipSpace();
        if (at == tex.Length) throw new UnknownTexException();
        if (tex[at] != '{') return Atom().Html;
        at++;
        string row = Row(_ => false);
        Expect('}');
        return $"<mrow>{row}</mrow>";
    }

    private Piece Atom()
    {
        char letter = tex[at];
        if (letter == '\\') return Command();
        if (letter == '{') return new Piece(Argument());
        if (char.IsAsciiDigit(letter))
        {
            int first = at;
            while (at < tex.Length && (char.IsAsciiDigit(tex[at]) || (tex[at] == '.' && at + 1 < tex.Length && char.IsAsciiDigit(tex[at + 1])))) at++;
            return new Piece($"<mn>{tex[first..at]}</mn>");
        }
        if (letter is '_' or '^' or '&' or '#' or '%' or '$') throw new UnknownTexException();
        at++;
        if (char.IsLetter(letter)) return new Piece($"<mi>{WebUtility.HtmlEncode(letter.ToString())}</mi>");
        return letter switch
        {
            '-' => Operator("−"),
            '*' => Operator("∗"),
            '(' or ')' or '[' or ']' or '|' => Fence(letter.ToString()),
            _ => Operator(letter.ToString()),
        };
    }

    private Piece Command()
    {
        string name = CommandName();
        if (TexSymbols.Letters.TryGetValue(name, out string? letter)) return new Piece($"<mi>{letter}</mi>");
        if (TexSymbols.Operators.TryGetValue(name, out string? sign)) return TexSymbols.Fences.Contains(sign) ? Fence(sign) : Operator(sign);
        if (TexSymbols.LargeOperators.TryGetValue(name, out string? large)) return new Piece($"<mo>{large}</mo>", TakesLimits: true);
        if (TexSymbols.Functions.Contains(name)) return new Piece($"<mi>{name}</mi>", TakesLimits: name is "max" or "min" or "argmax" or "argmin" or "lim" or "sup" or "inf");
        if (TexSymbols.Spaces.TryGetValue(name, out string? width)) return new Piece($"<mspace width=\"{width}\"/>");
        if (TexSymbols.Accents.TryGetValue(name, out string? accent)) return new Piece($"<mover accent=\"true\">{Argument()}<mo>{accent}</mo></mover>");
        if (TexSymbols.Alphabets.TryGetValue(name, out string? variant)) return new Piece($"<mi mathvariant=\"{variant}\">{WebUtility.HtmlEncode(TexSymbols.InAlphabet(name, PlainArgument()))}</mi>");
        return name switch
        {
            "frac" or "dfrac" or "tfrac" => new Piece($"<mfrac>{Argument()}{Argument()}</mfrac>"),
            "sqrt" => Root(),
            "text" or "textrm" => new Piece($"<mtext>{WebUtility.HtmlEncode(PlainArgument()).Replace(" ", "&nbsp;", StringComparison.Ordinal)}</mtext>"),
            "texttt" or "mathtt" => new Piece($"<mtext class=\"code\">{WebUtility.HtmlEncode(PlainArgument())}</mtext>"),
            "left" => Fenced(),
            "begin" => Environment(),
            _ => throw new UnknownTexException(),
        };
    }

    private string CommandName()
    {
        at++; // the backslash
        if (at == tex.Length) throw new UnknownTexException();
        int first = at;
        while (at < tex.Length && char.IsAsciiLetter(tex[at])) at++;
        if (at == first) at++;
        return tex[first..at];
    }

    private Piece Root()
    {
        SkipSpace();
        if (at == tex.Length || tex[at] != '[') return new Piece($"<msqrt>{Argument()}</msqrt>");
        at++;
        string index = Row(rest => rest[0] == ']');
        Expect(']');
        return new Piece($"<mroot>{Argument()}<mrow>{index}</mrow></mroot>");
    }

    private Piece Fenced()
    {
        string open = Delimiter();
        string row = Row(rest => rest.StartsWith("\\right", StringComparison.Ordinal) && !rest.StartsWith("\\rightarrow", StringComparison.Ordinal));
        if (at == tex.Length || tex[at] != '\\') throw new UnknownTexException();
        CommandName();
        return new Piece($"<mrow>{open}{row}{Delimiter()}</mrow>");
    }

    private string Delimiter()
    {
        SkipSpace();
        if (at == tex.Length) throw new UnknownTexException();
        string sign;
        if (tex[at] == '\\')
        {
            if (!TexSymbols.Operators.TryGetValue(CommandName(), out string? named)) throw new UnknownTexException();
            sign = named;
        }
        else
        {
            sign = tex[at++].ToString();
        }
        return sign == "." ? "" : $"<mo stretchy=\"true\">{WebUtility.HtmlEncode(sign)}</mo>";
    }

    private Piece Environment()
    {
        string name = PlainArgument();
        (string open, string close, string align)? kind = name switch
        {
            "cases" => ("{", "", "left"),
            "aligned" or "align" or "align*" or "split" => ("", "", "right left"),
            "matrix" => ("", "", "center"),
            "pmatrix" => ("(", ")", "center"),
            "bmatrix" => ("[", "]", "center"),
            _ => null,
        };
        if (kind is not { } table) throw new UnknownTexException();
        var rows = new StringBuilder("<mtr><mtd>");
        while (true)
        {
            rows.Append(Row(rest => rest[0] == '&' || rest.StartsWith("\\\\", StringComparison.Ordinal) || rest.StartsWith("\\end", StringComparison.Ordinal)));
            if (at == tex.Length) throw new UnknownTexException();
            if (tex[at] == '&')
            {
                at++;
                rows.Append("</mtd><mtd>");
                continue;
            }
            if (CommandName() == "\\")
            {
                rows.Append("</mtd></mtr><mtr><mtd>");
                continue;
            }
            if (PlainArgument() != name) throw new UnknownTexException();
            break;
        }
        rows.Append("</mtd></mtr>");
        string cells = rows.ToString().Replace("<mtr><mtd></mtd></mtr>", "", StringComparison.Ordinal); // a line end behind the last line
        return new Piece($"<mrow>{Bracket(table.open)}<mtable class=\"{table.align}\">{cells}</mtable>{Bracket(table.close)}</mrow>");

        static string Bracket(string sign) => sign.Length == 0 ? "" : $"<mo stretchy=\"true\">{sign}</mo>";
    }

    /// <summary>The text of a group in braces, not converted.</summary>
    private string PlainArgument()
    {
        SkipSpace();
        if (at == tex.Length || tex[at] != '{') throw new UnknownTexException();
        int end = tex.IndexOf('}', at);
        if (end < 0) throw new UnknownTexException();
        string text = tex[(at + 1)..end].Replace("\\_", "_", StringComparison.Ordinal);
        at = end + 1;
        return text.AsSpan().ContainsAny('\\', '{', '$') ? throw new UnknownTexException() : text;
    }

    // Brackets grow with what they enclose only after \left and \right.
    private static Piece Fence(string sign)
    {
        // A bar may open or close, which its place alone does not tell; without this it gets the room of an operator.
        string room = sign is "|" or "‖" ? " lspace=\"0\" rspace=\"0\"" : "";
        return new Piece($"<mo stretchy=\"false\"{room}>{WebUtility.HtmlEncode(sign)}</mo>");
    }

    private static Piece Operator(string sign) => new($"<mo>{WebUtility.HtmlEncode(sign)}</mo>");

    private void SkipSpace()
    {
        while (at < tex.Length && char.IsWhiteSpace(tex[at])) at++;
    }

    private void Expect(char letter)
    {
        if (at == tex.Length || tex[at] != letter) throw new UnknownTexException();
        at++;
    }

    /// <param name="TakesLimits">In a formula of its own, what stands low and high goes below and above it.</param>
    private readonly record struct Piece(string Html, bool TakesLimits = false);

    /// <summary>Not in the part of TeX that we know; the formula is shown as it was typed.</summary>
    private sealed class UnknownTexException : Exception;
}
