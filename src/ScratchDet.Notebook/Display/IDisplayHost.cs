namespace ScratchDet.Notebook;

/// <summary>Takes what the running cell shows: a kernel, or the headless runner. May be called from any thread.</summary>
public interface IDisplayHost
{
    /// <summary>Ends when the reader interrupts the cell or its time is over.</summary>
    CancellationToken Stop { get; }

    /// <summary>A name for the next display, unique in the session and the same in every run of the notebook.</summary>
    string NextDisplayId();

    void Display(string displayId, MimeBundle content);

    /// <summary>Replaces what a display shows, wherever it stands.</summary>
    void Update(string displayId, MimeBundle content);

    /// <summary>
    /// Keeps work for the end of the cell, however it ends; it is done once, before the cell is reported as ended. What
    /// changes in place shows its last state then. A host that does not know when its cell ends need not do it.
    /// </summary>
    void AtEnd(Action work)
    {
    }
}
