using FsCheck.Fluent;
using ScratchDet.Boxes;

namespace ScratchDet.Tests.Boxes;

public class BoxCoderTests
{
    [Fact]
    public void Offsets_are_divided_by_the_variances()
    {
        // Default box: centre (0.5, 0.5), 0.2 x 0.4. Box: centre (0.52, 0.46), 0.4 x 0.2.
        // (0.02 / 0.2) / 0.1 = 1;  (-0.04 / 0.4) / 0.1 = -1;  ln 2 / 0.2 = 3.465736;  ln 0.5 / 0.2 = -3.465736
        float[] offsets = new float[4];
        BoxCoder.Reference.Encode([0.32f, 0.36f, 0.72f, 0.56f], [0.5f, 0.5f, 0.2f, 0.4f], offsets);
        Assert.Equal(1, offsets[0], 1e-5f);
        Assert.Equal(-1, offsets[1], 1e-5f);
        Assert.Equal(3.465736f, offsets[2], 1e-5f);
        Assert.Equal(-3.465736f, offsets[3], 1e-5f);
    }

    [Fact]
    public void Zero_offsets_decode_to_the_default_box()
    {
        var decoded = new float[4];
        BoxCoder.Reference.Decode([0, 0, 0, 0], [0.5f, 0.25f, 0.5f, 0.25f], decoded);
        Assert.Equal<float>([0.25f, 0.125f, 0.75f, 0.375f], decoded);
    }

    [Fact]
    public void Decoding_what_was_encoded_gives_the_box_back() =>
        BoxArbitraries.Hold(
            BoxArbitraries.Box(100).Two(),
            pair =>
            {
                (Box box, Box defaultBox) = (pair.Item1.Scale(0.01f, 0.01f), pair.Item2.Scale(0.01f, 0.01f));
                float[] defaults = [defaultBox.CenterX, defaultBox.CenterY, defaultBox.Width, defaultBox.Height];
                float[] offsets = new float[4], decoded = new float[4];
                BoxCoder.Reference.Encode([box.XMin, box.YMin, box.XMax, box.YMax], defaults, offsets);
                BoxCoder.Reference.Decode(offsets, defaults, decoded);
                return MathF.Abs(decoded[0] - box.XMin) < 1e-5f && MathF.Abs(decoded[1] - box.YMin) < 1e-5f
                    && MathF.Abs(decoded[2] - box.XMax) < 1e-5f && MathF.Abs(decoded[3] - box.YMax) < 1e-5f;
            });

    [Fact]
    public void Torchvision_bounds_a_decoded_side_and_the_reference_does_not()
    {
        float[] defaults = [0.5f, 0.5f, 0.01f, 0.01f], huge = [0, 0, 25, 0]; // ln scale 25 * 0.2 = 5
        Assert.Equal(0.01f * 1000 / 16, BoxCoder.Torchvision.DecodeBox(huge, defaults).Width, 1e-4f);
        Assert.Equal(0.01f * MathF.Exp(5), BoxCoder.Reference.DecodeBox(huge, defaults).Width, 1e-4f);
    }

    [Fact]
    public void Spans_of_different_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => BoxCoder.Reference.Encode(new float[8], new float[4], new float[8]));
        Assert.Throws<ArgumentException>(() => BoxCoder.Reference.Decode(new float[8], new float[8], new float[4]));
        Assert.Throws<ArgumentException>(() => BoxCoder.Reference.Decode(new float[6], new float[6], new float[6]));
    }
}
