using ScratchDet.Boxes;
using ScratchDet.Models;

namespace ScratchDet.Tests.Boxes;

/// <summary>The default boxes of the published detectors, laid over the maps that they were made for.</summary>
internal static class PublishedBoxes
{
    public static DefaultBoxSpec Ssd300Voc { get; } = Laid(BoxLayout.Ssd300Voc, 300);

    public static DefaultBoxSpec Ssd300Coco { get; } = Laid(BoxLayout.Ssd300Coco, 300);

    public static DefaultBoxSpec Ssd300Torchvision { get; } = Laid(BoxLayout.Ssd300Torchvision, 300);

    public static DefaultBoxSpec Ssd512Voc { get; } = Laid(BoxLayout.Ssd512Voc, 512);

    public static DefaultBoxSpec Ssd512Coco { get; } = Laid(BoxLayout.Ssd512Coco, 512);

    private static DefaultBoxSpec Laid(BoxLayout layout, int imageSize) => layout.ForMaps(imageSize, layout.MapSides);
}
