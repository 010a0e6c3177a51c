namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What can be called with one value.</summary>
        public interface IModule<T, TResult>
        {
            TResult call(T input1);
        }

        /// <summary>What can be called with two values.</summary>
        public interface IModule<T1, T2, TResult>
        {
            TResult call(T1 input1, T2 input2);
        }

        /// <summary>A module with functions that run before and after its forward pass.</summary>
        public class HookableModule<TPreHook, TPostHook> : Module
        {
            private readonly OrderedDictionary<string, TPreHook> preHooks = [];
            private readonly OrderedDictionary<string, TPostHook> postHooks = [];
            private long hooksMade;

            protected HookableModule(string name)
                : base(name)
            {
            }

            private protected IList<TPreHook> PreHooks => preHooks.Values;

            private protected IList<TPostHook> PostHooks => postHooks.Values;

            /// <summary>Runs the function after each forward pass; what it returns takes the place of the output.</summary>
            public HookRemover register_forward_hook(TPostHook hook) => new(this, Add(postHooks, hook));

            /// <summary>Runs the function before each forward pass; what it returns takes the place of the input.</summary>
            public HookRemover register_forward_pre_hook(TPreHook hook) => new(this, Add(preHooks, hook));

            private string Add<THook>(OrderedDictionary<string, THook> hooks, THook hook)
            {
                string key = $"{hooksMade++}";
                hooks.Add(key, hook);
                return key;
            }

            /// <summary>Takes a hook away again.</summary>
            public class HookRemover(HookableModule<TPreHook, TPostHook> module, string key)
            {
                public void remove()
                {
                    module.preHooks.Remove(key);
                    module.postHooks.Remove(key);
                }
            }
        }

        /// <summary>A module that maps one value; override <see cref="forward"/>, use <see cref="call"/>.</summary>
        public abstract class Module<T, TResult>(string name)
            : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>(name), IModule<T, TResult>
        {
            public abstract TResult forward(T input);

            /// <summary>The forward pass with the hooks before and after it.</summary>
            public TResult call(T input)
            {
                if (PreHooks.Count == 0 && PostHooks.Count == 0) return forward(input);
                foreach (Func<Module<T, TResult>, T, T> hook in PreHooks.ToArray()) input = hook(this, input) ?? input;
                TResult result = forward(input);
                foreach (Func<Module<T, TResult>, T, TResult, TResult> hook in PostHooks.ToArray()) result = hook(this, input, result) ?? result;
                return result;
            }
        }

        /// <summary>A module that maps two values; override <see cref="forward"/>, use <see cref="call"/>.</summary>
        public abstract class Module<T1, T2, TResult>(string name)
            : HookableModule<Func<Module<T1, T2, TResult>, T1, T2, (T1, T2)?>, Func<Module<T1, T2, TResult>, T1, T2, TResult, TResult>>(name),
                IModule<T1, T2, TResult>
        {
            public abstract TResult forward(T1 input1, T2 input2);

            /// <summary>The forward pass with the hooks before and after it.</summary>
            public TResult call(T1 input1, T2 input2)
            {
                if (PreHooks.Count == 0 && PostHooks.Count == 0) return forward(input1, input2);
                foreach (Func<Module<T1, T2, TResult>, T1, T2, (T1, T2)?> hook in PreHooks.ToArray())
                {
                    if (hook(this, input1, input2) is { } changed) (input1, input2) = changed;
                }
                TResult result = forward(input1, input2);
                foreach (Func<Module<T1, T2, TResult>, T1, T2, TResult, TResult> hook in PostHooks.ToArray())
                    result = hook(this, input1, input2, result) ?? result;
                return result;
            }
        }
    }
}
