using System.Text;
using System.Xml.Linq;
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

    [Fact]
    public void In_a_notebook_heads_sort_and_everything_is_escaped()
    {
        var table = new TextTable(["name", "<b>"], [["a", "1,234"], ["'&\"", "5"]]) { Caption = "<caption>" };
        MimeBundle bundle = table.ToMimeBundle();
        Assert.StartsWith("<caption>\nname", bundle.Text);
        XElement html = XElement.Parse(bundle.Find(MimeBundle.Html)!.GetValue<string>());
        XElement head = html.Descendants("thead").Single();
        Assert.Contains("aria-sort", (string)head.Attribute("onclick")!);
        Assert.Equal(["", "number"], head.Descendants("th").Select(cell => (string?)cell.Attribute("class") ?? ""));
        Assert.Equal(["a", "1,234", "'&\"", "5"], html.Descendants("td").Select(cell => cell.Value));
        Assert.Empty(html.Descendants("script"));
        Assert.Empty(html.Descendants().Attributes("id"));
        Assert.Equal("<caption>", html.Descendants("caption").Single().Value);
    }

    [Fact]
    public void A_page_has_the_plain_table()
    {
        var html = new StringBuilder();
        new TextTable(["a"], [["1"], ["2"]]).WriteHtml(html);
        Assert.DoesNotContain("onclick", html.ToString());
    }

    [Fact]
    public void A_long_table_says_how_many_rows_it_leaves_out()
    {
        MimeBundle bundle = new TextTable(["a"], [.. Enumerable.Range(0, 30).Select(row => (IReadOnlyList<string>)[$"{row}"])]) { MostRowsShown = 10 }.ToMimeBundle();
        Assert.EndsWith("20 more rows, not shown", bundle.Text);
        Assert.Equal(10, XElement.Parse(bundle.Find(MimeBundle.Html)!.GetValue<string>()).Descendants("td").Count());
    }
}
