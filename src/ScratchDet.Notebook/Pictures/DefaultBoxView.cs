using System.Globalization;
using ScratchDet.Boxes;
using ScratchDet.Data;

namespace ScratchDet.Notebook;

/// <summary>The default boxes of a detector: how many on each map and how large, and a picture of those around the middle.</summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed record DefaultBoxView(DefaultBoxSet DefaultBoxes) : IDisplayable
{
    private const int PictureSide = 200;

    /// <summary>One row a detection map, the finest first. Sizes in pixels of the image.</summary>
    public TextTable ToTextTable() => new(
        ["map", "cells", "step, px", "boxes per cell", "default boxes", "width x height, px"],
        [.. DefaultBoxes.Spec.Maps.Select((map, k) => (IReadOnlyList<string>)[
            (k + 1).ToString(CultureInfo.InvariantCulture), $"{map.Height} x {map.Width}", Markup.Number(map.StepX),
            map.BoxesPerCell.ToString(CultureInfo.InvariantCulture), ViewMarkup.Grouped(map.Count),
            string.Join(", ", IndicesOfCell(DefaultBoxes.Spec, k, map.Height / 2, map.Width / 2).Select(SizeOf)),
        ])]);

    public MimeBundle ToMimeBundle()
    {
        TextTable table = ToTextTable();
        string title = $"{ViewMarkup.Count(DefaultBoxes.Count, "default box", "default boxes")} on {ViewMarkup.Count(DefaultBoxes.Spec.Maps.Count, "map")}, for images of {DefaultBoxes.Spec.ImageHeight} x {DefaultBoxes.Spec.ImageWidth} px";
        return ViewMarkup.Bundle($"{title}\n\n{table.ToText()}", html =>
        {
            html.Title(title);
            table.WriteHtml(html, sortable: false);
            new ImageGrid([.. DefaultBoxes.Spec.Maps.Select((_, map) => PictureOf(map))]).WriteHtml(html);
        });
    }

    /// <summary>Indices of the boxes of one cell, in their order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such map or cell.</exception>
    internal static IReadOnlyList<int> IndicesOfCell(DefaultBoxSpec spec, int map, int row, int column)
    {
        if (map < 0 || map >= spec.Maps.Count) throw new ArgumentOutOfRangeException(nameof(map), map, $"there are maps 0 to {spec.Maps.Count - 1}");
        DefaultBoxMap cells = spec.Maps[map];
        if (row < 0 || row >= cells.Height) throw new ArgumentOutOfRangeException(nameof(row), row, $"map {map} has rows 0 to {cells.Height - 1}");
        if (column < 0 || column >= cells.Width) throw new ArgumentOutOfRangeException(nameof(column), column, $"map {map} has columns 0 to {cells.Width - 1}");
        int first = spec.Maps.Take(map).Sum(earlier => earlier.Count) + (((row * cells.Width) + column) * cells.BoxesPerCell);
        return [.. Enumerable.Range(first, cells.BoxesPerCell)];
    }

    // The cells as a faint grid, the boxes of the middle one over them.
    private Picture PictureOf(int map)
    {
        DefaultBoxMap cells = DefaultBoxes.Spec.Maps[map];
        var paper = new PlanarImage(PictureSide, Math.Max(1, PictureSide * DefaultBoxes.Spec.ImageHeight / DefaultBoxes.Spec.ImageWidth));
        Array.Fill(paper.Pixels, (byte)255);
        var canvas = new PictureCanvas(paper);
        var scale = new PictureScale((double)paper.Width / DefaultBoxes.Spec.ImageWidth, (double)paper.Height / DefaultBoxes.Spec.ImageHeight);
        var grid = new Rgb(225, 228, 232);
        for (int column = 1; column < cells.Width; column++)
        {
            int x = (int)(column * cells.StepX * scale.X);
            canvas.Fill(new PixelRectangle(x, 0, x + 1, paper.Height), grid);
        }
        for (int row = 1; row < cells.Height; row++)
        {
            int y = (int)(row * cells.StepY * scale.Y);
            canvas.Fill(new PixelRectangle(0, y, paper.Width, y + 1), grid);
        }
        canvas.Frame(new PixelRectangle(0, 0, paper.Width, paper.Height), new Rgb(160, 165, 172), 1);
        IReadOnlyList<int> middle = IndicesOfCell(DefaultBoxes.Spec, map, cells.Height / 2, cells.Width / 2);
        new DefaultBoxLayer(DefaultBoxes, middle, DefaultBoxes.Spec.ImageWidth, DefaultBoxes.Spec.ImageHeight).Draw(canvas, scale);
        return new Picture(paper, $"default boxes of the middle cell of map {map + 1}")
        {
            Caption = $"map {map + 1}: {cells.Height} x {cells.Width} cells",
            Details = [.. middle.Select(SizeOf)],
        };
    }

    private string SizeOf(int index) => string.Create(CultureInfo.InvariantCulture, $"{DefaultBoxes[index].Width:0.#} x {DefaultBoxes[index].Height:0.#}");
}
