namespace ScratchDet.Notebook;

/// <summary>A value that knows how it looks in a notebook: as text, and in richer forms.</summary>
public interface IDisplayable
{
    MimeBundle ToMimeBundle();
}
