namespace ScratchDet;

/// <summary>
/// Input data that cannot be used: which file, the place in it, what is wrong, what to do. The command line prints
/// it as one line and ends with exit code 3.
/// </summary>
public sealed class BadInputException(string file, string? place, string what, string whatToDo, Exception? inner = null)
    : Exception(Format(file, place, what, whatToDo), inner)
{
    public string File { get; } = file;

    /// <summary>Line, tag, tensor name or the like; null when the whole file is meant.</summary>
    public string? Place { get; } = place;

    public string What { get; } = what;

    public string WhatToDo { get; } = whatToDo;

    private static string Format(string file, string? place, string what, string whatToDo) =>
        OneLine(place is null ? $"{file}: {what}; {whatToDo}" : $"{file}: {place}: {what}; {whatToDo}");

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
