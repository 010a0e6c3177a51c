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
}
