using ScratchDet.Torch;

namespace ScratchDet.Tests.Torch.PyTorchFiles;

/// <summary>Pickles that ask for code to run: refused by name and place.</summary>
public sealed class PickleCodeTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"scratchdet-{Guid.NewGuid():n}.pth");

    public void Dispose() => File.Delete(path);

    [Theory]
    [InlineData("posix", "system")]
    [InlineData("os", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("__builtin__", "getattr")]
    [InlineData("torch.storage", "_load_from_bytes")]
    [InlineData("torch._utils", "_rebuild_wrapper_subclass")]
    [InlineData("torch", "load")]
    [InlineData("torch.jit", "load")]
    [InlineData("collections", "OrderedDict.fromkeys")]
    [InlineData("numpy.core.multiarray", "_reconstruct")]
    [InlineData("argparse", "Namespace")]
    public void A_name_that_is_not_on_the_list_is_refused_with_its_place(string module, string name)
    {
        string byLine = Refusal(new PickleBytes().Raw("}").Text("x").Global(module, name).Raw("(").Text("id").Raw("tRs"));
        Assert.Contains($"data.pkl, byte 9: the pickle asks for code to run, and nothing was run: it names {module}.{name}", byLine, StringComparison.Ordinal);
        string byStack = Refusal(new PickleBytes().Text(module).Text(name).Raw(0x93).Raw(")R"));
        Assert.Contains($"it names {module}.{name}", byStack, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_other_way_to_an_object_is_refused()
    {
        Assert.Contains("it calls os.system", Refusal(new PickleBytes().Raw("(").Text("id").Raw("ios\nsystem\n")));
        Assert.Contains("it calls a class", Refusal(new PickleBytes().Raw("(").Global("collections", "OrderedDict").Raw("o")));
        Assert.Contains("table of extensions", Refusal(new PickleBytes().Raw(0x82, 1)));
        Assert.Contains("table of extensions", Refusal(new PickleBytes().Raw(0x83, 1, 0)));
        Assert.Contains("table of extensions", Refusal(new PickleBytes().Raw(0x84, 1, 0, 0, 0)));
        Assert.Contains("named arguments", Refusal(new PickleBytes().Global("collections", "OrderedDict").Raw(")}").Raw(0x92)));
        Assert.Contains("sets the state of an object", Refusal(new PickleBytes().Raw("]}b")));
        Assert.Contains("sets the state of an object", Refusal(new PickleBytes().Raw("}").Text("x").Raw("b")));
        Assert.Contains("sets the state of an object", Refusal(new PickleBytes().Tensor(bytes => bytes.Storage("0", 4), 0, [4], [1]).Raw("}b")));
        Assert.Contains("outside the pickle", Refusal(new PickleBytes().Raw("P0\n")));
        Assert.Contains("outside the pickle", Refusal(new PickleBytes().Raw(0x97)));
        Assert.Contains("a whole module", Refusal(new PickleBytes().Raw("(").Text("module").Text("a").Text("b").Text("c").Raw("tQ")));
        Assert.Contains("no function", Refusal(new PickleBytes().Global("torch", "float32").Raw(")R")));
        Assert.Contains("no function", Refusal(new PickleBytes().Raw("})R")));
        Assert.Contains("no tuple", Refusal(new PickleBytes().Global("collections", "OrderedDict").Raw("]R")));
    }

    [Fact]
    public void Pickles_that_are_none_are_refused()
    {
        Assert.Contains("is no instruction", Refusal(new PickleBytes().Raw(0xF0)));
        Assert.Contains("protocol 6", Refusal(new PickleBytes().Raw(0x80, 6)));
        Assert.Contains("a value is missing", Refusal(new PickleBytes().Raw("s")));
        Assert.Contains("a value is missing", Refusal(new PickleBytes().Raw("](a")));
        Assert.Contains("a mark is missing", Refusal(new PickleBytes().Raw("]e")));
        Assert.Contains("not a list", Refusal(new PickleBytes().Raw("}Na")));
        Assert.Contains("not a mapping", Refusal(new PickleBytes().Raw("](NNu")));
        Assert.Contains("a key without a value", Refusal(new PickleBytes().Raw("}(Nu")));
        Assert.Contains("entry 7 of the memo", Refusal(new PickleBytes().Raw("h\u0007")));
        Assert.Contains("more or less than one value", Refusal(new PickleBytes()));
        Assert.Contains("more or less than one value", Refusal(new PickleBytes().Raw("NN")));
        Assert.Contains("not UTF-8", Refusal(new PickleBytes().Raw((byte)'X', 1, 0, 0, 0, 0xFF)));
        Assert.Contains("no whole number", Refusal(new PickleBytes().Global("torch._utils", "_rebuild_tensor").Raw("(").Storage("0", 4).Number(0).Raw("(N").Raw("t").Numbers(1).Raw("tR")));
        Assert.Contains("bytes behind the end of the pickle", Refusal(new PickleBytes().Raw("N.")));
    }

    [Fact]
    public void A_name_of_the_file_cannot_play_with_the_terminal()
    {
        string message = Refusal(new PickleBytes().Global("\u001b[2J" + new string('x', 500), "y"));
        Assert.DoesNotContain('\u001b', message);
        Assert.True(message.Length < 600, message);
    }

    private string Refusal(PickleBytes pickle)
    {
        File.WriteAllBytes(path, new ZipBytes(ZipBytes.OneTensor(pickle.ToArray())).ToArray());
        return Assert.Throws<TensorArchiveException>(() => TensorArchive.Read(path)).Message;
    }
}
