using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ScratchDet.Cli.Commands;
using ScratchDet.Tests.Cli;

namespace ScratchDet.Tests.Kernel.Jupyter;

public sealed class KernelCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kernel-command").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Install_writes_a_kernelspec_that_starts_this_build()
    {
        CommandLine result = await CommandLine.RunAsync("kernel", "install", "--prefix", folder);

        string installed = Path.Combine(folder, "share/jupyter/kernels/.net-csharp");
        Assert.Equal((0, $"the kernel .net-csharp is in {installed}\n"), (result.Code, result.Output));
        JsonArray arguments = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(installed, "kernel.json"), TestContext.Current.CancellationToken))!["argv"]!.AsArray();
        Assert.Equal(["kernel", "start", "{connection_file}"], arguments.Skip(2).Select(argument => (string?)argument));
        Assert.True(File.Exists((string?)arguments[1]));
    }

    [Fact]
    public async Task Install_takes_one_place()
    {
        CommandLine result = await CommandLine.RunAsync("kernel", "install", "--user", "--prefix", folder);
        Assert.Equal((2, ""), (result.Code, result.Output));
        Assert.Contains("give one of --user, --prefix and --sys-prefix", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_names_the_field_that_it_cannot_use()
    {
        string file = Path.Combine(folder, "connection.json");
        await File.WriteAllTextAsync(file, Connection(5001).Replace("127.0.0.1", "10.0.0.1", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        CommandLine result = await CommandLine.RunAsync("kernel", "start", file);
        Assert.Equal((3, ""), (result.Code, result.Output));
        Assert.StartsWith($"{file}: ip: 10.0.0.1 can be reached from other machines", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_names_the_port_that_is_taken()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        string file = Path.Combine(folder, "connection.json");
        await File.WriteAllTextAsync(file, Connection(port), TestContext.Current.CancellationToken);

        CommandLine result = await CommandLine.RunAsync("kernel", "start", file);
        Assert.Equal(1, result.Code);
        Assert.Contains($"port {port} of 127.0.0.1 cannot be bound", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ratio_is_of_the_peer_to_ours_and_round_by_round()
    {
        var row = BenchRow.OfTimes("work", [1, 2, 4], [2, 2, 6], "ours", "peer");
        Assert.Equal((2.0, 2.0, 1.5), (row.OursMedianS!.Value, row.PeerMedianS!.Value, row.Ratio!.Value));
        Assert.Equal([1.0, 2.0], row.RatioRange!);
        Assert.Null(BenchRow.OfTimes("work", [1], null, "ours", "peer").PeerSettings);
        Assert.Equal(2, BenchRow.OfBytes("memory", 100, 200, "ours", "peer").Ratio);
    }

    private static string Connection(int iopubPort) => $$"""
        {"ip": "127.0.0.1", "transport": "tcp", "signature_scheme": "hmac-sha256", "key": "k",
         "shell_port": 5998, "iopub_port": {{iopubPort}}, "stdin_port": 5997, "control_port": 5996, "hb_port": 5995}
        """;
}
