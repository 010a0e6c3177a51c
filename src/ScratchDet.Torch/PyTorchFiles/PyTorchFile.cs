using static TorchSharp.torch;

namespace ScratchDet.Torch.PyTorchFiles;

/// <summary>
/// What torch.save wrote, read without Python and without running anything: a state dictionary, or a checkpoint that
/// holds one. Tensors keep their type; views, shared storages and strides become tensors of their own when loaded.
/// </summary>
public sealed class PyTorchFile : TensorArchive
{
    private readonly ArchiveBytes file;
    private readonly IReadOnlyDictionary<string, StoragePlace> places;
    private readonly Dictionary<string, StoredTensor> byName;
    private readonly HashSet<string> checkedStorages = new(StringComparer.Ordinal);

    private PyTorchFile(ArchiveBytes file, string format, PickledFile pickled, StateDictionary state)
    {
        (this.file, Format, places) = (file, format, pickled.Places);
        byName = state.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Tensor, StringComparer.Ordinal);
        Entries = [.. state.Tensors.Select(tensor => new TensorEntry(tensor.Name, tensor.Tensor.Type, tensor.Tensor.Shape))];
        (Metadata, Notes) = (state.Metadata, state.Notes);
    }

    public override string Format { get; }

    public override IReadOnlyList<TensorEntry> Entries { get; }

    public override IReadOnlyDictionary<string, string> Metadata { get; }

    public override IReadOnlyList<string> Notes { get; }

    /// <inheritdoc/>
    public override Tensor Load(string name)
    {
        string place = $"tensor {PickleReader.Shown(name)}";
        if (!byName.TryGetValue(name, out StoredTensor? stored)) throw file.Bad(place, "there is no such tensor", "check that the file belongs to this model");
        StoragePlace storage = places[stored.Storage.Key];
        if (storage.Checksum is { } checksum && !checkedStorages.Contains(stored.Storage.Key))
        {
            PyTorchZip.Check(file, storage.Start, storage.ByteCount, checksum, place);
            checkedStorages.Add(stored.Storage.Key);
        }
        long start = storage.Start + stored.Offset * stored.ElementBytes;
        if (stored.IsContiguous || stored.Span == 0) return file.ReadTensor(stored.Type, stored.Shape, start, stored.ByteCount, place);
        using Tensor part = file.ReadTensor(stored.Type, [stored.Span], start, stored.Span * stored.ElementBytes, place);
        using Tensor view = part.as_strided(stored.Shape, stored.Strides);
        using Tensor copy = view.clone(); // with the strides of the view, where no two elements share a place
        return copy.contiguous();
    }

    /// <summary>Takes the file over where it can be read.</summary>
    internal static PyTorchFile Read(ArchiveBytes file, TensorArchiveOptions options)
    {
        bool isZip = ArchiveFormat.Of(file) == ArchiveKind.PyTorchZip;
        PickledFile pickled = isZip ? PyTorchZip.Read(file) : PyTorchLegacy.Read(file);
        return new PyTorchFile(file, isZip ? "pytorch-zip" : "pytorch-legacy", pickled, StateDictionary.Find(file, pickled.Root, options));
    }

    protected override void Dispose(bool disposing) => file.Dispose();
}
