using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ScratchDet.Kernel.Documents;
using ScratchDet.Kernel.Running;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Kernel.Running;

public sealed partial class NotebookPageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Pictures_are_within_the_page_and_nothing_is_asked_from_elsewhere()
    {
        folder.Write("images/a b.png", [1, 2, 3]);
        string html = Page("""
            #!markdown

            # T

            ![x](images/a%20b.png) ![y](https://example.org/y.png) <img src="images/none.png" width="3"> [next](01-next.dib#part) [code](../src/x.cs) [web](https://example.org/a.ipynb)

            """);

        Assert.Contains("<img src=\"data:image/png;base64,AQID\" alt=\"x\"", html);
        Assert.Contains("picture https://example.org/y.png is not here", html);
        Assert.Contains("picture images/none.png is not here", html);
        Assert.Contains("href=\"01-next.html#part\"", html);
        Assert.Contains("href=\"../src/x.cs\"", html);
        Assert.Contains("href=\"https://example.org/a.ipynb\"", html);
        Assert.DoesNotMatch(Loads(), html);
        Assert.Contains("default-src 'none'", html);
    }

    [Fact]
    public void The_title_is_the_first_heading_and_the_others_are_listed_below_it()
    {
        string html = Page("#!markdown\n\n# A & *B* $x$\n\n#!markdown\n\n## Same\n\n### Deep\n\n#!markdown\n\n## Same\n\n#### Too deep\n");

        Assert.Contains("<title>A &amp; B x</title>", html);
        Assert.Contains("</h1>\n<nav aria-label=\"Contents\"><ol><li class=\"level2\"><a href=\"#same\">Same</a></li><li class=\"level3\"><a href=\"#deep\">Deep</a></li><li class=\"level2\"><a href=\"#same-2\">Same</a></li></ol></nav>", html);
        Assert.Contains("<h2 id=\"same-2\">", html);
        Assert.Contains("<title>book</title>", Page("#!csharp\n\n1\n"));
        Assert.Contains("<h1>book</h1>", Page("#!csharp\n\n1\n"));
    }

    [Fact]
    public void An_output_is_shown_in_its_richest_form_and_text_is_escaped()
    {
        string html = Page("#!csharp\n\nx < 1\n",
            """{"output_type": "stream", "name": "stderr", "text": ["<b>\u001b[31mred\u001b[0m\n", "two"]}""",
            """{"output_type": "display_data", "metadata": {}, "data": {"text/plain": "plain", "text/html": "<style>.a{}</style><b>rich</b>"}}""",
            """{"output_type": "display_data", "metadata": {}, "data": {"text/plain": "plain", "text/html": "<style>.a{}</style><b>again</b>"}}""",
            """{"output_type": "display_data", "metadata": {}, "data": {"text/plain": "a \"picture\"", "image/png": "aGk="}}""",
            """{"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": ["<i>\n", "x"]}}""",
            """{"output_type": "error", "ename": "System.Exception", "evalue": "no <x>", "traceback": ["System.Exception: no <x>", "at cell:line 3"]}""");

        Assert.Contains("<pre class=\"output stream stderr\">&lt;b&gt;red\ntwo</pre>", html);
        Assert.Contains("<b>rich</b>", html);
        Assert.Contains("<div class=\"output\"><b>again</b></div>", html);
        Assert.Equal(2, html.Split(".a{}").Length);
        Assert.Contains("<img alt=\"a &quot;picture&quot;\" src=\"data:image/png;base64,aGk=\">", html);
        Assert.Contains("<pre>&lt;i&gt;\nx</pre>", html);
        Assert.Contains("<pre class=\"output error\"><strong>System.Exception: no &lt;x&gt;</strong>\n<span class=\"frames\">at cell:line 3</span></pre>", html);
        Assert.DoesNotContain("plain", html.Split("<main>")[1]);
    }

    [Theory]
    [InlineData("#!csharp\n\nvar s = Scale.Seconds;\n", "Seconds")]
    [InlineData("#!csharp\n\n//| tags: parameters\nvar scale = Scale.Minutes;\n\n#!csharp\n\n//| tags: injected-parameters\nscale = Scale.Paper;\n\n#!csharp\n\nScale.Seconds\n", "Paper")]
    [InlineData("#!csharp\n\nvar s = new[] { Scale.Seconds, Scale.Paper };\n", null)]
    [InlineData("#!csharp\n\n1\n", null)]
    public void The_foot_says_at_which_scale_it_ran(string dib, string? scale) => Assert.Equal(scale, NotebookPage.ScaleOf(DibReader.Read(dib, "book.dib")));

    [Fact]
    public void Words_of_code_are_coloured_by_kind()
    {
        const string code = "#!time\nvar x = new List<int> { 1 }; // why\nif (x.Count > 1) Chart.Lines($\"a{x}\").Show();";

        Assert.Equal(
            ["d:#!time", "k:var", "k:new", "t:List", "k:int", "n:1", "c:// why", "k:if", "n:1", "t:Chart", "f:Lines", "s:$\"", "s:a", "s:\"", "f:Show"],
            CSharpColours.Words(code).Select(word => $"{word.Kind}:{code[word.Start..word.End]}"));
        Assert.Equal("<span class=\"d\">#!sql</span>\na &lt; b", CSharpColours.ToHtml("#!sql\na < b"));
        Assert.Equal("<span class=\"k\">if</span> (", CSharpColours.ToHtml("if ("));
    }

    [Theory]
    [InlineData("x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>")]
    [InlineData(@"\frac{1}{2N}", "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn><mi>N</mi></mrow></mfrac>")]
    [InlineData(@"\sqrt[3]{x} - 1.5", "<mroot><mrow><mi>x</mi></mrow><mrow><mn>3</mn></mrow></mroot><mo>−</mo><mn>1.5</mn>")]
    [InlineData(@"\left(a\right)", "<mrow><mo stretchy=\"true\">(</mo><mi>a</mi><mo stretchy=\"true\">)</mo></mrow>")]
    [InlineData(@"f'(x) < \mathbb{R}", "<msup><mi>f</mi><mo>′</mo></msup><mo stretchy=\"false\">(</mo><mi>x</mi><mo stretchy=\"false\">)</mo><mo>&lt;</mo><mi mathvariant=\"normal\">ℝ</mi>")]
    [InlineData(@"\begin{cases} a & b \\ c & d \end{cases}", "<mrow><mo stretchy=\"true\">{</mo><mtable class=\"left\"><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr><mtr><mtd><mi>c</mi></mtd><mtd><mi>d</mi></mtd></mtr></mtable></mrow>")]
    public void A_formula_becomes_MathML(string tex, string rows) => Assert.Equal($"<math><mrow>{rows}</mrow></math>", MathMarkup.ToHtml(tex, isBlock: false));

    [Theory]
    [InlineData(@"\unknown{x}")]
    [InlineData(@"\frac{1}")]
    [InlineData("{x")]
    [InlineData("x}")]
    [InlineData("x^")]
    [InlineData(@"\left(x")]
    [InlineData(@"\begin{cases}x")]
    [InlineData(@"\begin{cases}x\end{matrix}")]
    [InlineData(@"\")]
    [InlineData("a & b")]
    public void A_formula_that_we_do_not_know_is_shown_as_it_was_typed(string tex) =>
        Assert.Equal($"<code class=\"tex\">{System.Net.WebUtility.HtmlEncode(tex)}</code>", MathMarkup.ToHtml(tex, isBlock: false));

    [Fact]
    public void A_formula_nested_without_end_is_not_followed()
    {
        string tex = string.Concat(Enumerable.Repeat("{", 100_000));

        Assert.StartsWith("<code class=\"tex\">", MathMarkup.ToHtml(tex, isBlock: false));
    }

    private string Page(string dib, params string[] outputs)
    {
        NotebookDocument document = DibReader.Read(dib, "book.dib");
        if (outputs.Length > 0)
            document = document with { Cells = [document.Cells[0] with { Outputs = new JsonArray([.. outputs.Select(output => JsonNode.Parse(output))]) }] };
        return NotebookPage.ToHtml(document, "book", folder.Path, new PageFooter("abc"));
    }

    [GeneratedRegex("(src|<link[^>]*href)=\"(?!data:)")]
    private static partial Regex Loads();
}
