namespace ScratchDet.Torch.Vision;

/// <summary>Bytes that are not an image which can be decoded here: what is wrong with them, and what to do.</summary>
public sealed class ImageDecodeException(string what, string whatToDo, Exception? inner = null)
    : Exception($"{what}; {whatToDo}", inner)
{
    public string What { get; } = what;

    public string WhatToDo { get; } = whatToDo;
}
