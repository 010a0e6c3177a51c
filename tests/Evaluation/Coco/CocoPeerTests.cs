using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ScratchDet.Evaluation.Coco;
using ScratchDet.Tests.Data;

namespace ScratchDet.Tests.Evaluation.Coco;

/// <summary>Beside pycocotools itself, where python3 can import it (PYTHONPATH says where it is).</summary>
public sealed class CocoPeerTests : IDisposable
{
    private const int FirstSeed = 1;
    private const int CaseCount = 120;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_number_of_random_cases_is_that_of_pycocotools_with_any_number_of_threads()
    {
        string? python = new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(name => Run(name, "-c", "import pycocotools.cocoeval") is (0, _));
        if (python is null) Assert.Skip("no python3 here can import pycocotools");
        string script = Path.Combine(AppContext.BaseDirectory, "Golden", "coco.py");
        (int code, string errors) = Run(python, script, "--draw", Text(FirstSeed), Text(CaseCount), folder.Path);
        Assert.True(code == 0, $"{script} ended with {code}: {errors}");

        for (int seed = FirstSeed; seed < FirstSeed + CaseCount; seed++)
        {
            using JsonDocument drawn = JsonDocument.Parse(File.ReadAllBytes(folder.At($"{seed}.json")));
            CocoEvaluation found = CocoCase.Evaluate(drawn.RootElement, threads: 1 + (seed % 3));
            ReadOnlySpan<double> expected = MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(folder.At($"{seed}.doubles")));
            foreach ((string name, IReadOnlyList<double> values) in new (string, IReadOnlyList<double>)[] { ("stats", found.Stats), ("precision", found.Precision), ("scores", found.Scores), ("recall", found.Recall) })
            {
                int count = (int)expected[0];
                CocoCase.AssertClose(expected.Slice(1, count).ToArray(), values, $"seed {seed}: {name}");
                expected = expected[(1 + count)..];
            }
            Assert.True(expected.IsEmpty);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Exit code and standard error; null when there is no such program.</summary>
    private static (int Code, string Errors)? TryRun(string program, string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
            Task.WaitAll(errors, output);
            process.WaitForExit();
            return (process.ExitCode, errors.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static (int Code, string Errors) Run(string program, params string[] arguments) => TryRun(program, arguments) ?? (-1, "did not start");
}
