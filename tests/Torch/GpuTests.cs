using ScratchDet.Torch;
using ScratchDet.Torch.Cuda;
using ScratchDet.Torch.Vision;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Torch;

[Collection(nameof(AloneCollection))]
public class GpuTests
{
    [Fact]
    public void Numbers_come_back_from_the_device_as_they_went()
    {
        RequireDevice();
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(1);
        Tensor numbers = rand(100, generator: generator);
        Tensor away = numbers.cuda();
        Assert.Equal(DeviceType.CUDA, away.device_type);
        Assert.True(away.cpu().allclose(numbers, 0, 0));
        Assert.Throws<InvalidOperationException>(() => away.AsSpan<float>().Length);
    }

    [Fact]
    public void Autocast_lowers_products_on_the_device()
    {
        RequireDevice();
        using DisposeScope scope = NewDisposeScope();
        Tensor a = ones([2, 3], device: CUDA);
        using (Autocast.Enter(DeviceType.CUDA, ScalarType.Float16)) Assert.Equal(ScalarType.Float16, a.matmul(a.t()).dtype);
        Assert.Equal(ScalarType.Float32, a.matmul(a.t()).dtype);
    }

    [Fact]
    public void SGD_on_the_device_follows_that_on_the_processor()
    {
        RequireDevice();
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(2);
        Tensor start = rand(4, 5, generator: generator);
        var here = new Parameter(start.clone());
        var there = new Parameter(start.cuda());
        using SGD optimizer = optim.SGD([here, there], 0.1, momentum: 0.9, weight_decay: 0.01, nesterov: true);
        for (int i = 0; i < 10; i++)
        {
            optimizer.zero_grad();
            here.square().sum().backward();
            there.square().sum().backward();
            optimizer.step();
        }
        Assert.True(there.cpu().allclose(here, 1e-5, 1e-6));
    }

    [Fact]
    public void Memory_on_the_device_is_counted()
    {
        RequireDevice();
        CudaMemory.EmptyCache();
        CudaMemory.ResetPeak();
        long before = CudaMemory.Allocated();
        const long Bytes = 8L << 20;
        using (Tensor large = zeros([Bytes / 4], device: CUDA))
        {
            Assert.Equal(before + Bytes, CudaMemory.Allocated());
            Assert.True(CudaMemory.Reserved() >= CudaMemory.Allocated());
        }
        Assert.Equal(before, CudaMemory.Allocated());
        Assert.Equal(before + Bytes, CudaMemory.PeakAllocated());
        CudaDeviceDescription device = CudaMemory.Describe();
        Assert.NotEmpty(device.Name);
        Assert.InRange(device.TotalBytes, Bytes, long.MaxValue);
        Assert.InRange(device.CapabilityMajor, 3, 99);
    }

    [Fact]
    public void Nms_on_the_device_keeps_the_same_boxes()
    {
        RequireDevice();
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(3);
        Tensor boxes = rand(200, 4, generator: generator) * 50;
        boxes = cat([boxes.narrow(1, 0, 2), boxes.narrow(1, 0, 2) + boxes.narrow(1, 2, 2) + 1], 1);
        Tensor scores = rand(200, generator: generator);
        Assert.Equal(VisionOperators.Nms(boxes, scores, 0.4).data<long>().ToArray(),
            VisionOperators.Nms(boxes.cuda(), scores.cuda(), 0.4).cpu().data<long>().ToArray());
    }

    private static void RequireDevice()
    {
        if (!cuda.is_available()) Assert.Skip("no CUDA device, or a libtorch without CUDA");
    }
}
