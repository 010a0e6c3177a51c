using ScratchDet.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>All parameters, then all persistent buffers, by dotted path; the tensors are the module's own, not copies.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                string start = string.IsNullOrEmpty(prefix) ? "" : $"{prefix}.";
                foreach ((string path, Tensor parameter) in AllParameters(true)) destination.TryAdd(start + path, parameter);
                foreach ((string path, Tensor buffer) in AllBuffers(true, false)) destination.TryAdd(start + path, buffer);
                return destination;
            }

            /// <summary>Copies values into the module's parameters and buffers, converting type and device.</summary>
            /// <param name="strict">Whether every name must be in both.</param>
            /// <param name="skip">Names to leave alone.</param>
            /// <exception cref="InvalidOperationException">Names are missing or unexpected (when strict), or shapes differ; the message names all of them. Nothing was copied.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                Dictionary<string, Tensor> target = state_dict();
                HashSet<string> skipped = [.. skip ?? []];
                List<string> missing = [.. target.Keys.Where(key => !skipped.Contains(key) && !source.ContainsKey(key))];
                List<string> unexpected = [.. source.Keys.Where(key => !skipped.Contains(key) && !target.ContainsKey(key))];
                string[] common = [.. source.Keys.Where(key => !skipped.Contains(key) && target.ContainsKey(key))];
                var problems = new List<string>();
                if (strict && missing.Count > 0) problems.Add($"missing: {string.Join(", ", missing)}");
                if (strict && unexpected.Count > 0) problems.Add($"unexpected: {string.Join(", ", unexpected)}");
                foreach (string key in common)
                {
                    long[] given = source[key].shape;
                    long[] wanted = target[key].shape;
                    if (!given.AsSpan().SequenceEqual(wanted))
                        problems.Add($"{key} has shape [{string.Join(", ", given)}] where the module has [{string.Join(", ", wanted)}]");
                }
                if (problems.Count > 0) throw new InvalidOperationException($"this state does not fit {GetName()}: {string.Join("; ", problems)}");
                using IDisposable noGradients = no_grad();
                foreach (string key in common) target[key].copy_(source[key]);
                return (missing, unexpected);
            }

            /// <summary>Writes the state in TorchSharp's format: a count, then name, type, shape and bytes of each tensor.</summary>
            public virtual Module save(string location, IList<string>? skip = null)
            {
                // A reader must never meet half a file: write beside the place, flush to disk, then move.
                string temporary = $"{location}.{Guid.NewGuid():n}.tmp";
                try
                {
                    using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
                    {
                        save(stream, skip);
                        stream.Flush(true);
                    }
                    File.Move(temporary, location, true);
                }
                finally
                {
                    File.Delete(temporary);
                }
                return this;
            }

            public virtual Module save(Stream stream, IList<string>? skip = null)
            {
                using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, true);
                return save(writer, skip);
            }

            public virtual Module save(BinaryWriter writer, IList<string>? skip = null)
            {
                save_state_dict(writer, state_dict(), skip);
                return this;
            }

            public static void save_state_dict(BinaryWriter writer, Dictionary<string, Tensor> sd, IList<string>? skip = null)
            {
                HashSet<string> skipped = [.. skip ?? []];
                KeyValuePair<string, Tensor>[] written = [.. sd.Where(entry => !skipped.Contains(entry.Key))];
                TensorFile.WriteNumber(writer, written.Length);
                foreach ((string key, Tensor tensor) in written)
                {
                    writer.Write(key);
                    TensorFile.Write(writer, tensor);
                }
            }

            /// <summary>Reads what <see cref="save(string, IList{string})"/> wrote.</summary>
            /// <param name="strict">Whether every name must be in both.</param>
            /// <param name="skip">Names to leave alone.</param>
            /// <param name="loadedParameters">Receives for every name of the module whether the file had it.</param>
            /// <exception cref="InvalidOperationException">The file holds another state; see <see cref="load_state_dict"/>.</exception>
            /// <exception cref="InvalidDataException">The file is damaged.</exception>
            public virtual Module load(string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using FileStream stream = File.OpenRead(location);
                return load(stream, strict, skip, loadedParameters);
            }

            public virtual Module load(Stream stream, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, true);
                return load(reader, strict, skip, loadedParameters);
            }

            public virtual Module load(BinaryReader reader, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using DisposeScope scope = NewDisposeScope();
                Dictionary<string, Tensor> state = TensorFile.ReadState(reader);
                load_state_dict(state, strict, skip);
                if (loadedParameters is null) return this;
                foreach (string key in state_dict().Keys)
                    loadedParameters[key] = state.ContainsKey(key) && skip?.Contains(key) != true;
                return this;
            }
        }
    }
}
