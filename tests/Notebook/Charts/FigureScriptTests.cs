using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook;

/// <summary>The script of a figure, run by Node on a page made of as little as it needs.</summary>
public sealed class FigureScriptTests : IDisposable
{
    private const string Page = """
        const settings = JSON.parse(process.argv[2]);
        const drawn = [], requests = [], errors = [];
        process.on('unhandledRejection', error => errors.push(String(error)));
        const element = tag => ({ tag, dataset: {}, style: {}, attributes: {}, isConnected: true, children: [], parentElement: null, alt: 'words',
          setAttribute(key, value) { this.attributes[key] = value }, insertBefore(child) { this.children.push(child); child.parentElement = this },
          remove() { this.parentElement.children = this.parentElement.children.filter(child => child !== this) }, querySelector() { return this.children.find(child => child.tag === 'img') } });
        const figures = [0, 1].map(() => { const figure = element('div'); figure.dataset.figure = settings.name; figure.insertBefore(element('img')); return figure });
        const body = element('body'); if (settings.classic) body.dataset.baseUrl = '/base/';
        globalThis.window = globalThis;
        globalThis.getComputedStyle = () => ({ backgroundColor: settings.background || 'rgba(0, 0, 0, 0)', colorScheme: 'normal' });
        globalThis.matchMedia = () => ({ matches: false, addEventListener() {} });
        let tries = settings.late ? 3 : 0;
        globalThis.document = { body, documentElement: element('html'), currentScript: settings.own ? { previousElementSibling: figures[0] } : null, createElement: element,
          getElementById: id => settings.lab && id === 'jupyter-config-data' ? { textContent: '{"baseUrl":"/base"}' } : null,
          querySelectorAll: () => tries-- > 0 ? [] : figures.filter(figure => !figure.dataset.drawn) };
        const fake = { react(plot, data, layout) { if (settings.breaks) return Promise.reject(new Error('no')); drawn.push({ data, layout }); return Promise.resolve() } };
        globalThis.fake = fake;
        if (settings.embedded) window.Plotly = fake;
        globalThis.define = () => { throw new Error('define was called') }; define.amd = {}; const before = define;
        const file = "if(typeof define==='function'&&define.amd)define([],function(){});if(typeof module==='object'&&module.exports)module.exports=fake;";
        globalThis.fetch = async url => { requests.push(url); const ok = !settings.offline;
          return { ok, json: async () => ({ kernelspecs: settings.foreign ? {} : { '.net-csharp': {} } }), text: async () => file } };
        for (let run = 0; run < (settings.runs || 1); run++) (0, eval)(require('fs').readFileSync(process.argv[3], 'utf8'));
        setTimeout(() => console.log(JSON.stringify({ drawn: drawn.length, requests, errors, hidden: figures.filter(figure => figure.children.find(child => child.tag === 'img').style.display === 'none').length,
          plots: figures.map(figure => figure.children.length - 1).join(), paper: drawn[0]?.layout.paper_bgcolor, line: drawn[0]?.data[0].line.color, same: define === before })), 400);
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scratchdet-script-");

    public void Dispose() => folder.Delete(recursive: true);

    private JsonObject Run(JsonObject settings)
    {
        string html = Chart.Lines(new LineSeries("a", [1, 2])).ToHtml();
        settings["name"] = Regex.Match(html, "data-figure=\"([^\"]+)\"").Groups[1].Value;
        (string page, string script) = (Path.Combine(folder.FullName, "page.cjs"), Path.Combine(folder.FullName, "figure.js"));
        File.WriteAllText(page, Page);
        File.WriteAllText(script, Regex.Match(html, "<script>(.*)</script>", RegexOptions.Singleline).Groups[1].Value);
        try
        {
            using Process node = Process.Start(new ProcessStartInfo("node", [page, settings.ToJsonString(), script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string output = node.StandardOutput.ReadToEnd();
            string errors = node.StandardError.ReadToEnd();
            node.WaitForExit();
            Assert.Equal("", errors);
            JsonObject result = JsonNode.Parse(output)!.AsObject();
            Assert.Empty(result["errors"]!.AsArray());
            Assert.True((bool)result["same"]!);
            return result;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("node is not installed");
            throw;
        }
    }

    [Fact]
    public void An_embedded_plotly_draws_and_nothing_is_fetched()
    {
        JsonObject result = Run(new() { ["embedded"] = true, ["own"] = true });
        Assert.Equal("1,0", (string?)result["plots"]);
        Assert.Equal(1, (int)result["hidden"]!);
        Assert.Empty(result["requests"]!.AsArray());
    }

    [Fact]
    public void Without_a_place_of_its_own_it_draws_each_equal_figure_once_even_when_they_come_late()
    {
        JsonObject result = Run(new() { ["embedded"] = true, ["late"] = true, ["runs"] = 2 });
        Assert.Equal("1,1", (string?)result["plots"]);
        Assert.Equal(2, (int)result["drawn"]!);
    }

    [Theory]
    [InlineData("classic")]
    [InlineData("lab")]
    public void Jupyter_gives_plotly_from_the_kernels_folder_once_and_no_module_loader_sees_it(string kind)
    {
        JsonObject result = Run(new() { [kind] = true, ["runs"] = 3 });
        Assert.Equal("1,1", (string?)result["plots"]);
        Assert.Equal(["/base/api/kernelspecs", "/base/kernelspecs/.net-csharp/plotly.min.js"], result["requests"]!.AsArray().Select(request => (string?)request));
    }

    [Theory]
    [InlineData("offline", 1)]
    [InlineData("foreign", 1)]
    [InlineData("nothing", 0)]
    public void Where_plotly_cannot_be_had_the_picture_stays(string fault, int requests)
    {
        JsonObject result = Run(new() { ["lab"] = fault != "nothing", [fault] = true });
        Assert.Equal("0,0", (string?)result["plots"]);
        Assert.Equal(0, (int)result["hidden"]!);
        Assert.Equal(requests, result["requests"]!.AsArray().Count);
    }

    [Fact]
    public void A_figure_that_cannot_be_drawn_gives_the_picture_back()
    {
        JsonObject result = Run(new() { ["embedded"] = true, ["breaks"] = true });
        Assert.Equal("0,0", (string?)result["plots"]);
        Assert.Equal(0, (int)result["hidden"]!);
    }

    [Theory]
    [InlineData("rgb(255, 255, 255)", "#0072b2")]
    [InlineData("rgb(17, 17, 17)", "#4aa8e8")]
    [InlineData("rgba(0, 0, 0, 0)", "#0072b2")]
    public void Colours_follow_the_paper_behind_the_figure(string background, string line)
    {
        JsonObject result = Run(new() { ["embedded"] = true, ["background"] = background });
        Assert.Equal(line, (string?)result["line"]);
        Assert.Equal("rgba(0,0,0,0)", (string?)result["paper"]);
    }
}
