using System.Collections;
using System.Diagnostics.CodeAnalysis;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules
{
    /// <summary>Modules by name, in the order in which they were added; it has no forward pass.</summary>
    public class ModuleDict<T> : Module, IDictionary<string, T>, IList<(string, T)>
        where T : Module
    {
        private readonly OrderedDictionary<string, T> entries = [];

        public ModuleDict()
            : base(nameof(ModuleDict<T>))
        {
        }

        public int Count => entries.Count;

        public bool IsReadOnly => false;

        public ICollection<string> Keys => entries.Keys;

        public ICollection<T> Values => entries.Values;

        public T this[string key]
        {
            get => entries[key];
            set
            {
                entries[key] = value;
                Register();
            }
        }

        public (string, T) this[int index]
        {
            get => (entries.GetAt(index).Key, entries.GetAt(index).Value);
            set
            {
                entries.SetAt(index, value.Item1, value.Item2);
                Register();
            }
        }

        public void Add(string key, T value)
        {
            register_module(key, value);
            entries.Add(key, value);
        }

        public void Add((string, T) item) => Add(item.Item1, item.Item2);

        public void Add(KeyValuePair<string, T> item) => Add(item.Key, item.Value);

        public void Insert(int index, (string, T) item)
        {
            entries.Insert(index, item.Item1, item.Item2);
            Register();
        }

        public bool Remove(string key)
        {
            if (!entries.Remove(key)) return false;
            Register();
            return true;
        }

        public bool Remove((string, T) item) => Contains(item) && Remove(item.Item1);

        public bool Remove(KeyValuePair<string, T> item) => Contains(item) && Remove(item.Key);

        public void RemoveAt(int index)
        {
            entries.RemoveAt(index);
            Register();
        }

        public void Clear()
        {
            entries.Clear();
            Register();
        }

        public void clear() => Clear();

        public bool ContainsKey(string key) => entries.ContainsKey(key);

        public bool Contains((string, T) item) => entries.TryGetValue(item.Item1, out T? found) && ReferenceEquals(found, item.Item2);

        public bool Contains(KeyValuePair<string, T> item) => Contains((item.Key, item.Value));

        public int IndexOf((string, T) item) => Contains(item) ? entries.IndexOf(item.Item1) : -1;

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => entries.TryGetValue(key, out value);

        public void CopyTo((string, T)[] array, int arrayIndex)
        {
            foreach ((string key, T value) in entries) array[arrayIndex++] = (key, value);
        }

        public void CopyTo(KeyValuePair<string, T>[] array, int arrayIndex)
        {
            foreach (KeyValuePair<string, T> entry in entries) array[arrayIndex++] = entry;
        }

        public IEnumerable<string> keys() => entries.Keys;

        public IEnumerable<T> values() => entries.Values;

        public IEnumerator<(string, T)> items() => GetEnumerator();

        public IEnumerator<(string, T)> GetEnumerator()
        {
            foreach ((string key, T value) in entries) yield return (key, value);
        }

        IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator() => entries.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        /// <summary>The modules are registered as they are added.</summary>
        protected override void RegisterComponents()
        {
        }

        private void Register()
        {
            ClearModules();
            foreach ((string key, T value) in entries) register_module(key, value);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ModuleDict<Module> ModuleDict(params (string, Module)[] modules) => ModuleDict<Module>(modules);

            public static ModuleDict<T> ModuleDict<T>(params (string, T)[] modules)
                where T : Module
            {
                ModuleDict<T> made = new();
                foreach ((string, T) entry in modules) made.Add(entry);
                return made;
            }

            public static ModuleList<Module> ModuleList(params Module[] modules) => new(modules);
        }
    }
}
