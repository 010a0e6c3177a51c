namespace ScratchDet.Experiments;

/// <summary>
/// How large a whole study is run. It is recorded in every run, so that a small run cannot pass for a paper run.
/// </summary>
public enum Scale
{
    /// <summary>A smoke run: every variant takes a few steps.</summary>
    Seconds,

    /// <summary>Small images and few steps: the effects that show on a CPU.</summary>
    Minutes,

    /// <summary>The published image size, data and schedule.</summary>
    Paper,
}
