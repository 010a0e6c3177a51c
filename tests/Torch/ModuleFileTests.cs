using System.Text;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ScratchDet.Tests.Torch;

public class ModuleFileTests
{
    [Fact]
    public void The_bytes_are_a_count_and_then_name_type_shape_and_values_of_each_tensor()
    {
        using var layer = new Linear(new Parameter(tensor([1f, -2f], [1, 2])), null);
        layer.register_buffer("seen", tensor(new long[] { 300 }).reshape());
        using var stream = new MemoryStream();
        layer.save(stream);
        byte[] expected =
        [
            2,
            6, .. "weight"u8, 6, 2, 1, 2, .. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(-2f),
            4, .. "seen"u8, 4, 0, .. BitConverter.GetBytes(300L),
        ];
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void Sizes_above_127_take_more_bytes()
    {
        using var layer = new Linear(new Parameter(zeros(1, 300)), null);
        using var stream = new MemoryStream();
        layer.save(stream);
        Assert.Equal([1, 6, .. "weight"u8, 6, 2, 1, 0xac, 0x02], stream.ToArray()[..13]);
    }

    [Fact]
    public void A_saved_module_is_loaded_as_it_was()
    {
        string path = Path.Combine(Path.GetTempPath(), $"module-{Guid.NewGuid():n}.dat");
        try
        {
            using Sequential saved = Net();
            using (NewDisposeScope()) saved.call(rand(4, 2, 5, 5));
            saved.save(path);
            using Sequential loaded = Net();
            Assert.False(Same(saved, loaded));
            Dictionary<string, bool> found = [];
            loaded.load(path, loadedParameters: found);
            Assert.True(Same(saved, loaded));
            Assert.Equal(saved.state_dict().Keys, found.Keys);
            Assert.DoesNotContain(false, found.Values);
            Assert.Single(Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(path) + "*"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Skipped_names_are_neither_saved_nor_loaded()
    {
        using Sequential saved = Net();
        using Sequential loaded = Net();
        using Tensor before = loaded.get_parameter("0.bias")!.detach().clone();
        using var stream = new MemoryStream();
        saved.save(stream, skip: ["0.bias"]);
        stream.Position = 0;
        loaded.load(stream, skip: ["0.bias"]);
        Assert.True(before.allclose(loaded.get_parameter("0.bias")!, 0, 0));
        Assert.True(saved.get_parameter("0.weight")!.allclose(loaded.get_parameter("0.weight")!, 0, 0));
    }

    [Fact]
    public void A_state_of_another_module_is_refused_with_all_that_is_wrong_and_changes_nothing()
    {
        using Linear target = Linear(3, 2);
        using Tensor before = target.weight.detach().clone();
        using Tensor weight = ones(2, 4);
        using Tensor scale = ones(2);
        Dictionary<string, Tensor> source = new() { ["weight"] = weight, ["scale"] = scale };
        string message = Assert.Throws<InvalidOperationException>(() => target.load_state_dict(source)).Message;
        Assert.Equal("this state does not fit Linear: missing: bias; unexpected: scale; weight has shape [2, 4] where the module has [2, 3]", message);
        Assert.True(before.allclose(target.weight, 0, 0));
        Assert.Throws<InvalidOperationException>(() => target.load_state_dict(source, strict: false));
        (IList<string> missing, IList<string> unexpected) = target.load_state_dict(source, false, ["weight"]);
        Assert.Equal(["bias"], missing);
        Assert.Equal(["scale"], unexpected);
    }

    [Theory]
    [InlineData(0, "the count of tensors")]
    [InlineData(5, "the name of tensor 1 of 2")]
    [InlineData(30, "tensor 1 of 2 ('weight')")]
    public void A_file_that_was_cut_off_is_refused_with_the_place(int length, string place)
    {
        using Linear target = Linear(3, 2);
        using var stream = new MemoryStream();
        target.save(stream);
        using var cut = new MemoryStream(stream.ToArray()[..length]);
        string message = Assert.Throws<InvalidDataException>(() => target.load(cut)).Message;
        Assert.Contains(place, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_something_else_is_refused()
    {
        using Linear target = Linear(3, 2);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes("PK\u0003\u0004 this is no file of tensors, whatever its name says"));
        Assert.Throws<InvalidDataException>(() => target.load(stream));
    }

    [Theory]
    [InlineData(6, 1L << 30, "where 2 bytes are left")]
    [InlineData(6, 1L << 40, "where 2 bytes are left")]
    [InlineData(6, 1L, "a shape of [1] where 2 bytes are left")]
    [InlineData(257, 1L, "no element type 257")]
    [InlineData(-1, 1L, "no element type -1")]
    public void A_tensor_that_the_file_cannot_hold_is_refused_before_memory_is_taken(long type, long size, string what)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write7BitEncodedInt64(1);
            writer.Write("weight");
            foreach (long number in new[] { type, 1, size }) writer.Write7BitEncodedInt64(number);
            writer.Write((short)0);
        }
        stream.Position = 0;
        using Linear target = Linear(3, 2);
        string message = Assert.Throws<InvalidDataException>(() => target.load(stream)).Message;
        Assert.Contains(what, message, StringComparison.Ordinal);
    }

    private static Sequential Net() => Sequential(Conv2d(2, 3, 3), BatchNorm2d(3), ReLU());

    private static bool Same(Module left, Module right) =>
        left.state_dict().All(entry => entry.Value.allclose(right.state_dict()[entry.Key], 0, 0));
}
