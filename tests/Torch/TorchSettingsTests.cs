using System.Runtime.InteropServices;
using ScratchDet.Torch;
using ScratchDet.Torch.Cuda;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Torch;

public class TorchSettingsTests
{
    [Fact]
    public void The_instruction_set_is_read_from_the_account_of_libtorch()
    {
        Assert.Equal("AVX512", TorchSettings.ReadCpuCapability("PyTorch built with:\n  - GCC 12.2\n  - CPU capability usage: AVX512\n  - Build settings: x\n"));
        Assert.Equal("unknown", TorchSettings.ReadCpuCapability("PyTorch built with:\n"));
        Assert.NotEqual("unknown", TorchSettings.CpuCapability);
    }

    [Theory]
    [InlineData("flags\t\t: fpu avx2 avx512f avx512_bf16 sse", true)]
    [InlineData("flags\t\t: fpu amx_bf16", true)]
    [InlineData("flags\t\t: fpu avx2 avx512f", false)]
    [InlineData("model name\t: avx512_bf16", false)]
    public void Bf16_pays_where_the_processor_computes_it(string line, bool pays) =>
        Assert.Equal(pays, TorchSettings.HasBf16Instructions(["processor\t: 0", line]));

    [Fact]
    public void Memory_figures_without_a_device_are_one_clear_error()
    {
        int count = cuda.device_count();
        var error = Assert.Throws<ExternalException>(() => CudaMemory.Allocated(count));
        Assert.Contains("no CUDA device", error.Message, StringComparison.Ordinal);
    }
}
