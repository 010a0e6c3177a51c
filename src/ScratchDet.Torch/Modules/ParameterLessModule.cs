namespace TorchSharp.Modules;

/// <summary>A module that has nothing to learn and nothing to save, so that moving it does nothing.</summary>
public abstract class ParameterLessModule<T1, TResult> : torch.nn.Module<T1, TResult>
{
    protected ParameterLessModule(string name)
        : base(name)
    {
    }

    /// <exception cref="InvalidOperationException">Always: this module has no parameters.</exception>
    public override void register_parameter(string name, Parameter? param) =>
        throw new InvalidOperationException($"{GetName()} has no parameters");

    /// <exception cref="InvalidOperationException">Always: this module has no buffers.</exception>
    public override void register_buffer(string name, torch.Tensor? tensor, bool persistent = true) =>
        throw new InvalidOperationException($"{GetName()} has no buffers");

    /// <exception cref="InvalidOperationException">Always: this module has no submodules.</exception>
    public override void register_module(string name, torch.nn.Module submodule) =>
        throw new InvalidOperationException($"{GetName()} has no submodules");
}
