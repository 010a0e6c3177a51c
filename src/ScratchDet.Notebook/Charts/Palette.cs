using System.Globalization;

namespace ScratchDet.Notebook;

/// <summary>An opaque colour.</summary>
public readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    /// <summary>Black or white, whichever stands out more from this colour (relative luminance of WCAG 2).</summary>
    public Rgb Contrast => Luminance > 0.179 ? new Rgb(0, 0, 0) : new Rgb(255, 255, 255);

    /// <summary>As in <c>#0072b2</c>.</summary>
    public string ToHex() => FormattableString.Invariant($"#{Red:x2}{Green:x2}{Blue:x2}");

    private double Luminance => (0.2126 * Linear(Red)) + (0.7152 * Linear(Green)) + (0.0722 * Linear(Blue));

    /// <param name="hex">As in <c>#0072b2</c>.</param>
    public static Rgb FromHex(string hex)
    {
        int value = int.Parse(hex.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new Rgb((byte)(value >> 16), (byte)(value >> 8), (byte)value);
    }

    private static double Linear(byte channel)
    {
        double value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}

/// <summary>
/// Colours that people with any of the usual colour blindnesses tell apart (after Okabe and Ito), for light and for dark
/// paper.
/// </summary>
public static class Palette
{
    private static readonly string[] OnLight = ["#0072b2", "#d55e00", "#009e73", "#aa4a86", "#b8860b", "#3a9bd9", "#555b61"];
    private static readonly string[] OnDark = ["#4aa8e8", "#ff8a3d", "#2fc79b", "#e093c0", "#e6b33c", "#93d0f7", "#b3b9bf"];
    private static readonly Rgb[] ForPictures = [.. new[] { "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442" }.Select(Rgb.FromHex)];

    /// <summary>After so many series the colours begin again, dashed.</summary>
    public static int SeriesColours => OnLight.Length;

    /// <summary>The colour of a class in a picture.</summary>
    public static Rgb OfClass(int classIndex) => ForPictures[(int)((uint)classIndex % ForPictures.Length)];

    /// <summary>On light paper, as in <c>#0072b2</c>.</summary>
    internal static string OnLightPaper(int series) => OnLight[series % OnLight.Length];

    internal static string OnDarkPaper(int series) => OnDark[series % OnDark.Length];

    /// <summary>A series' colour, thin enough for lines to show through it.</summary>
    internal static string Band(int series) => Band(OnLightPaper(series));

    internal static string Band(string hex)
    {
        var colour = Rgb.FromHex(hex);
        return FormattableString.Invariant($"rgba({colour.Red},{colour.Green},{colour.Blue},0.22)");
    }

    /// <summary>Style rules <c>.sd-line-K</c> (stroke) and <c>.sd-fill-K</c> for light and dark paper, of the first series.</summary>
    internal static string SeriesStyle(int count) =>
        Rules(OnLight, count) + "@media (prefers-color-scheme:dark){" + Rules(OnDark, count) + "}";

    private static string Rules(string[] colours, int count) => string.Concat(colours.Take(count).Select((colour, index) =>
        FormattableString.Invariant($".sd-line-{index}{{stroke:{colour}}}.sd-fill-{index}{{fill:{colour}}}")));
}
