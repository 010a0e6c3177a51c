using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ScratchDet.Tests.Notebooks;

/// <summary>Chromium, driven by the scripts beside this file; what is needed is brought by `./scratchdet test`.</summary>
internal sealed record BrowserTools(string Node, string Playwright, string Chromium)
{
    /// <summary>Skips the test where a browser or what drives it is missing.</summary>
    public static BrowserTools Require()
    {
        string playwright = Path.Combine(Repository.Root, ".build/browser/node_modules/playwright-core");
        string? node = ChildProcess.FindOnPath("node"), chromium = ChildProcess.FindOnPath("chromium");
        Assert.SkipWhen(node is null, "there is no node on PATH");
        Assert.SkipWhen(chromium is null, "there is no chromium on PATH");
        Assert.SkipUnless(Directory.Exists(playwright), "playwright-core is not there: npm did not bring it");
        return new BrowserTools(node!, playwright, chromium!);
    }

    public async Task<JsonObject> RunAsync(string script, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Node, [Path.Combine(AppContext.BaseDirectory, "Notebooks", script), Playwright, Chromium, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        return JsonNode.Parse(await output)!.AsObject();
    }
}
