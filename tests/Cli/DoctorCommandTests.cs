using System.Text.Json;
using ScratchDet.Cli.Machine;

namespace ScratchDet.Tests.Cli;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scratchdet-doctor-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Json_is_one_object_and_nothing_else_on_standard_output()
    {
        CommandLine result = await CommandLine.RunAsync("doctor", "--json");

        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        Assert.Equal(Environment.ProcessorCount, document.RootElement.GetProperty("machine").GetProperty("cpu").GetProperty("cores").GetInt32());
        Assert.Equal(result.Code == 0 ? 0 : 1, document.RootElement.GetProperty("problems").GetArrayLength() == 0 ? 0 : 1);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void Without_a_choice_of_libtorch_the_one_problem_about_it_says_what_to_do()
    {
        DoctorReport report = DoctorReport.Make(folder);

        Assert.Null(report.Libtorch);
        Assert.Single(report.Problems, problem => problem.Contains("no libtorch was chosen yet") && problem.Contains("./scratchdet"));
    }

    [Fact]
    public void A_choice_whose_files_are_gone_and_that_has_no_torchvision_is_reported()
    {
        WriteChoice("""{"root": "/gone", "version": "2.6.0", "source": "python", "reason": "r", "libraries": ["/gone/lib"], "cuda": false, "torchvision": {"ops": null, "image": null}}""");

        DoctorReport report = DoctorReport.Make(folder);

        Assert.Equal("2.6.0", report.Libtorch!.Version);
        Assert.Contains(report.Problems, problem => problem.Contains("bridge to libtorch is not built"));
        Assert.Contains(report.Problems, problem => problem.Contains("is gone from /gone/lib"));
        Assert.Contains(report.Problems, problem => problem.Contains("nms, roi_align"));
        Assert.Contains(report.Problems, problem => problem.Contains("JPEG, PNG"));
    }

    [Fact]
    public void A_damaged_choice_is_bad_input_that_names_the_file()
    {
        WriteChoice("""{"root": "/usr", "vers""");

        var exception = Assert.Throws<BadInputException>(() => DoctorReport.Make(folder));
        Assert.EndsWith("libtorch.json", exception.File);
    }

    [Theory]
    [InlineData("flags\t\t: fpu avx2 avx512f avx512_bf16 amx_bf16 amx_tile", true, true, true, true)]
    [InlineData("flags\t\t: fpu avx2 avx512_bf16x", true, false, false, false)]
    [InlineData("Features\t: fp asimd bf16", false, false, false, false)]
    public void Instruction_sets_are_read_as_whole_words(string line, bool avx2, bool avx512, bool avx512Bf16, bool amx)
    {
        CpuFacts cpu = CpuFacts.Parse($"processor\t: 0\nmodel name\t: Some CPU @ 2.0GHz\n{line}\n");

        Assert.Equal("Some CPU @ 2.0GHz", cpu.Model);
        Assert.Equal(
            new Dictionary<string, bool> { ["avx2"] = avx2, ["avx512"] = avx512, ["avx512_bf16"] = avx512Bf16, ["amx"] = amx },
            cpu.Flags);
    }

    [Fact]
    public void The_driver_version_is_found_in_the_kernel_module_s_description() => Assert.Equal(
        "535.104.05",
        GpuFacts.DriverVersion("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023"));

    private void WriteChoice(string json) => File.WriteAllText(Path.Combine(folder, "libtorch.json"), json);
}
