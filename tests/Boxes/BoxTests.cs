using FsCheck.Fluent;
using ScratchDet.Boxes;

namespace ScratchDet.Tests.Boxes;

public class BoxTests
{
    [Fact]
    public void Iou_is_symmetric_between_0_and_1_and_1_for_the_box_itself() =>
        BoxArbitraries.Hold(
            BoxArbitraries.Box(40).Two(),
            pair =>
            {
                (Box a, Box b) = pair;
                float iou = a.Iou(b);
                return iou == b.Iou(a) && iou is >= 0 and <= 1 && a.Iou(a) == 1 && (iou < 1 || a == b);
            });

    [Fact]
    public void Iou_of_two_by_two_boxes_shifted_by_one_is_a_third()
    {
        // intersection 1 x 2 = 2, union 4 + 4 - 2 = 6
        Assert.Equal(1f / 3, new Box(0, 0, 2, 2).Iou(new Box(1, 0, 3, 2)), 1e-7f);
        Assert.Equal(0, new Box(0, 0, 2, 2).Iou(new Box(2, 0, 4, 2)));
    }
}
