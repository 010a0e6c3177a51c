using static TorchSharp.torch;

namespace ScratchDet.Torch.PyTorchFiles;

/// <summary>
/// The names that a pickle of torch.save may use, and the plain data that they become. Whatever is not listed is refused:
/// the list is the whole of what PyTorch's own state dictionaries and the usual notes of a training loop need.
/// </summary>
internal sealed class PyTorchObjects : IPickleObjects
{
    /// <summary>None copies more than it is given, or a pickle of a few bytes could call one again and again on a large value.</summary>
    private static readonly Dictionary<string, Func<object?[], object?>> Functions = new(StringComparer.Ordinal)
    {
        ["builtins.dict"] = Mapping,
        ["collections.OrderedDict"] = Mapping,
        ["collections.Counter"] = Mapping,
        ["builtins.set"] = Sequence,
        ["__builtin__.set"] = Sequence,
        ["_codecs.encode"] = Bytes,
        ["torch.Size"] = Size,
        ["torch.device"] = arguments => arguments is [string name, ..] ? name : throw new PickleFault("a device without a name"),
        ["torch._utils._rebuild_tensor"] = arguments => Tensor(arguments, 4, 4),
        ["torch._utils._rebuild_tensor_v2"] = arguments => Tensor(arguments, 6, 7),
        ["torch._utils._rebuild_tensor_v3"] = arguments => Tensor(arguments, 7, 8, arguments.ElementAtOrDefault(6)),
        ["torch._utils._rebuild_parameter"] = Parameter,
        ["torch.nn.parameter.Parameter"] = Parameter,
    };

    private static readonly Dictionary<string, ScalarType> StorageTypes = new(StringComparer.Ordinal)
    {
        ["torch.FloatStorage"] = ScalarType.Float32,
        ["torch.DoubleStorage"] = ScalarType.Float64,
        ["torch.HalfStorage"] = ScalarType.Float16,
        ["torch.BFloat16Storage"] = ScalarType.BFloat16,
        ["torch.LongStorage"] = ScalarType.Int64,
        ["torch.IntStorage"] = ScalarType.Int32,
        ["torch.ShortStorage"] = ScalarType.Int16,
        ["torch.CharStorage"] = ScalarType.Int8,
        ["torch.ByteStorage"] = ScalarType.Byte,
        ["torch.BoolStorage"] = ScalarType.Bool,
    };

    private static readonly Dictionary<string, ScalarType> DataTypes = new(StringComparer.Ordinal)
    {
        ["torch.float32"] = ScalarType.Float32,
        ["torch.float64"] = ScalarType.Float64,
        ["torch.float16"] = ScalarType.Float16,
        ["torch.bfloat16"] = ScalarType.BFloat16,
        ["torch.int64"] = ScalarType.Int64,
        ["torch.int32"] = ScalarType.Int32,
        ["torch.int16"] = ScalarType.Int16,
        ["torch.int8"] = ScalarType.Int8,
        ["torch.uint8"] = ScalarType.Byte,
        ["torch.bool"] = ScalarType.Bool,
    };

    private static readonly string[] UntypedStorages = ["torch.UntypedStorage", "torch.storage.UntypedStorage", "torch.storage._UntypedStorage"];

    private readonly Dictionary<string, TensorStorage> storages = new(StringComparer.Ordinal);

    /// <summary>The storages that were referred to, by their key.</summary>
    public IReadOnlyDictionary<string, TensorStorage> Storages => storages;

    public object? Find(string module, string name)
    {
        string full = $"{module}.{name}";
        if (Functions.TryGetValue(full, out Func<object?[], object?>? function)) return function;
        if (StorageTypes.TryGetValue(full, out ScalarType type)) return new StorageType(type);
        if (UntypedStorages.Contains(full)) return new StorageType(null);
        if (DataTypes.TryGetValue(full, out type)) return type;
        // Types that neither safetensors nor this reader have: told apart from code, so that the reason is the right one.
        if (module == "torch" && name.EndsWith("Storage", StringComparison.Ordinal) && name.Length < 32)
            throw new PickleFault($"numbers of type {PickleReader.Shown(name[..^"Storage".Length])}, which are not read here");
        return null;
    }

    public object? Call(object? callee, object?[] arguments) => callee is Func<object?[], object?> function
        ? function(arguments)
        : throw new PickleFault("it calls what is no function");

    private const int LongestKey = 256;

    /// <summary>("storage", type, key, device, elements) and, before PyTorch 1.6, a view of it: (key, start, elements).</summary>
    public object Resolve(object? identifier)
    {
        if (identifier is not object?[] { Length: 5 or 6 } parts || parts is not ["storage", StorageType type, string key, string, long elements, ..])
            throw new PickleFault("a reference to something else than a storage (a whole module can only be loaded by running its code)");
        if (key.Length > LongestKey) throw new PickleFault($"a storage whose key has {key.Length} letters");
        if (elements is < 0 or > TensorStorage.ElementLimit) throw new PickleFault($"a storage of {elements} elements");
        var storage = new TensorStorage(key, type.Type, elements);
        if (!storages.TryAdd(key, storage) && storages[key] != storage) throw new PickleFault($"storage {PickleReader.Shown(key)} is described in two ways");
        return parts.ElementAtOrDefault(5) is { } view ? ViewOf(storage, view) : new StorageView(storage, 0, elements);
    }

    private static StorageView ViewOf(TensorStorage storage, object view) =>
        storage.Type is not null && view is object?[] parts && parts is [string, long start, long elements] && start >= 0 && elements >= 0 && (Int128)start + elements <= storage.Elements
            ? new StorageView(storage, start, elements)
            : throw new PickleFault($"a view beyond the {storage.Elements} elements of its storage");

    private static StoredTensor Tensor(object?[] arguments, int fewest, int most, object? dataType = null)
    {
        if (arguments.Length < fewest || arguments.Length > most || arguments is not [StorageView view, long offset, object?[] shape, object?[] strides, ..])
            throw new PickleFault("a tensor that is not described by storage, offset, sizes and strides");
        ScalarType type = (dataType, view.Storage.Type) switch
        {
            (ScalarType own, null) => own,
            (ScalarType own, { } ofStorage) when own == ofStorage => own,
            (null, { } ofStorage) => ofStorage,
            _ => throw new PickleFault("a tensor whose type is not told, or not that of its storage"),
        };
        return StoredTensor.Create(view, type, offset, Numbers(shape), Numbers(strides));
    }

    private static object? Parameter(object?[] arguments) =>
        arguments is [StoredTensor tensor, ..] ? tensor : throw new PickleFault("a parameter without a tensor");

    private static object?[] Size(object?[] arguments) => arguments switch
    {
        [] => [],
        [object?[] sizes] => sizes,
        _ => throw new PickleFault("a size that is no tuple"),
    };

    /// <summary>Empty; a mapping; or, as Python 2 wrote it, a list of pairs.</summary>
    private static object Mapping(object?[] arguments) => arguments switch
    {
        [] => new PickleDictionary(),
        [PickleDictionary mapping] => mapping,
        [PickleList pairs] => pairs.AsMapping ??= FromPairs(pairs),
        _ => throw new PickleFault("a mapping that is made of something else than pairs"),
    };

    private static PickleDictionary FromPairs(PickleList pairs)
    {
        var mapping = new PickleDictionary();
        mapping.Items.AddRange(pairs.Items.Select(Pair));
        return mapping;
    }

    private static (object? Key, object? Value) Pair(object? pair) => pair switch
    {
        object?[] tuple when tuple is [var key, var value] => (key, value),
        PickleList { Items: [var key, var value] } => (key, value),
        _ => throw new PickleFault("a mapping that is made of something else than pairs"),
    };

    private static PickleList Sequence(object?[] arguments) => arguments switch
    {
        [] => new PickleList(),
        [PickleList list] => list,
        _ => throw new PickleFault("a set that is made of something else than a list"),
    };

    /// <summary>How protocol 2 writes bytes: a text with one symbol for each. No tensor is made of them.</summary>
    private static object Bytes(object?[] arguments) => arguments is [string, string]
        ? Array.Empty<byte>()
        : throw new PickleFault("bytes that are made of something else than a text");

    private static long[] Numbers(object?[] values) => values.Length > ArchiveBytes.DimensionLimit
        ? throw new PickleFault($"a tensor of {values.Length} dimensions, more than {ArchiveBytes.DimensionLimit}")
        : [.. values.Select(value => value is long number ? number : throw new PickleFault("a size or stride that is no whole number"))];

    /// <summary>The type in a reference to a storage; null: untyped.</summary>
    private sealed record StorageType(ScalarType? Type);
}
