using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Neural networks: modules, and factories for them.</summary>
    public static partial class nn
    {
        /// <summary>
        /// Parts of a network with their parameters, buffers and submodules. Everything that is registered leaves the
        /// dispose scopes and lives until the module is disposed.
        /// </summary>
        public partial class Module : IDisposable
        {
            protected readonly string name;

            private readonly OrderedDictionary<string, Parameter?> ownParameters = [];
            private readonly OrderedDictionary<string, (Tensor? Tensor, bool Persistent)> ownBuffers = [];
            private readonly OrderedDictionary<string, Module> ownModules = [];

            protected Module(string name) => this.name = name;

            /// <summary>Whether the module trains; dropout and batch normalisation look at it.</summary>
            public virtual bool training { get; private set; } = true;

            public virtual string GetName() => name;

            /// <exception cref="ArgumentException">The name is empty or has a dot.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_parameter(string name, Parameter? param)
            {
                CheckName(name);
                param?.DetachFromDisposeScope();
                ownParameters.Add(name, param);
            }

            /// <param name="persistent">Whether the buffer belongs to the state that is saved.</param>
            /// <exception cref="ArgumentException">The name is empty or has a dot.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_buffer(string name, Tensor? tensor, bool persistent = true)
            {
                CheckName(name);
                tensor?.DetachFromDisposeScope();
                ownBuffers.Add(name, (tensor, persistent));
            }

            /// <exception cref="ArgumentException">The name is empty or has a dot.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_module(string name, Module submodule)
            {
                ArgumentNullException.ThrowIfNull(submodule);
                CheckName(name);
                submodule.RegisterComponents();
                ownModules.Add(name, submodule);
            }

            public virtual void add_module(string name, Module module) => register_module(name, module);

            /// <summary>The parameters with their dotted paths, each object once: first the module's own, then those of its parts in order.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                HashSet<Tensor> seen = new(ReferenceEqualityComparer.Instance);
                foreach ((string path, Parameter parameter) in AllParameters(recurse))
                {
                    if (seen.Add(parameter)) yield return (path, parameter);
                }
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(named => named.parameter);

            /// <summary>The buffers with their dotted paths, each object once, in the order of <see cref="named_parameters"/>.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                HashSet<Tensor> seen = new(ReferenceEqualityComparer.Instance);
                foreach ((string path, Tensor buffer) in AllBuffers(recurse, include_nonpersistent))
                {
                    if (seen.Add(buffer)) yield return (path, buffer);
                }
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(named => named.buffer);

            public virtual IEnumerable<(string name, Module module)> named_children() => ownModules.Select(child => (child.Key, child.Value));

            public virtual IEnumerable<Module> children() => ownModules.Values;

            /// <summary>All parts below this module, without itself: first its children, then what is below each of them.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach ((string child, Module module) in ownModules) yield return (child, module);
                foreach ((string child, Module module) in ownModules)
                {
                    foreach ((string path, Module part) in module.named_modules()) yield return ($"{child}.{path}", part);
                }
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(named => named.module);

            /// <summary>The parameter at a dotted path, or null.</summary>
            public virtual Parameter? get_parameter(string target) => AllParameters(true).FirstOrDefault(named => named.Path == target).Parameter;

            /// <summary>The buffer at a dotted path, or null.</summary>
            public virtual Tensor? get_buffer(string target) => AllBuffers(true, true).FirstOrDefault(named => named.Path == target).Buffer;

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            /// <summary>Calls the function on every part, the innermost first, and on this module last.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                foreach (Module child in ownModules.Values) child.apply(fn);
                fn(this);
                return this;
            }

            public virtual void train(bool train = true)
            {
                training = train;
                foreach (Module child in ownModules.Values) child.train(train);
            }

            public virtual void eval() => train(false);

            /// <summary>Drops the gradients, or with <paramref name="set_to_none"/> false fills them with zeros.</summary>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (Parameter parameter in parameters())
                {
                    using Tensor? gradient = parameter.grad;
                    if (gradient is null) continue;
                    if (set_to_none) parameter.grad = null;
                    else gradient.detach_().zero_();
                }
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Disposes the parameters, the buffers and every part.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing) return;
                foreach (Parameter? parameter in ownParameters.Values) parameter?.Dispose();
                foreach ((Tensor? buffer, bool _) in ownBuffers.Values) buffer?.Dispose();
                foreach (Module child in ownModules.Values) child.Dispose();
            }

            /// <summary>
            /// Registers every field that holds a module, a parameter or a tensor (as a persistent buffer) under the field's
            /// name, those of base classes first. What is registered already stays as it is.
            /// </summary>
            protected virtual void RegisterComponents()
            {
                HashSet<object> known = new(ReferenceEqualityComparer.Instance);
                known.UnionWith(ownParameters.Values.OfType<object>());
                known.UnionWith(ownBuffers.Values.Select(buffer => buffer.Tensor).OfType<object>());
                known.UnionWith(ownModules.Values);
                Stack<Type> types = new();
                for (Type? type = GetType(); type is not null && type != typeof(Module); type = type.BaseType) types.Push(type);
                foreach (FieldInfo field in types.SelectMany(Fields))
                {
                    if (field.GetValue(this) is not { } component || known.Contains(component)) continue;
                    string component_name = field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? PlainName(field.Name);
                    if (component is Module module) register_module(component_name, module);
                    else if (component is Parameter parameter) register_parameter(component_name, parameter);
                    else if (component is Tensor buffer) register_buffer(component_name, buffer);
                }
            }

            /// <summary>Registers the parameter, replaces the one of that name, or forgets it when null.</summary>
            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                value?.DetachFromDisposeScope();
                ownParameters[name] = value;
            }

            /// <summary>Registers the buffer, replaces the one of that name, or forgets it when null.</summary>
            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                value?.DetachFromDisposeScope();
                ownBuffers[name] = (value, persistent);
            }

            /// <summary>Forgets all submodules without disposing them.</summary>
            protected void ClearModules() => ownModules.Clear();

            private static IEnumerable<FieldInfo> Fields(Type type) =>
                type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                    .Where(field => typeof(Module).IsAssignableFrom(field.FieldType) || typeof(Tensor).IsAssignableFrom(field.FieldType)
                        || field.FieldType.IsInterface || field.FieldType == typeof(object));

            /// <summary>The property's name for the field behind an automatic property.</summary>
            private static string PlainName(string field) => field[0] == '<' ? field[1..field.IndexOf('>', StringComparison.Ordinal)] : field;

            private void CheckName(string taken)
            {
                if (string.IsNullOrEmpty(taken)) throw new ArgumentException("a parameter, buffer or module needs a name", nameof(taken));
                if (taken.Contains('.', StringComparison.Ordinal)) throw new ArgumentException($"the name '{taken}' must not contain a dot", nameof(taken));
                if (ownParameters.ContainsKey(taken) || ownBuffers.ContainsKey(taken) || ownModules.ContainsKey(taken))
                    throw new InvalidOperationException($"the name '{taken}' is taken in {name}");
            }

            /// <summary>This module and all below it, with dotted prefixes, parents before children.</summary>
            private IEnumerable<(string Prefix, Module Module)> Tree(string prefix, bool recurse)
            {
                yield return (prefix, this);
                if (!recurse) yield break;
                foreach ((string child, Module module) in ownModules)
                {
                    foreach ((string, Module) below in module.Tree($"{prefix}{child}.", true)) yield return below;
                }
            }

            /// <summary>Every name of every parameter: a shared one comes once per name.</summary>
            private IEnumerable<(string Path, Parameter Parameter)> AllParameters(bool recurse)
            {
                foreach ((string prefix, Module module) in Tree("", recurse))
                {
                    foreach ((string own, Parameter? parameter) in module.ownParameters)
                    {
                        if (parameter is not null) yield return (prefix + own, parameter);
                    }
                }
            }

            private IEnumerable<(string Path, Tensor Buffer)> AllBuffers(bool recurse, bool includeNonPersistent)
            {
                foreach ((string prefix, Module module) in Tree("", recurse))
                {
                    foreach ((string own, (Tensor? buffer, bool persistent)) in module.ownBuffers)
                    {
                        if (buffer is not null && (persistent || includeNonPersistent)) yield return (prefix + own, buffer);
                    }
                }
            }
        }
    }
}
