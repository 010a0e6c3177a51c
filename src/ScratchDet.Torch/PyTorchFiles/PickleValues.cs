namespace ScratchDet.Torch.PyTorchFiles;

/// <summary>
/// A mapping of a pickle: pairs in their order, not looked up here, so that no choice of keys makes it slow. Other values
/// are null, bool, long, BigInteger, double, string, byte[], object?[] (a tuple), <see cref="PickleList"/> and what
/// <see cref="IPickleObjects"/> makes.
/// </summary>
internal sealed class PickleDictionary
{
    public List<(object? Key, object? Value)> Items { get; } = [];
}

/// <summary>A list or a set of a pickle.</summary>
internal sealed class PickleList
{
    public List<object?> Items { get; } = [];

    /// <summary>The mapping that was made of it as of a list of pairs; made once, however often it is asked for.</summary>
    public PickleDictionary? AsMapping { get; set; }
}

/// <summary>What a pickle may name, and what then becomes of it. Called by the reader, never by looking names up elsewhere.</summary>
internal interface IPickleObjects
{
    /// <summary>What a name of a pickle stands for; null where it is not on the list.</summary>
    object? Find(string module, string name);

    /// <summary>The value of a call of something that <see cref="Find"/> gave.</summary>
    /// <exception cref="PickleFault">The arguments do not fit, or it is nothing to call.</exception>
    object? Call(object? callee, object?[] arguments);

    /// <summary>What an identifier outside the pickle stands for.</summary>
    /// <exception cref="PickleFault">It is none of PyTorch's.</exception>
    object Resolve(object? identifier);
}

/// <summary>What is wrong with a value of a pickle; the reader adds the place.</summary>
internal sealed class PickleFault(string what) : Exception(what);
