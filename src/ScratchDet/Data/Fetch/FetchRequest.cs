namespace ScratchDet.Data.Fetch;

/// <summary>What to fetch into where, and who is told about it.</summary>
/// <param name="Folder">Where the data set is to lie.</param>
public sealed record FetchRequest(string Folder)
{
    /// <summary>A folder on the web that serves the archives under their own names; null asks the publisher.</summary>
    public string? Mirror { get; init; }

    /// <summary>Leaves the archives where they were downloaded to.</summary>
    public bool KeepArchives { get; init; }

    public IProgress<FetchProgress>? Progress { get; init; }

    /// <summary>Gets lines for the person who watches, such as that a download begins anew.</summary>
    public Action<string>? Note { get; init; }

    public DownloadOptions Download { get; init; } = new();

    /// <summary>The bytes that are free where a folder is; a test says so itself.</summary>
    public Func<string, long> FreeBytes { get; init; } = DiskSpace.Free;
}

/// <summary>How far one piece of the work is.</summary>
/// <param name="Work">What is being done: "fetching VOCtest_06-Nov-2007.tar".</param>
/// <param name="Done">Bytes, or items.</param>
/// <param name="Total">Of the same kind; about, where it is not known.</param>
public readonly record struct FetchProgress(string Work, long Done, long Total, bool IsBytes);

/// <summary>A data set, or a part of one, that is there now.</summary>
/// <param name="WasThere">Nothing had to be done.</param>
public sealed record FetchedSet(string Folder, string Name, int Images, int Objects, bool WasThere);
