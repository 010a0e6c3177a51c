namespace ScratchDet;

/// <summary>The folder that this program was built in: the entry script's place, with .build beside it.</summary>
public static class Repository
{
    private const string Mark = "ScratchDet.Notebooks.sln";

    /// <summary>Root of the checkout, or null when the program was copied elsewhere.</summary>
    public static string? FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, Mark)))
                return folder;
        }
        return null;
    }

    /// <summary>The commit of the sources, with "+" when they were changed since; null where git does not know.</summary>
    public static string? Commit
    {
        get
        {
            if (FindRoot() is not { } root) return null;
            string? head = ChildProcess.FirstLine("git", ["-C", root, "rev-parse", "--short=12", "HEAD"], GitPatience);
            if (head is null) return null;
            return ChildProcess.FirstLine("git", ["-C", root, "status", "--porcelain", "--untracked-files=no"], GitPatience) is null ? head : head + "+";
        }
    }

    private static TimeSpan GitPatience => TimeSpan.FromSeconds(5);

    /// <summary>Root of the checkout; an error that says so where there is none.</summary>
    public static string Root => FindRoot() ?? throw new InvalidOperationException(
        $"{AppContext.BaseDirectory} is not inside a checkout ({Mark}); run ./scratchdet of a checkout");
}
