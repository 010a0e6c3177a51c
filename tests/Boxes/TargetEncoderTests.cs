using ScratchDet.Boxes;
using ScratchDet.Data;

namespace ScratchDet.Tests.Boxes;

public class TargetEncoderTests
{
    private static readonly DefaultBoxSet Tiles = new(new DefaultBoxSpec(100, 100, [DefaultBoxMap.Square(2, 50, 50, null, [])]));

    private static readonly TargetEncoder Encoder = new(Tiles, new ReferenceMatcher(), BoxCoder.Reference);

    [Fact]
    public void A_matched_box_gets_the_class_plus_one_and_the_offsets_of_its_object()
    {
        // In an image of 200 x 400 the tile 0 is 100 x 200 pixels. The object there, (10, 0) to (110, 100), is
        // (5, 0) to (55, 25) of 100 x 100: IoU 45 x 25 / (2500 + 1250 - 1125) = 0.4286, its best.
        // Centre 30, 12.5 against 25, 25: (5 / 50) / 0.1 = 1, (-12.5 / 50) / 0.1 = -2.5; sizes ln 1 = 0, ln 0.5 / 0.2 = -3.4657.
        var labels = new long[4];
        var offsets = new float[16];
        int positives = Encoder.Encode([new Box(10, 0, 110, 100)], [6], 200, 400, labels, offsets);
        Assert.Equal(1, positives);
        Assert.Equal<long>([7, 0, 0, 0], labels);
        float[] expected = [1, -2.5f, 0, -3.465736f];
        for (int i = 0; i < 16; i++)
            Assert.Equal(i < 4 ? expected[i] : 0, offsets[i], 1e-4f);
    }

    [Fact]
    public void An_image_without_objects_is_background_everywhere_and_clears_what_was_there()
    {
        long[] labels = [5, 5, 5, 5];
        float[] offsets = [.. Enumerable.Repeat(9f, 16)];
        Assert.Equal(0, Encoder.Encode([], [], 100, 100, labels, offsets));
        Assert.All(labels, label => Assert.Equal(TargetEncoder.Background, label));
        Assert.All(offsets, offset => Assert.Equal(0, offset));
    }

    [Fact]
    public void A_lower_negative_threshold_leaves_a_band_that_is_neither_positive_nor_negative()
    {
        // 75 x 50 from the left: IoU with tile 0 2500 / 3750 = 0.667, with tile 1 1250 / 5000 = 0.25.
        var encoder = new TargetEncoder(Tiles, new ReferenceMatcher(), BoxCoder.Reference, negativeIouThreshold: 0.2f);
        var labels = new long[4];
        encoder.Encode([new Box(0, 0, 75, 50)], [0], 100, 100, labels, new float[16]);
        Assert.Equal([1, TargetEncoder.Ignored, 0, 0], labels);
    }

    [Fact]
    public void Annotations_encode_as_their_boxes_and_difficult_ones_can_be_left_out()
    {
        ObjectAnnotation[] objects = [new(0, new Box(0, 0, 50, 50), Difficult: true), new(1, new Box(50, 50, 100, 100))];
        var labels = new long[4];
        Assert.Equal(2, Encoder.Encode(objects, 100, 100, labels, new float[16]));
        Assert.Equal<long>([1, 0, 0, 2], labels);
        Assert.Equal(1, Encoder.Encode(objects, 100, 100, labels, new float[16], useDifficult: false));
        Assert.Equal<long>([0, 0, 0, 2], labels);
    }

    [Fact]
    public void Encoded_offsets_decode_to_the_object()
    {
        var set = new DefaultBoxSet(PublishedBoxes.Ssd300Voc);
        var encoder = new TargetEncoder(set, new ReferenceMatcher(), BoxCoder.Reference);
        var labels = new long[set.Count];
        var offsets = new float[4 * set.Count];
        Box expected = new(37, 60, 190, 222); // of an image of 500 x 375
        int positives = encoder.Encode([expected], [3], 500, 375, labels, offsets);
        Assert.Equal(positives, labels.Count(label => label == 4));
        Assert.True(positives > 1);
        for (int i = 0; i < set.Count; i++)
        {
            if (labels[i] == 0) continue;
            Box decoded = BoxCoder.Reference.DecodeBox(offsets.AsSpan(4 * i, 4), set.Cxcywh.Slice(4 * i, 4)).Scale(500, 375);
            Assert.Equal(expected.XMin, decoded.XMin, 1e-2f);
            Assert.Equal(expected.YMin, decoded.YMin, 1e-2f);
            Assert.Equal(expected.XMax, decoded.XMax, 1e-2f);
            Assert.Equal(expected.YMax, decoded.YMax, 1e-2f);
        }
    }

    [Fact]
    public void Unusable_objects_and_lengths_are_refused()
    {
        void Encode(Box box, int classIndex, int labels = 4, int offsets = 16) =>
            Encoder.Encode([box], [classIndex], 100, 100, new long[labels], new float[offsets]);

        Assert.Contains("object 0", Assert.Throws<ArgumentException>(() => Encode(new Box(10, 10, 10, 20), 0)).Message);
        Assert.Throws<ArgumentException>(() => Encode(new Box(0, 0, float.NaN, 20), 0));
        Assert.Throws<ArgumentException>(() => Encode(new Box(0, 0, float.PositiveInfinity, 20), 0));
        Assert.Throws<ArgumentException>(() => Encode(new Box(0, 0, 10, 20), -1));
        Assert.Throws<ArgumentException>(() => Encode(new Box(0, 0, 10, 20), 0, labels: 3));
        Assert.Throws<ArgumentException>(() => Encode(new Box(0, 0, 10, 20), 0, offsets: 4));
        Assert.Throws<ArgumentException>(() => Encoder.Encode([new Box(0, 0, 1, 1)], [], 100, 100, new long[4], new float[16]));
    }
}
