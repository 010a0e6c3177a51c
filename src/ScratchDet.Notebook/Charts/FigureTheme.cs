namespace ScratchDet.Notebook;

/// <summary>The colours of figures besides those of series: as a figure holds them (on light paper), and on dark paper.</summary>
internal static class FigureTheme
{
    public const string Paper = "#ffffff";
    public const string Ink = "#1b1e22";
    public const string Name = "#2c3036";
    public const string Soft = "#5a6068";
    public const string Grid = "#e4e7ea";
    public const string Axis = "#9aa1a8";
    public const string Empty = "#eef0f2";
    public const string Font = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

    private const string DarkPaper = "#16191c";
    private const string DarkInk = "#e6e9ec";
    private const string DarkSoft = "#a4abb3";
    private const string DarkGrid = "#33383e";
    private const string DarkAxis = "#6b737b";
    private const string DarkEmpty = "#22272c";

    /// <summary>For each colour of a Plotly figure the one that replaces it on dark paper.</summary>
    public static IEnumerable<(string Light, string Dark)> Pairs() =>
    [
        (Ink, DarkInk), (Name, DarkInk), (Soft, DarkSoft), (Grid, DarkGrid), (Axis, DarkAxis), (Empty, DarkEmpty), (Paper, DarkPaper),
        .. Enumerable.Range(0, Palette.SeriesColours).SelectMany(series => new[]
        {
            (Palette.OnLightPaper(series), Palette.OnDarkPaper(series)),
            (Palette.Band(series), Palette.Band(Palette.OnDarkPaper(series))),
        }),
    ];

    /// <summary>For still pictures. They bring their own paper: the page around may not follow the reader's setting.</summary>
    public static string SvgStyle { get; } =
        $".sd-chart{{max-width:100%;height:auto;font:12px {Font.Replace(", ", ",")}}}"
        + $".sd-paper{{fill:{Paper}}}.sd-chart text{{fill:{Soft}}}.sd-chart .sd-title{{fill:{Ink};font-size:14px;font-weight:600}}.sd-chart .sd-panel{{fill:{Name};font-weight:600}}"
        + $".sd-chart .sd-name,.sd-chart .sd-value{{fill:{Name}}}.sd-chart .sd-small{{font-size:11px}}.sd-chart .sd-value{{font-weight:600}}.sd-chart .sd-note{{font-style:italic}}.sd-chart .sd-lost{{fill:#b3400a}}"
        + $".sd-grid{{stroke:{Grid}}}.sd-axis{{stroke:{Axis}}}.sd-empty{{fill:{Empty}}}"
        + ".sd-line,.sd-raw,.sd-guide{fill:none;stroke-linejoin:round;stroke-linecap:round}.sd-line{stroke-width:1.8}.sd-raw{stroke-width:1;opacity:.3}"
        + $".sd-guide{{stroke:{Axis};stroke-width:1.2;stroke-dasharray:1.5 4}}.sd-area{{stroke:none;opacity:.22}}.sd-columns{{fill-opacity:.22;stroke-width:1.4}}"
        + $".sd-bar,.sd-dot{{stroke:none;opacity:.85}}.sd-cross{{fill:none;stroke-width:2.4;stroke-linecap:round}}.sd-interval{{stroke:{Name};stroke-width:1.4;fill:none}}.sd-diamond{{fill:{Paper};stroke:{Name};stroke-width:1.5}}"
        + $"@media (prefers-color-scheme:dark){{.sd-paper{{fill:{DarkPaper}}}.sd-chart text{{fill:{DarkSoft}}}.sd-chart .sd-title,.sd-chart .sd-panel,.sd-chart .sd-name,.sd-chart .sd-value{{fill:{DarkInk}}}.sd-chart .sd-lost{{fill:#ff8a3d}}"
        + $".sd-grid{{stroke:{DarkGrid}}}.sd-axis,.sd-guide{{stroke:{DarkAxis}}}.sd-empty{{fill:{DarkEmpty}}}.sd-interval{{stroke:{DarkInk}}}.sd-diamond{{fill:{DarkPaper};stroke:{DarkInk}}}}}";
}
