using System.Globalization;
using ScratchDet.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Torch;

/// <summary>Counts for the whole process: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public class AloneCollection;

[Collection(nameof(AloneCollection))]
public class MemoryTests
{
    [Fact]
    public void Live_tensors_are_counted()
    {
        LetFinalizersRun();
        long before = TorchSettings.LiveTensors;
        Tensor one = ones(1);
        Tensor other = one.alias();
        Assert.Equal(before + 2, TorchSettings.LiveTensors);
        one.Dispose();
        other.Dispose();
        Assert.Equal(before, TorchSettings.LiveTensors);
    }

    [Fact]
    public void Tensors_that_nobody_disposed_are_freed_by_the_collector()
    {
        LetFinalizersRun();
        long before = TorchSettings.LiveTensors;
        MakeWithoutDisposing(50);
        Assert.Equal(before + 50, TorchSettings.LiveTensors);
        LetFinalizersRun();
        Assert.Equal(before, TorchSettings.LiveTensors);
    }

    [Fact]
    public void A_training_step_leaves_no_native_memory_behind()
    {
        using var net = nn.Sequential(
            ("convolution", nn.Conv2d(3, 4, 3, padding: 1)), ("relu", nn.ReLU()), ("flat", nn.Flatten()), ("classes", nn.Linear(4 * 6 * 6, 3)));
        using SGD optimizer = optim.SGD(net.parameters(), 0.01, momentum: 0.9, weight_decay: 0.0005, nesterov: true);
        using var generator = new Generator(5);
        using Tensor images = rand(2, 3, 6, 6, generator: generator);
        using Tensor classes = tensor(new long[] { 0, 2 });

        for (int step = 0; step < 20; step++) Train(net, optimizer, images, classes);
        LetFinalizersRun();
        long tensorsAtFirst = TorchSettings.LiveTensors;
        long bytesAtFirst = ResidentBytes();
        for (int step = 20; step < 2000; step++) Train(net, optimizer, images, classes);
        LetFinalizersRun();
        Assert.Equal(tensorsAtFirst, TorchSettings.LiveTensors);
        Assert.InRange(ResidentBytes(), 0, bytesAtFirst * 1.05);
    }

    private static void Train(Sequential net, SGD optimizer, Tensor images, Tensor classes)
    {
        using DisposeScope scope = NewDisposeScope();
        optimizer.zero_grad();
        nn.functional.cross_entropy(net.forward(images), classes).backward();
        optimizer.step();
    }

    private static void MakeWithoutDisposing(int count)
    {
        for (int i = 0; i < count; i++) zeros(10);
    }

    private static void LetFinalizersRun()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static long ResidentBytes()
    {
        string pages = File.ReadAllText("/proc/self/statm").Split(' ')[1];
        return long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
