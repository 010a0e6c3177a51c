using System.Text;

namespace TorchSharp.Modules;

/// <summary>What the optimizers share: groups, states by parameter, saving and loading.</summary>
public abstract class OptimizerHelper : torch.optim.Optimizer
{
    private const string FileMark = "scratchdet-optimizer-1";

    /// <summary>Settings for groups that leave theirs out.</summary>
    protected internal OptimizerOptions _defaults = null!;

    /// <summary>By parameter and not by native handle: a module that moves to another device changes its handles.</summary>
    internal readonly Dictionary<Parameter, OptimizerState> _state = new(ReferenceEqualityComparer.Instance);

    private protected OptimizerHelper()
    {
    }

    /// <summary>Moves the states to where the parameters went.</summary>
    public void to(torch.Device device)
    {
        foreach (OptimizerState state in _state.Values) state.to(device);
    }

    /// <summary>The settings and states themselves, not copies.</summary>
    public virtual StateDictionary state_dict()
    {
        var dictionary = new StateDictionary();
        foreach (ParamGroup group in _parameter_groups)
        {
            dictionary.Options.Add(group.Options);
            var places = new List<int>(group.Members.Count);
            foreach (Parameter parameter in group.Members)
            {
                places.Add(dictionary.State.Count);
                dictionary.State.Add(_state[parameter]);
            }
            dictionary.StateIndexRef.Add(places);
        }
        return dictionary;
    }

    /// <summary>Takes settings and copies of the states over.</summary>
    /// <exception cref="ArgumentException">The groups differ in number or size.</exception>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        if (state_dict.Options.Count != _parameter_groups.Count)
            throw new ArgumentException($"{state_dict.Options.Count} groups for an optimizer of {_parameter_groups.Count}", nameof(state_dict));
        for (int i = 0; i < _parameter_groups.Count; i++)
        {
            List<int> places = state_dict.StateIndexRef[i];
            if (places.Count != _parameter_groups[i].Members.Count)
                throw new ArgumentException($"group {i}: {places.Count} parameters for a group of {_parameter_groups[i].Members.Count}", nameof(state_dict));
        }
        for (int i = 0; i < _parameter_groups.Count; i++)
        {
            ParamGroup group = _parameter_groups[i];
            if (!ReferenceEquals(group.Options, state_dict.Options[i])) group.Options.LoadStateDict(state_dict.Options[i]);
            for (int j = 0; j < group.Members.Count; j++)
            {
                OptimizerState state = _state[group.Members[j]];
                OptimizerState source = state_dict.State[state_dict.StateIndexRef[i][j]];
                if (!ReferenceEquals(state, source)) state.LoadStateDict(source);
            }
        }
    }

    public void save_state_dict(string location)
    {
        using var writer = new BinaryWriter(File.Create(location), Encoding.UTF8);
        save_state_dict(writer);
    }

    public virtual void save_state_dict(BinaryWriter writer)
    {
        writer.Write(FileMark);
        writer.Write(GetType().Name);
        writer.Write(_parameter_groups.Count);
        foreach (ParamGroup group in _parameter_groups)
        {
            writer.Write(group.Members.Count);
            group.Options.SaveStateDict(writer);
            foreach (Parameter parameter in group.Members) _state[parameter].SaveStateDict(writer);
        }
    }

    public void load_state_dict(string location)
    {
        using var reader = new BinaryReader(File.OpenRead(location), Encoding.UTF8);
        load_state_dict(reader);
    }

    /// <exception cref="InvalidDataException">Not written by <see cref="save_state_dict(BinaryWriter)"/> of such an optimizer with such groups.</exception>
    public virtual void load_state_dict(BinaryReader reader)
    {
        try
        {
            Expect(FileMark, reader.ReadString(), "the mark");
            Expect(GetType().Name, reader.ReadString(), "the optimizer");
            Expect(_parameter_groups.Count, reader.ReadInt32(), "the number of groups");
            foreach (ParamGroup group in _parameter_groups)
            {
                Expect(group.Members.Count, reader.ReadInt32(), "the number of parameters");
                group.Options.LoadStateDict(reader);
                foreach (Parameter parameter in group.Members) _state[parameter].LoadStateDict(reader);
            }
        }
        catch (EndOfStreamException error)
        {
            throw new InvalidDataException("the optimizer's state is cut off", error);
        }
    }

    /// <summary>Adds a group whose options are complete and whose parameters are in no other group.</summary>
    /// <exception cref="ArgumentException">A parameter occurs twice.</exception>
    private protected void Add(ParamGroup group, Func<Parameter, OptimizerState> makeState)
    {
        var states = new Dictionary<Parameter, OptimizerState>(ReferenceEqualityComparer.Instance);
        foreach (Parameter parameter in group.Members)
        {
            if (_state.ContainsKey(parameter)) throw new ArgumentException("a parameter is in two groups of the optimizer", nameof(group));
            OptimizerState state = makeState(parameter);
            state.Initialize(group.Options);
            if (!states.TryAdd(parameter, state)) throw new ArgumentException("a parameter occurs twice in a group of the optimizer", nameof(group));
        }
        foreach ((Parameter parameter, OptimizerState state) in states) _state.Add(parameter, state);
        _parameter_groups.Add(group);
    }

    private protected void DisposeStates()
    {
        foreach (OptimizerState state in _state.Values) (state as IDisposable)?.Dispose();
        _state.Clear();
    }

    private static void Expect<T>(T expected, T found, string what)
        where T : notnull
    {
        if (!expected.Equals(found)) throw new InvalidDataException($"{what} is {found}, expected {expected}: not a state of this optimizer");
    }
}
