using System.Text;
using ScratchDet.Data;

namespace ScratchDet.Tests.Data;

public class VocAnnotationReaderTests
{
    private static VocAnnotation Read(string xml)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(xml));
        return VocAnnotationReader.Read(stream, "a.xml");
    }

    private static BadInputException Refused(string xml) => Assert.Throws<BadInputException>(() => Read(xml));

    [Fact]
    public void A_complete_annotation_is_read_and_parts_are_not_objects()
    {
        VocAnnotation annotation = Read("""
            <?xml version="1.0"?>
            <annotation>
              <folder>VOC2007</folder>
              <filename>000005.jpg</filename>
              <source><database>The VOC2007 Database</database><annotation>PASCAL</annotation></source>
              <size><width>500</width><height>375</height><depth>3</depth></size>
              <segmented>0</segmented>
              <object>
                <name>person</name><pose>Left</pose><truncated>1</truncated><difficult>0</difficult>
                <bndbox><xmin>10.5</xmin><ymin>20</ymin><xmax>110</xmax><ymax>220.25</ymax></bndbox>
                <part><name>head</name><bndbox><xmin>11</xmin><ymin>21</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></part>
              </object>
              <object>
                <name>dog</name><difficult>1</difficult>
                <bndbox><ymax>8</ymax><xmax>7</xmax><ymin>2</ymin><xmin>1</xmin></bndbox>
              </object>
            </annotation>
            """);
        Assert.Equal(("000005.jpg", 500, 375, 3), (annotation.FileName, annotation.Width, annotation.Height, annotation.Depth));
        Assert.Equal(2, annotation.Objects.Count);
        Assert.Equal(new VocObject("person", 10.5f, 20, 110, 220.25f, Line: 8) { Truncated = true, Pose = "Left" }, annotation.Objects[0]);
        Assert.Equal(new VocObject("dog", 1, 2, 7, 8, Line: 13) { Difficult = true }, annotation.Objects[1]);
    }

    [Fact]
    public void Optional_tags_may_be_absent_and_an_image_may_have_no_objects()
    {
        VocAnnotation annotation = Read("<annotation/>");
        Assert.Empty(annotation.Objects);
        Assert.Null(annotation.FileName);
        Assert.Null(annotation.Width);
        Assert.Empty(Read("<annotation><size/><segmented/>stray text</annotation>").Objects);
    }

    [Fact]
    public void An_object_inside_an_object_is_not_an_object()
    {
        VocAnnotation annotation = Read("<annotation><object><object><name>x</name></object><name>y</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object></annotation>");
        Assert.Equal("y", Assert.Single(annotation.Objects).ClassName);
    }

    [Fact]
    public void A_dtd_is_refused()
    {
        BadInputException bad = Refused("<!DOCTYPE annotation [<!ELEMENT annotation ANY>]><annotation/>");
        Assert.Contains("DTD", bad.What, StringComparison.Ordinal);
        Assert.Equal("a.xml", bad.File);
    }

    [Fact]
    public void An_external_entity_is_not_read()
    {
        string secret = Path.GetTempFileName();
        try
        {
            File.WriteAllText(secret, "the secret");
            BadInputException bad = Refused($"<!DOCTYPE annotation [<!ENTITY e SYSTEM \"file://{secret}\">]><annotation><filename>&e;</filename></annotation>");
            Assert.DoesNotContain("the secret", bad.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(secret);
        }
    }

    [Fact]
    public void A_billion_laughs_is_refused_at_once()
    {
        var xml = new StringBuilder("<!DOCTYPE annotation [<!ENTITY l0 \"ha\">");
        for (int i = 1; i <= 30; i++) xml.Append($"<!ENTITY l{i} \"{string.Concat(Enumerable.Repeat($"&l{i - 1};", 10))}\">");
        BadInputException bad = Refused(xml + "]><annotation><filename>&l30;</filename></annotation>");
        Assert.Contains("DTD", bad.What, StringComparison.Ordinal);
    }

    [Fact]
    public void An_annotation_beyond_the_limit_of_characters_is_refused()
    {
        string filler = new('x', (int)VocAnnotationReader.MaximumCharacters);
        Refused($"<annotation><filename>{filler}</filename></annotation>");
    }

    [Theory]
    [InlineData("", "not well-formed")]
    [InlineData("   ", "not well-formed")]
    [InlineData("plain text", "not well-formed")]
    [InlineData("<annotation>", "not well-formed")]
    [InlineData("<annotation><object></annotation>", "not well-formed")]
    [InlineData("<annotation/><annotation/>", "not well-formed")]
    [InlineData("<annotation>&undefined;</annotation>", "not well-formed")]
    [InlineData("<html/>", "the root tag is <html>")]
    [InlineData("<annotation><object><bndbox/></object></annotation>", "no <xmin>")]
    [InlineData("<annotation><object><name>x</name></object></annotation>", "no <bndbox>")]
    [InlineData("<annotation><object/></annotation>", "no <name>")]
    [InlineData("<annotation><object><name> </name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object></annotation>", "no <name>")]
    [InlineData("<annotation><object><name>x</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax></bndbox></object></annotation>", "no <ymax>")]
    [InlineData("<annotation><object><name>x</name><difficult>maybe</difficult></object></annotation>", "<difficult> is 'maybe'")]
    [InlineData("<annotation><size><width>wide</width></size></annotation>", "<width> is 'wide'")]
    public void Malformed_annotations_say_what_is_wrong(string xml, string what) =>
        Assert.Contains(what, Refused(xml).What, StringComparison.Ordinal);

    [Theory]
    [InlineData("NaN", "not finite")]
    [InlineData("Infinity", "not finite")]
    [InlineData("-1e400", "not finite")]
    [InlineData("12px", "not a number")]
    [InlineData("", "not a number")]
    [InlineData("1,5", "not a number")]
    public void Coordinates_are_finite_numbers(string text, string what)
    {
        BadInputException bad = Refused($"<annotation>\n<object>\n<name>dog</name><bndbox><xmin>1</xmin>\n<ymin>{text}</ymin></bndbox></object></annotation>");
        Assert.Contains("<ymin>", bad.What, StringComparison.Ordinal);
        Assert.Contains(what, bad.What, StringComparison.Ordinal);
        Assert.Equal("line 4, object 1", bad.Place);
    }

    [Fact]
    public void Random_damage_gives_an_annotation_or_bad_input_and_nothing_else()
    {
        byte[] original = Encoding.UTF8.GetBytes($"<annotation><size><width>40</width></size>{TemporaryFolder.ObjectXml("dog", "1", "2", "30", "20.5", "<difficult>1</difficult>")}</annotation>");
        var random = new Random(3);
        int refused = 0;
        for (int round = 0; round < 2000; round++)
        {
            byte[] damaged = (byte[])original.Clone();
            for (int change = 0; change < 2; change++) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            using var stream = new MemoryStream(damaged, 0, random.Next(4) == 0 ? random.Next(damaged.Length) : damaged.Length);
            try
            {
                VocAnnotationReader.Read(stream, "damaged");
            }
            catch (BadInputException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1000, 2000);
    }
}
