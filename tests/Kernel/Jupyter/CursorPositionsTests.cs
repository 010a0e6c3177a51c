using ScratchDet.Kernel.Jupyter;

namespace ScratchDet.Tests.Kernel.Jupyter;

public class CursorPositionsTests
{
    [Theory]
    [InlineData("abc", 2, 2)]
    [InlineData("a😀b", 1, 1)]
    [InlineData("a😀b", 2, 3)]
    [InlineData("a😀b", 3, 4)]
    [InlineData("😀😀", 2, 4)]
    [InlineData("", 0, 0)]
    public void Code_points_and_utf16_units_are_told_apart(string code, int codePoints, int utf16)
    {
        Assert.Equal(utf16, CursorPositions.ToUtf16(code, codePoints));
        Assert.Equal(codePoints, CursorPositions.ToCodePoints(code, utf16));
    }

    [Theory]
    [InlineData("abc", 9, 3)]
    [InlineData("abc", -4, 0)]
    [InlineData("\uD83Da", 1, 1)]
    public void A_position_outside_is_taken_to_the_end(string code, int codePoints, int utf16) =>
        Assert.Equal(utf16, CursorPositions.ToUtf16(code, codePoints));

    [Fact]
    public void Within_a_pair_it_is_the_place_before() => Assert.Equal(1, CursorPositions.ToCodePoints("a😀b", 2));
}
