using System.Text.Json;
using ScratchDet.Tests.Golden;
using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Torch.PyTorchFiles;

/// <summary>Files that the real torch.save wrote.</summary>
public class TorchMadeFileTests
{
    [Theory]
    [InlineData("state.pth", "pytorch-zip")]
    [InlineData("state-protocol4.pth", "pytorch-zip")]
    [InlineData("state-legacy.pth", "pytorch-legacy")]
    [InlineData("state-legacy-protocol4.pth", "pytorch-legacy")]
    public void Every_type_view_and_stride_comes_out_as_torch_has_it(string name, string format)
    {
        using TensorArchive file = TensorArchive.Read(TorchFiles.PathOrSkip(name));
        Assert.Equal(format, file.Format);
        Assert.Empty(file.Notes);
        AssertHolds(file, "state.json");
    }

    [Theory]
    [InlineData("checkpoint.pth")]
    [InlineData("checkpoint-legacy.pth")]
    public void The_model_of_a_checkpoint_is_found_and_its_numbers_are_metadata(string name)
    {
        using TensorArchive file = TensorArchive.Read(TorchFiles.PathOrSkip(name));
        AssertHolds(file, "checkpoint.json");
        Assert.Equal("the tensors are those of model", file.Notes[0]);
        Assert.StartsWith("left out: the outermost mapping (1 tensors), ema (7 tensors), optimizer.state.", file.Notes[1]);
        Assert.Equal("all names began with module., which was taken off", file.Notes[2]);
        (string, string)[] noted = [("epoch", "12"), ("best", "0.625"), ("arch", "tiny"), ("done", "false"), ("optimizer.param_groups.0.momentum", "0.9"), ("schedule.gamma", "0.1")];
        Assert.All(noted, note => Assert.Equal(note.Item2, file.Metadata[note.Item1]));
    }

    [Fact]
    public void Another_mapping_can_be_asked_for_and_the_prefix_kept()
    {
        string path = TorchFiles.PathOrSkip("checkpoint.pth");
        using TensorArchive average = TensorArchive.Read(path, new TensorArchiveOptions { Mapping = "ema", StripPrefix = false });
        using TensorArchive model = TensorArchive.Read(path);
        using DisposeScope scope = NewDisposeScope();
        Assert.True((average.Load("module.0.weight") - 1).allclose(model.Load("0.weight"), 0, 1e-6));
        var fault = Assert.Throws<TensorArchiveException>(() => TensorArchive.Read(path, new TensorArchiveOptions { Mapping = "teacher" }));
        Assert.Contains("choose one of: the outermost mapping (1 tensors), ema (7 tensors), model (7 tensors)", fault.Message);
    }

    [Fact]
    public void Lists_and_single_tensors_have_names_too()
    {
        using TensorArchive list = TensorArchive.Read(TorchFiles.PathOrSkip("list.pth")), single = TensorArchive.Read(TorchFiles.PathOrSkip("single.pth"));
        Assert.Equal(["0", "1"], list.Entries.Select(entry => entry.Name));
        using Tensor tensor = single.Load("tensor");
        Assert.Equal([3, 3], tensor.data<float>().ToArray());
    }

    [Theory]
    [InlineData("code.pth", "it names posix.system")]
    [InlineData("code-legacy.pth", "it names posix.system")]
    [InlineData("module.pth", "it names torch.nn.parallel.data_parallel.DataParallel")]
    [InlineData("script.pt", "a TorchScript archive")]
    public void Code_is_refused_and_not_run(string name, string what)
    {
        string path = TorchFiles.PathOrSkip(name);
        Assert.Contains(what, Assert.Throws<TensorArchiveException>(() => TensorArchive.Read(path)).Message);
        Assert.False(File.Exists(TorchFiles.PathOrSkip("MARKER")));
    }

    [Theory]
    [InlineData("state.pth")]
    [InlineData("state-legacy.pth")]
    public void Cut_off_at_any_byte_a_file_of_torch_is_refused(string name)
    {
        byte[] whole = File.ReadAllBytes(TorchFiles.PathOrSkip(name));
        string path = Path.Combine(Path.GetTempPath(), $"scratchdet-{Guid.NewGuid():n}.pth");
        try
        {
            File.WriteAllBytes(path, whole);
            using (FileStream stream = File.OpenWrite(path))
            {
                for (int length = whole.Length - 1; length >= 0; length--)
                {
                    stream.SetLength(length);
                    Assert.Throws<TensorArchiveException>(() => TensorArchive.Read(path));
                }
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void AssertHolds(TensorArchive file, string json)
    {
        JsonElement expected = Ssd300TorchvisionGolden.ReadJson(TorchFiles.PathOrSkip(json));
        Assert.Equal(expected.EnumerateObject().Select(entry => entry.Name), file.Entries.Select(entry => entry.Name));
        using DisposeScope scope = NewDisposeScope();
        foreach (TensorEntry entry in file.Entries)
        {
            JsonElement theirs = expected.GetProperty(entry.Name);
            Tensor tensor = file.Load(entry.Name);
            Assert.Equal(theirs.GetProperty("dtype").GetString(), tensor.dtype == ScalarType.Byte ? "uint8" : tensor.dtype.ToString().ToLowerInvariant());
            Assert.Equal(entry.Type, tensor.dtype);
            Assert.Equal(theirs.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), tensor.shape);
            Assert.True(tensor.is_contiguous(), entry.Name);
            Assert.Equal(theirs.GetProperty("values").EnumerateArray().Select(value => value.GetDouble()), tensor.to(ScalarType.Float64).data<double>().ToArray());
        }
    }
}
