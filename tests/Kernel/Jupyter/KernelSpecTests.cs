using System.Text;
using System.Text.Json.Nodes;
using ScratchDet.Kernel.Jupyter;
using ScratchDet.Kernel.Zmtp;

namespace ScratchDet.Tests.Kernel.Jupyter;

public sealed class KernelSpecTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kernelspec").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_kernelspec_says_how_the_kernel_is_started_and_interrupted()
    {
        string plotly = Path.Combine(folder, "plotly.js");
        File.WriteAllText(plotly, "// plotly");
        string installed = KernelSpec.Install(folder, ["dotnet", "cli.dll", "kernel", "start", "{connection_file}"], new Dictionary<string, string> { ["A"] = "b" }, plotly);

        Assert.Equal(Path.Combine(folder, "kernels", ".net-csharp"), installed);
        JsonNode spec = JsonNode.Parse(File.ReadAllText(Path.Combine(installed, "kernel.json")))!;
        Assert.Equal("""["dotnet","cli.dll","kernel","start","{connection_file}"]""", spec["argv"]!.ToJsonString());
        Assert.Equal((".NET (C#)", "C#", "message", "b"), ((string?)spec["display_name"], (string?)spec["language"], (string?)spec["interrupt_mode"], (string?)spec["env"]!["A"]));
        Assert.Equal("// plotly", File.ReadAllText(Path.Combine(installed, "plotly.min.js")));
    }

    [Fact]
    public void Installing_again_replaces_the_files_and_leaves_nothing_else()
    {
        KernelSpec.Install(folder, ["old"], new Dictionary<string, string>(), null);
        string installed = KernelSpec.Install(folder, ["new"], new Dictionary<string, string>(), null);

        Assert.Equal(["kernel.json"], Directory.GetFileSystemEntries(installed).Select(Path.GetFileName));
        Assert.Contains("new", File.ReadAllText(Path.Combine(installed, "kernel.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "{}", "csharp")]
    [InlineData("""{"polyglot_notebook":{"kernelName":"sql"},"dotnet_interactive":{"language":"html"}}""", "{}", "sql")]
    [InlineData("""{"dotnet_interactive":{"language":"html"}}""", "{}", "html")]
    [InlineData("""{"cell_metadata":{"polyglot_notebook":{"kernelName":"mermaid"}}}""", "{}", "mermaid")]
    [InlineData("{}", """{"metadata":{"dotnet_interactive":{"language":"value"}}}""", "value")]
    [InlineData("""{"polyglot_notebook":{"kernelName":3},"dotnet_interactive":"html"}""", "{}", "csharp")]
    public void The_language_of_a_cell_is_in_its_metadata(string metadata, string content, string language)
    {
        string[] frames = ["<IDS|MSG>", "", """{"msg_id":"1","msg_type":"execute_request"}""", "{}", metadata, content];
        var routed = new RoutedMessage("ada"u8.ToArray(), [.. frames.Select(frame => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(frame))], 1);
        Assert.Equal(language, CellLanguage.Of(new MessageCodec("", "s", TimeProvider.System).Decode(routed)));
    }
}
