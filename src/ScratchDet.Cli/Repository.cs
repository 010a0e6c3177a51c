namespace ScratchDet.Cli;

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

    /// <summary>Root of the checkout; an error that says so where there is none.</summary>
    public static string Root => FindRoot() ?? throw new InvalidOperationException(
        $"{AppContext.BaseDirectory} is not inside a checkout ({Mark}); run ./scratchdet of a checkout");
}
