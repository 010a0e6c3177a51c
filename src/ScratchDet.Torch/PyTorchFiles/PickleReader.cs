using System.Buffers.Binary;

namespace ScratchDet.Torch.PyTorchFiles;

/// <summary>
/// Builds plain data from a pickle. Names and calls go to <see cref="IPickleObjects"/>, which knows a fixed list and makes
/// data only; what would set an object's state or call anything else is refused with its place. Nothing here recurses, and
/// values, like bytes, are counted: a pickle costs no more than its length allows.
/// </summary>
internal sealed partial class PickleReader(PickleInput input, IPickleObjects objects)
{
    /// <summary>Values on the stack and in the memo, all together.</summary>
    private const int ValueLimit = 5_000_000;

    private const string FromATrustedSource = "if you trust its source, load it in Python and save only the tensors: torch.save(model.state_dict(), FILE)";

    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];
    private readonly Dictionary<long, object?> memo = [];
    private int values;
    private long at;

    /// <summary>Reads one pickle up to its end.</summary>
    /// <exception cref="TensorArchiveException">It is damaged, or asks for code to run.</exception>
    public object? Read()
    {
        while (true)
        {
            at = input.Offset;
            var code = (PickleOpcode)input.Byte();
            if (code == PickleOpcode.Stop) break;
            try
            {
                if (!ReadScalar(code) && !ReadContainer(code) && !ReadObject(code)) throw Bad($"0x{(byte)code:x2} is no instruction of a pickle");
            }
            catch (PickleFault fault)
            {
                throw Bad(fault.Message);
            }
        }
        if (stack.Count != 1 || marks.Count > 0) throw Bad("it ends with more or less than one value");
        return stack[0];
    }

    /// <summary>Text of a file for people: printable, and not endless.</summary>
    internal static string Shown(string text)
    {
        const int Longest = 100;
        string printable = string.Concat(text.Take(Longest).Select(symbol => char.IsControl(symbol) || char.IsSurrogate(symbol) ? '?' : symbol));
        return text.Length > Longest ? printable + "..." : printable;
    }

    private bool ReadContainer(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.Mark:
                Count();
                marks.Add(stack.Count);
                return true;
            case PickleOpcode.Pop:
                if (marks.Count > 0 && marks[^1] == stack.Count) marks.RemoveAt(marks.Count - 1);
                else Pop();
                return true;
            case PickleOpcode.PopMark:
                PopToMark();
                return true;
            case PickleOpcode.Duplicate:
                Push(Top());
                return true;
            case PickleOpcode.EmptyTuple:
                Push(Array.Empty<object?>());
                return true;
            case PickleOpcode.Tuple:
                Push(PopToMark());
                return true;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                Push(Pop(code - PickleOpcode.Tuple1 + 1));
                return true;
            case PickleOpcode.EmptyList or PickleOpcode.EmptySet:
                Push(new PickleList());
                return true;
            case PickleOpcode.List or PickleOpcode.FrozenSet:
                Push(Extend(new PickleList(), PopToMark()));
                return true;
            case PickleOpcode.Append:
                object?[] one = Pop(1);
                Extend(Top<PickleList>("a list"), one);
                return true;
            case PickleOpcode.Appends or PickleOpcode.AddItems:
                object?[] several = PopToMark();
                Extend(Top<PickleList>("a list"), several);
                return true;
            case PickleOpcode.EmptyDictionary:
                Push(new PickleDictionary());
                return true;
            case PickleOpcode.Dictionary:
                Push(Extend(new PickleDictionary(), PopToMark()));
                return true;
            case PickleOpcode.SetItem:
                object?[] pair = Pop(2);
                Extend(Top<PickleDictionary>("a mapping"), pair);
                return true;
            case PickleOpcode.SetItems:
                object?[] pairs = PopToMark();
                Extend(Top<PickleDictionary>("a mapping"), pairs);
                return true;
            case PickleOpcode.GetText:
                Push(Recall(Number(input.Line())));
                return true;
            case PickleOpcode.Get1:
                Push(Recall(input.Byte()));
                return true;
            case PickleOpcode.Get4:
                Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(input.Take(4))));
                return true;
            case PickleOpcode.PutText:
                Remember(Number(input.Line()));
                return true;
            case PickleOpcode.Put1:
                Remember(input.Byte());
                return true;
            case PickleOpcode.Put4:
                Remember(BinaryPrimitives.ReadUInt32LittleEndian(input.Take(4)));
                return true;
            case PickleOpcode.Memoize:
                Remember(memo.Count);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Everything that names, calls or changes an object.</summary>
    private bool ReadObject(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.Global:
                string module = input.Line(), name = input.Line();
                Push(Find(module, name));
                return true;
            case PickleOpcode.StackGlobal:
                object?[] names = Pop(2);
                if (names is not [string moduleName, string ownName]) throw Bad("a name that is no text");
                Push(Find(moduleName, ownName));
                return true;
            case PickleOpcode.Reduce or PickleOpcode.NewObject:
                object?[] call = Pop(2);
                if (call[1] is not object?[] arguments) throw Bad("a call whose arguments are no tuple");
                Push(objects.Call(call[0], arguments));
                return true;
            case PickleOpcode.NewObjectWithNames:
                throw Refused("it makes an object with named arguments");
            case PickleOpcode.Build:
                // What state_dict() adds to its OrderedDict: versions of the modules, which say nothing about the numbers.
                object? state = Pop();
                if (Top() is not PickleDictionary || state is not PickleDictionary) throw Refused("it sets the state of an object");
                return true;
            case PickleOpcode.Instance:
                string className = $"{input.Line()}.{input.Line()}";
                throw Refused($"it calls {Shown(className)}");
            case PickleOpcode.Object:
                throw Refused("it calls a class");
            case PickleOpcode.Extension1 or PickleOpcode.Extension2 or PickleOpcode.Extension4:
                throw Refused("it calls something by its number in Python's table of extensions");
            case PickleOpcode.Persistent:
                Push(objects.Resolve(Pop()));
                return true;
            case PickleOpcode.PersistentText:
                throw Bad("a reference in text to something outside the pickle, which PyTorch never wrote");
            case PickleOpcode.NextBuffer or PickleOpcode.ReadOnlyBuffer:
                throw Bad("a reference to a buffer outside the pickle, which PyTorch never wrote");
            default:
                return false;
        }
    }

    private object Find(string module, string name) =>
        objects.Find(module, name) ?? throw Refused($"it names {Shown(module)}.{Shown(name)}, which is neither a tensor nor plain data");

    private TensorArchiveException Bad(string what) => input.Bad(at, what);

    private TensorArchiveException Refused(string what) => input.Bad(at, $"the pickle asks for code to run, and nothing was run: {what}", FromATrustedSource);

    private void Count()
    {
        if (++values > ValueLimit) throw Bad($"more than {ValueLimit} values are more than a checkpoint has");
    }

    private void Push(object? value)
    {
        Count();
        stack.Add(value);
    }

    private object? Top() => stack.Count > (marks.Count > 0 ? marks[^1] : 0) ? stack[^1] : throw Bad("a value is missing");

    private T Top<T>(string kind) => Top() is T value ? value : throw Bad($"something is put into what is not {kind}");

    private object? Pop()
    {
        object? value = Top();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private object?[] Pop(int count)
    {
        var popped = new object?[count];
        for (int i = count - 1; i >= 0; i--) popped[i] = Pop();
        return popped;
    }

    private object?[] PopToMark()
    {
        if (marks.Count == 0) throw Bad("a mark is missing");
        int from = marks[^1];
        marks.RemoveAt(marks.Count - 1);
        object?[] popped = [.. stack[from..]];
        stack.RemoveRange(from, stack.Count - from);
        return popped;
    }

    private static PickleList Extend(PickleList list, object?[] items)
    {
        list.Items.AddRange(items);
        return list;
    }

    private PickleDictionary Extend(PickleDictionary dictionary, object?[] items)
    {
        if (items.Length % 2 != 0) throw Bad("a key without a value");
        for (int i = 0; i < items.Length; i += 2) dictionary.Items.Add((items[i], items[i + 1]));
        return dictionary;
    }

    private object? Recall(long index) => memo.TryGetValue(index, out object? value) ? value : throw Bad($"entry {index} of the memo is missing");

    private void Remember(long index)
    {
        Count();
        memo[index] = Top();
    }
}
