namespace ScratchDet.Torch;

/// <summary>A file of tensors that cannot be used: which file, the place in it, what is wrong, what to do.</summary>
public sealed class TensorArchiveException(string path, string? place, string what, string whatToDo, Exception? inner = null)
    : Exception(place is null ? $"{path}: {what}; {whatToDo}" : $"{path}: {place}: {what}; {whatToDo}", inner)
{
    public string Path { get; } = path;

    /// <summary>"header", "tensor NAME", "data.pkl, byte N" or the like; null when the whole file is meant.</summary>
    public string? Place { get; } = place;

    public string What { get; } = what;

    public string WhatToDo { get; } = whatToDo;
}
