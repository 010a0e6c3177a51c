using System.Diagnostics;
using System.Text.RegularExpressions;
using ScratchDet.Kernel.Polyglot;
using ScratchDet.Kernel.Session;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Kernel.Polyglot;

public class DisplayLanguagesTests
{
    private static ISubKernel Language(string name) => SubKernels.Create(Path.GetTempPath()).Single(kernel => kernel.Name == name || kernel.Aliases.Contains(name));

    private static string Form(MimeBundle bundle, string mimeType) => bundle.Find(mimeType)!.GetValue<string>();

    [Fact]
    public void Every_language_is_there_under_its_names()
    {
        IReadOnlyList<ISubKernel> kernels = SubKernels.Create(Path.GetTempPath());
        Assert.Equal(["html", "javascript", "markdown", "mermaid", "sql", "value"], kernels.Select(kernel => kernel.Name));
        Assert.Equal(("javascript", "markdown"), (Language("js").Name, Language("md").Name));
        foreach (IDisposable open in kernels.OfType<IDisposable>()) open.Dispose();
    }

    [Fact]
    public async Task Html_is_shown_as_it_is()
    {
        MimeBundle shown = Assert.Single((await RecordingOutput.Run(Language("html"), "<b>1 < 2</b>")).Shown);
        Assert.Equal("<b>1 < 2</b>", Form(shown, MimeBundle.Html));
        Assert.Equal("<b>1 < 2</b>", shown.Text);
    }

    [Fact]
    public async Task Markdown_is_rendered_with_tables_formulas_and_the_html_within()
    {
        MimeBundle shown = Assert.Single((await RecordingOutput.Run(Language("markdown"), "# A\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n$x^2$ <em>raw</em>")).Shown);
        string html = Form(shown, MimeBundle.Html);
        Assert.Contains(">A</h1>", html);
        Assert.Contains("<td>1</td>", html);
        Assert.Contains(@"\(x^2\)", html);
        Assert.Contains("<em>raw</em>", html);
        Assert.StartsWith("# A", Form(shown, "text/markdown"));
        Assert.StartsWith("# A", shown.Text);
    }

    [Fact]
    public async Task Mermaid_shows_its_source_and_loads_nothing()
    {
        MimeBundle shown = Assert.Single((await RecordingOutput.Run(Language("mermaid"), "graph LR; A-->B[\"<i>\"]")).Shown);
        string html = Form(shown, MimeBundle.Html);
        Assert.Contains("<pre class=\"mermaid\">graph LR; A--&gt;B[&quot;&lt;i&gt;&quot;]</pre>", html);
        Assert.Contains("shows its source", html);
        Assert.DoesNotContain("http", html);
        Assert.DoesNotContain("<script", html);
        Assert.Equal("graph LR; A-->B[\"<i>\"]", shown.Text);
    }

    [Theory]
    [InlineData("html")]
    [InlineData("markdown")]
    [InlineData("mermaid")]
    public async Task A_language_without_values_says_so(string name)
    {
        ISubKernel kernel = Language(name);
        Assert.Contains($"{name} cells keep no values", Assert.Throws<SubKernelException>(() => kernel.GetValue("x")).Message);
        Assert.Contains($"{name} cells take no values", Assert.Throws<SubKernelException>(() => kernel.SetValue("x", 1)).Message);
        Assert.Equal($"#!{name}: '--name' is not one of its options; it has none", await RecordingOutput.Problem(kernel, "", "--name x"));
    }

    [Fact]
    public async Task A_script_cannot_end_the_script_that_carries_it()
    {
        MimeBundle shown = Assert.Single((await RecordingOutput.Run(Language("javascript"), "element.innerHTML = '</script><b>';")).Shown);
        string html = Form(shown, MimeBundle.Html);
        Assert.Single(Regex.Matches(html, "</script>"));
        Assert.DoesNotContain("<b>", html);
        Assert.Equal("element.innerHTML = '</script><b>';", shown.Text);
    }

    [Fact]
    public void Javascript_refuses_what_it_cannot_take()
    {
        ISubKernel kernel = Language("javascript");
        Assert.Contains("reader's browser", Assert.Throws<SubKernelException>(() => kernel.GetValue("x")).Message);
        Assert.Contains("'a-b' cannot be a name", Assert.Throws<SubKernelException>(() => kernel.SetValue("a-b", 1)).Message);
        Assert.Contains("'f' cannot be shared with javascript", Assert.Throws<SubKernelException>(() => kernel.SetValue("f", new Func<int>(() => 1))).Message);
    }

    /// <summary>Runs both forms in node, with as much of a page as they use.</summary>
    [Theory]
    [InlineData("return rows[1].Name + ' ' + await Promise.resolve(count);", "ä 3")]
    [InlineData("return { a: 1 };", "{\n  \"a\": 1\n}")]
    [InlineData("element.append('by hand');", "by hand")]
    [InlineData("throw new Error('broken');", "Error: broken")]
    [InlineData("let = ;", "SyntaxError: Unexpected token ';'")]
    public async Task Javascript_runs_with_shared_values_and_shows_what_it_returns_or_throws(string code, string expected)
    {
        ISubKernel kernel = Language("javascript");
        kernel.SetValue("count", 3);
        kernel.SetValue("rows", new[] { new { Name = "</script>", Number = double.NaN }, new { Name = "ä", Number = 1.5 } });
        MimeBundle shown = Assert.Single((await RecordingOutput.Run(kernel, code)).Shown);
        string html = Form(shown, MimeBundle.Html);
        string inHtml = Regex.Match(html, "<script>(?<code>.*)</script>", RegexOptions.Singleline).Groups["code"].Value;

        const string Page = """
            const made = { textContent: "", append(x) { this.textContent += x.textContent ?? x; } };
            const document = { getElementById: id => made, createElement: tag => ({ textContent: "" }) };
            console.error = () => {};
            """;
        Assert.Equal(expected, await Node($"{Page}\n{inHtml}\nsetTimeout(() => process.stdout.write(made.textContent), 5);"));
        Assert.Equal(expected, await Node($"{Page}\nconst element = {{ jquery: '3', 0: made }};\n{Form(shown, "application/javascript")}\nsetTimeout(() => process.stdout.write(made.textContent), 5);"));
    }

    private static async Task<string> Node(string script)
    {
        Process? node = null;
        try
        {
            node = Process.Start(new ProcessStartInfo("node", ["-"]) { RedirectStandardInput = true, RedirectStandardOutput = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("node is not installed");
        }
        using (node!)
        {
            await node!.StandardInput.WriteAsync(script);
            node.StandardInput.Close();
            return await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
    }
}
