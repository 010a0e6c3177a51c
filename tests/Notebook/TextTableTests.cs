using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook;

public class TextTableTests
{
    [Fact]
    public void Texts_are_aligned_left_and_numbers_right()
    {
        var table = new TextTable(["variant", "mAP"], [["base", "7.5"], ["Head=Batch", "77.25"], ["x\ny", ""]]);
        Assert.Equal(
            """
            variant       mAP
            ----------  -----
            base          7.5
            Head=Batch  77.25
            x y

            """,
            table.ToText());
    }

    [Fact]
    public void A_column_with_a_word_is_not_a_column_of_numbers() => Assert.Equal(
        "a\n--\n1\nxx\n",
        new TextTable(["a"], [["1"], ["xx"]]).ToText());

    [Fact]
    public void An_empty_table_is_its_header() => Assert.Equal("a  bc\n-  --\n", new TextTable(["a", "bc"], []).ToText());

    [Fact]
    public void A_row_of_another_length_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => new TextTable(["a"], [["1", "2"]]).ToText());
}
