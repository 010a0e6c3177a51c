using System.ComponentModel.DataAnnotations;
using ScratchDet.Boxes;

namespace ScratchDet.Models;

/// <summary>How default boxes are laid over the detection maps, whatever the maps' sizes turn out to be.</summary>
public sealed record BoxLayout
{
    /// <summary>The VOC numbers of the reference SSD300.</summary>
    public static BoxLayout Ssd300Voc { get; } = new();

    /// <summary>The COCO numbers: smaller boxes.</summary>
    public static BoxLayout Ssd300Coco { get; } = new() { Sizes = [21, 45, 99, 153, 207, 261, 315] };

    public static BoxLayout Ssd512Voc { get; } = new()
    {
        Sizes = [35.84, 76.8, 153.6, 230.4, 307.2, 384, 460.8, 537.6],
        BoxesPerCell = [4, 6, 6, 6, 6, 4, 4],
        Steps = [8, 16, 32, 64, 128, 256, 512],
        MapSides = [64, 32, 16, 8, 4, 2, 1],
    };

    /// <summary>The COCO numbers: 4%, 10%, 26% ... of the image.</summary>
    public static BoxLayout Ssd512Coco { get; } = Ssd512Voc with { Sizes = [20.48, 51.2, 133.12, 215.04, 296.96, 378.88, 460.8, 542.72] };

    /// <summary>
    /// DSOD300: SSD300's boxes, the last map of 2 x 2 cells. The released script keeps SSD's last step of 300 px, which lays
    /// three of those four cells outside the image; here it is 150. Ours.
    /// </summary>
    public static BoxLayout Dsod300 { get; } = new() { Steps = [8, 16, 32, 64, 100, 150], MapSides = [38, 19, 10, 5, 3, 2] };

    /// <summary>mmdetection's ssdlite_mobilenetv2 from scratch; the paper does not give its own.</summary>
    public static BoxLayout Ssdlite320 { get; } = new()
    {
        Sizes = [48, 100, 150, 202, 253, 304, 320],
        BoxesPerCell = [6],
        Steps = [],
        MapSides = [20, 10, 5, 3, 2, 1],
    };

    /// <summary>Tiny SSD's maps and boxes a cell; the sizes are SSD300's, for want of its own.</summary>
    public static BoxLayout TinySsd300 { get; } = new() { BoxesPerCell = [4, 6, 6, 6, 6, 4], Steps = [], MapSides = [37, 18, 9, 4, 2, 1] };

    /// <summary>torchvision's ssd300_vgg16: the COCO sizes, not truncated, widths and heights clipped to the image.</summary>
    public static BoxLayout Ssd300Torchvision { get; } = Ssd300Coco with { TruncateSizesToIntegers = false, Clipping = DefaultBoxClipping.Sizes };

    /// <summary>DSSD321's VOC numbers (Caffe code): three ratios on every map, and cell 0's centre given in pixels.</summary>
    public static BoxLayout Dssd321Voc { get; } = new()
    {
        Sizes = [32.1, 64.2, 121.98, 179.76, 237.54, 295.32, 353.1],
        BoxesPerCell = [8],
        Steps = [8, 16, 32, 64, 64, 321],
        Starts = [2.5, 2.5, 10.5, 26.5, 90.5, 160.5],
        MapSides = [40, 20, 10, 5, 3, 1],
    };

    /// <summary>DSSD513's COCO numbers (Caffe code); the authors give none for VOC.</summary>
    public static BoxLayout Dssd513Coco { get; } = new()
    {
        Sizes = [20.52, 51.3, 138.51, 225.72, 312.93, 400.14, 487.35, 574.56],
        BoxesPerCell = [8],
        Steps = [8, 16, 32, 64, 128, 256, 513],
        Starts = [2.5, 2.5, 10.5, 26.5, 58.5, 122.5, 256.5],
        MapSides = [64, 32, 16, 8, 4, 2, 1],
    };

    /// <summary>Map k has squares of Sizes[k] and sqrt(Sizes[k] * Sizes[k + 1]) pixels: one size more than maps.</summary>
    [Range(0.01, 1e5)]
    public IReadOnlyList<double> Sizes { get; init; } = [30, 60, 111, 162, 213, 264, 315];

    /// <summary>4 (ratios 1, 1, 2, 1/2), 6 (3 and 1/3 too) or 8 (1.6 and 1/1.6 too) for each map; one number stands for all maps.</summary>
    [Range(4, 8)]
    public IReadOnlyList<int> BoxesPerCell { get; init; } = [4, 6, 6, 6, 4, 4];

    /// <summary>Distance of cells in pixels for each map; empty: image size / map size.</summary>
    [Range(0.01, 1e5)]
    public IReadOnlyList<double> Steps { get; init; } = [8, 16, 32, 64, 100, 300];

    /// <summary>Pixels from the border to the centre of cell 0 for each map: what Caffe's DSSD calls starts. Empty: half a step.</summary>
    [Range(0.0, 1e5)]
    public IReadOnlyList<double> Starts { get; init; } = [];

    /// <summary>Sides in cells of the maps that sizes and steps were made for; a model with others is refused. Empty: any sides.</summary>
    [Range(1, 4096)]
    public IReadOnlyList<int> MapSides { get; init; } = [38, 19, 10, 5, 3, 1];

    /// <summary>Caffe holds the sizes as integers; matters for SSD512 only.</summary>
    public bool TruncateSizesToIntegers { get; init; } = true;

    public DefaultBoxClipping Clipping { get; init; }

    /// <summary>Small nets: every map with four boxes a cell, steps by division.</summary>
    public static BoxLayout Of(params IReadOnlyList<double> sizes) => new() { Sizes = sizes, BoxesPerCell = [4], Steps = [], MapSides = [], TruncateSizesToIntegers = false };

    public int BoxesOnMap(int map) => BoxesPerCell[Math.Min(map, BoxesPerCell.Count - 1)];

    /// <exception cref="ArgumentException">The numbers of sizes, boxes or steps do not fit the maps, or the maps are not those of <see cref="MapSides"/>.</exception>
    public DefaultBoxSpec ForMaps(int imageSize, IReadOnlyList<int> mapSides)
    {
        DefaultBoxSpec boxes = Lay(imageSize, mapSides);
        if (MapSides.Count == 0 || MapSides.SequenceEqual(mapSides)) return boxes;
        if (MapSides.Count == mapSides.Count)
            Lay(imageSize, MapSides).RequirePredictionCount(boxes.Count, [.. mapSides.Select(side => (side, side))]);
        throw new ArgumentException($"the model's maps are {string.Join(", ", mapSides)} cells wide, the default boxes are for {string.Join(", ", MapSides)}");
    }

    private DefaultBoxSpec Lay(int imageSize, IReadOnlyList<int> mapSides)
    {
        int maps = mapSides.Count;
        if (BoxesPerCell.Count == 0) throw new ArgumentException("no numbers of boxes per cell");
        if (Sizes.Count != maps + 1) throw new ArgumentException($"{Sizes.Count} box sizes for {maps} detection maps ({string.Join(", ", mapSides)}); one more than maps is needed");
        if (BoxesPerCell.Count != 1 && BoxesPerCell.Count != maps) throw new ArgumentException($"{BoxesPerCell.Count} numbers of boxes per cell for {maps} detection maps");
        if (Steps.Count != 0 && Steps.Count != maps) throw new ArgumentException($"{Steps.Count} steps for {maps} detection maps");
        if (Starts.Count != 0 && Starts.Count != maps) throw new ArgumentException($"{Starts.Count} starts for {maps} detection maps");
        var layout = new DefaultBoxMap[maps];
        for (int map = 0; map < maps; map++)
        {
            double[] ratios = BoxesOnMap(map) switch
            {
                4 => [2],
                6 => [2, 3],
                8 => [1.6, 2, 3],
                int other => throw new ArgumentException($"{other} boxes per cell; 4, 6 or 8 are possible"),
            };
            double step = Steps.Count == 0 ? imageSize / (double)mapSides[map] : Steps[map];
            layout[map] = DefaultBoxMap.Square(mapSides[map], step, Sizes[map], Sizes[map + 1], ratios);
            if (Starts.Count > 0) layout[map] = layout[map] with { CenterOffset = Starts[map] / step };
        }
        return new DefaultBoxSpec(imageSize, imageSize, layout) { TruncateSizesToIntegers = TruncateSizesToIntegers, Clipping = Clipping };
    }
}
