using ScratchDet.Notebook;
using ScratchDet.Torch;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Notebook.Views;

public class TensorViewTests
{
    private static string TextOf(Tensor tensor)
    {
        MimeBundle bundle = TensorView.Of(tensor).ToMimeBundle();
        Assert.Contains("<table", bundle.Find(MimeBundle.Html)!.GetValue<string>());
        return bundle.Text;
    }

    [Fact]
    public void A_small_matrix_is_a_table_with_its_statistics()
    {
        using Tensor matrix = TensorSpans.FromArray([1f, 2, 3, -4, 5.5f, 6], 2, 3);
        // Mean 13.5 / 6 = 2.25; squares 1 + 4 + 9 + 16 + 30.25 + 36 = 96.25; 96.25 / 6 - 5.0625 = 10.979; its root 3.313.
        Assert.Equal(
            """
            Tensor (2, 3) Float32 on cpu, 6 values
            min -4, max 6, mean 2.25, deviation 3.313
                1    2    3
               -4  5.5    6
            """,
            TextOf(matrix));
    }

    [Fact]
    public void A_large_tensor_shows_its_head()
    {
        using Tensor large = arange(2 * 3 * 40 * 50).to(ScalarType.Float32, disposeAfter: true).reshape(2, 3, 40, 50);
        string[] lines = TextOf(large).Split('\n');
        Assert.Equal("Tensor (2, 3, 40, 50) Float32 on cpu, 12,000 values", lines[0]);
        Assert.Equal("min 0, max 1.2e+04, mean 6000, deviation 3464", lines[1]);
        Assert.Equal("values at [0, 0, :, :]", lines[2]);
        Assert.Equal(12, lines.Length);
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "…"], lines[3].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("350", lines[10].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]);
        Assert.Equal("⋮", lines[11].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]);
    }

    [Fact]
    public void Statistics_of_a_large_tensor_are_those_of_all_its_pieces()
    {
        using Tensor large = arange(3_000_000).to(ScalarType.Float64, disposeAfter: true);
        large.add_(1e9);
        TensorStatistics found = TensorStatistics.Of(large);
        Assert.Equal((3_000_000, 1e9, 1e9 + 2_999_999, 1e9 + 1_499_999.5), (found.Count, found.Min, found.Max, found.Mean));
        // Of 0 .. n-1: the root of (n^2 - 1) / 12.
        Assert.Equal(Math.Sqrt(((3e6 * 3e6) - 1) / 12), found.Deviation, 1e-3);
    }

    [Fact]
    public void Values_that_are_not_finite_are_counted_and_left_out_of_the_mean()
    {
        using Tensor some = TensorSpans.FromArray([1f, float.NaN, 3, float.PositiveInfinity, float.NaN]);
        Assert.Equal("Tensor (5) Float32 on cpu, 5 values\nmin 1, max 3, mean 2, deviation 1, 2 NaN, 1 infinite\n    1  NaN    3  inf  NaN", TextOf(some));
        using Tensor none = TensorSpans.FromArray([float.NaN, float.NegativeInfinity]);
        Assert.Contains("no finite value, 1 NaN, 1 infinite", TextOf(none));
    }

    [Fact]
    public void Whole_numbers_are_exact_and_flags_are_counted()
    {
        using Tensor whole = TensorSpans.FromArray([long.MaxValue, 5]);
        Assert.Contains("min 5, max 9223372036854775807, mean 4.612e+18", TextOf(whole));
        using Tensor flags = TensorSpans.FromArray([true, false, true]);
        Assert.Equal("Tensor (3) Bool on cpu, 3 values\n2 true, 1 false\n   true  false   true", TextOf(flags));
    }

    [Fact]
    public void A_single_value_and_no_value_and_a_disposed_tensor_are_said_plainly()
    {
        using Tensor one = tensor(2.5f);
        Assert.Equal("Tensor () Float32 on cpu, 1 value\n  2.5", TextOf(one));
        using Tensor none = zeros(0, 4);
        Assert.Equal("Tensor (0, 4) Float32 on cpu, 0 values", TensorView.Of(none).ToMimeBundle().Text);
        Tensor gone = zeros(1);
        gone.Dispose();
        Assert.Equal("disposed tensor", TensorView.Of(gone).ToMimeBundle().Text);
    }

    [Fact]
    public void Half_precision_strided_and_learnable_tensors_are_read_without_a_trace_in_autograd()
    {
        using Tensor half = TensorSpans.FromArray([1f, 2, 3, 4, 5, 6], 2, 3).to(ScalarType.BFloat16, disposeAfter: true);
        using Tensor turned = half.t();
        Assert.Contains("min 1, max 6, mean 3.5", TextOf(turned));
        using Tensor learnable = ones([2, 2], requires_grad: true);
        Assert.StartsWith("Tensor (2, 2) Float32 on cpu, 4 values, requires_grad", TextOf(learnable));
    }

    [Fact]
    public void As_an_image_black_is_the_smallest_and_white_the_largest_value()
    {
        using Tensor map = TensorSpans.FromArray([-1f, 0, 1, float.NaN], 2, 2);
        Picture picture = map.AsImage();
        Assert.Equal((256, 256), (picture.Image.Width, picture.Image.Height));
        Assert.Equal("black is -1, white is 1", picture.Caption);
        (byte, byte, byte) At(int x, int y) => (picture.Image.Plane(0)[(y * 256) + x], picture.Image.Plane(1)[(y * 256) + x], picture.Image.Plane(2)[(y * 256) + x]);
        Assert.Equal((0, 0, 0), At(0, 0));
        Assert.Equal((128, 128, 128), At(200, 10));
        Assert.Equal((255, 255, 255), At(10, 200));
        Assert.Equal((255, 0, 255), At(200, 200));
    }

    [Fact]
    public void Bytes_are_colours_as_they_are_and_a_normalised_image_gets_its_colours_back()
    {
        using Tensor bytes = TensorSpans.FromArray<byte>([7, 8, 9], 3, 1, 1);
        Assert.Equal((7, 8, 9), (bytes.AsImage().Image.Plane(0)[0], bytes.AsImage().Image.Plane(1)[0], bytes.AsImage().Image.Plane(2)[0]));
        using Tensor normalised = TensorSpans.FromArray([-23f, 1, 2], 3, 1, 1);
        Picture picture = normalised.AsImage(new ScratchDet.Data.Normalization());
        Assert.Equal((100, 118, 106), (picture.Image.Plane(0)[0], picture.Image.Plane(1)[0], picture.Image.Plane(2)[0]));
        using Tensor batch = zeros(2, 3, 4, 4);
        Assert.Contains("select one image of a batch", Assert.Throws<ArgumentException>(() => batch.AsImage()).Message);
    }
}
