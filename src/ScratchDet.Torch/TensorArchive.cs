using static TorchSharp.torch;

namespace ScratchDet.Torch;

/// <summary>One tensor of a file.</summary>
/// <param name="Shape">Row-major sizes; empty for a single number.</param>
public record TensorEntry(string Name, ScalarType Type, IReadOnlyList<long> Shape);

/// <summary>How to read a file of PyTorch; a safetensors file needs no choices.</summary>
public sealed record TensorArchiveOptions
{
    /// <summary>Dotted path of the mapping to read ("model_ema"); null: the one that holds most tensors.</summary>
    public string? Mapping { get; init; }

    /// <summary>Takes off "module." and "_orig_mod." where all names begin with it (DataParallel, torch.compile).</summary>
    public bool StripPrefix { get; init; } = true;
}

/// <summary>
/// Named tensors in one file: safetensors, or what torch.save writes (a zip archive since PyTorch 1.6, pickles and raw
/// numbers before). Opening checks every size against the file; reading executes nothing.
/// </summary>
public abstract class TensorArchive : IDisposable
{
    /// <summary>"safetensors", "pytorch-zip" or "pytorch-legacy".</summary>
    public abstract string Format { get; }

    /// <summary>The tensors in the order of the file.</summary>
    public abstract IReadOnlyList<TensorEntry> Entries { get; }

    /// <summary>What the writer noted beside the tensors; of a checkpoint the numbers and short texts, by dotted path.</summary>
    public abstract IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>What was chosen or left out in reading, as sentences for people.</summary>
    public virtual IReadOnlyList<string> Notes => [];

    /// <summary>Opens a file of any of the formats, told by its first bytes. Keeps it open until disposed.</summary>
    /// <exception cref="TensorArchiveException">Absent, unreadable, cut off, of another format, or it asks for code to run.</exception>
    public static TensorArchive Read(string path, TensorArchiveOptions? options = null)
    {
        ArchiveBytes file = ArchiveBytes.Open(path);
        try
        {
            return ArchiveFormat.Of(file) == ArchiveKind.Safetensors
                ? new SafetensorsFile(file)
                : PyTorchFiles.PyTorchFile.Read(file, options ?? new TensorArchiveOptions());
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads one tensor into CPU memory of its own.</summary>
    /// <exception cref="TensorArchiveException">There is no such tensor, or its bytes cannot be read.</exception>
    public abstract Tensor Load(string name);

    /// <summary>Reads every tensor; the caller disposes them.</summary>
    /// <exception cref="TensorArchiveException">The bytes of a tensor cannot be read; none is left behind.</exception>
    public IReadOnlyDictionary<string, Tensor> LoadAll()
    {
        var tensors = new Dictionary<string, Tensor>(Entries.Count, StringComparer.Ordinal);
        try
        {
            foreach (TensorEntry entry in Entries) tensors.Add(entry.Name, Load(entry.Name));
            return tensors;
        }
        catch
        {
            foreach (Tensor tensor in tensors.Values) tensor.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
