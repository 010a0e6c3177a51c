using System.Globalization;

namespace ScratchDet.Cli;

/// <summary>How numbers read in a progress line.</summary>
internal static class ProgressText
{
    public static string Loss(double? loss) => loss is { } value ? value.ToString("0.000", CultureInfo.InvariantCulture) : "";

    public static string Rate(double? imagesPerSecond) =>
        imagesPerSecond is { } value ? value.ToString(value < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + " images/s" : "";

    /// <summary>"0:07", "12:30", "1:02:03".</summary>
    public static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}"
        : $"{time.Minutes}:{time.Seconds:00}";
}
