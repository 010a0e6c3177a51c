namespace ScratchDet.Data;

/// <summary>
/// One object of a VOC annotation as written in the file: pixels count from 1 and both corners are inside the box, so
/// the continuous box is (XMin - 1, YMin - 1, XMax, YMax).
/// </summary>
/// <param name="Line">Line of the object's tag in the file, 0 when it was not read from one.</param>
public sealed record VocObject(string ClassName, double XMin, double YMin, double XMax, double YMax, int Line = 0)
{
    public bool Difficult { get; init; }

    public bool Truncated { get; init; }

    /// <summary>"Unspecified", "Left", ...; null when the tag is absent.</summary>
    public string? Pose { get; init; }
}

/// <summary>A VOC annotation file. The sizes are what the file says, which need not be the truth.</summary>
public sealed record VocAnnotation(string? FileName, int? Width, int? Height, IReadOnlyList<VocObject> Objects)
{
    public int? Depth { get; init; }
}
