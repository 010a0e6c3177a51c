namespace ScratchDet.Notebook;

/// <summary>Something that a cell has shown and may still change in place. May be used from any thread.</summary>
public sealed class LiveDisplay
{
    private readonly IDisplayHost? host;
    private readonly string id;

    internal LiveDisplay(IDisplayHost? host)
    {
        this.host = host;
        id = host?.NextDisplayId() ?? "";
    }

    internal void Open(MimeBundle content)
    {
        if (host is null) Console.WriteLine(content.Text);
        else host.Display(id, content);
    }

    public void Update(IDisplayable value) => Update(value.ToMimeBundle());

    /// <summary>Outside a notebook an update shows nothing: a console cannot take back what it printed.</summary>
    public void Update(MimeBundle content) => host?.Update(id, content);
}
