using ScratchDet.Boxes;
using ScratchDet.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Losses;

public class MultiBoxLossTests
{
    private const float Ln2 = 0.6931472f, Ln6 = 1.7917595f;

    /// <summary>
    /// Four boxes, three classes with background. Softmax losses against the labels 1, 0, 0, 0:
    /// ln 3 (all equal); ln 2 (2 of 2 + 1 + 1); ln 3; ln 4/3 (6 of 6 + 1 + 1).
    /// </summary>
    private static readonly float[] FourLogits = [0, 0, 0, Ln2, 0, 0, 0, 0, 0, Ln6, 0, 0];

    /// <summary>Off by 0.5, -2, 0, 1 on the positive: 0.125 + 1.5 + 0 + 0.5 = 2.125. The others must not count.</summary>
    private static readonly float[] FourOffsets = [0.5f, -2, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9];

    [Fact]
    public void Four_boxes_give_what_paper_gives()
    {
        (double regression, double classification) = Compute(new MultiBoxLoss(), FourLogits, FourOffsets, [1, 0, 0, 0]);

        Assert.Equal(2.125, regression, 1e-6);
        Assert.Equal(Math.Log(3) + Math.Log(2) + Math.Log(3) + Math.Log(4.0 / 3), classification, 1e-6); // three negatives for one positive
    }

    [Fact]
    public void Only_the_hardest_negative_counts_at_one_for_each_positive()
    {
        (double _, double classification) = Compute(new MultiBoxLoss { NegativesPerPositive = 1 }, FourLogits, FourOffsets, [1, 0, 0, 0]);
        Assert.Equal(2 * Math.Log(3), classification, 1e-6);
    }

    [Fact]
    public void Both_terms_are_divided_by_the_positives()
    {
        // A second positive, box 2 with class 2 and offsets off by 9 each: smooth L1 of 8.5 four times.
        (double regression, double classification) = Compute(new MultiBoxLoss(), FourLogits, FourOffsets, [1, 0, 2, 0]);

        Assert.Equal((2.125 + 34) / 2, regression, 1e-5);
        Assert.Equal((Math.Log(3) + Math.Log(2) + Math.Log(3) + Math.Log(4.0 / 3)) / 2, classification, 1e-6);
    }

    [Fact]
    public void Beta_and_the_weight_of_the_boxes_change_the_box_term_alone()
    {
        var loss = new MultiBoxLoss { Beta = 2, LocalizationWeight = 3 };
        (double regression, double classification) = Compute(loss, FourLogits, FourOffsets, [1, 0, 0, 0]);

        Assert.Equal(3 * (0.25 / 4 + 1 + 0 + 0.25), regression, 1e-6); // d^2 / 4 up to 2
        Assert.Equal(Math.Log(24), classification, 1e-6);
    }

    [Fact]
    public void An_ignored_box_is_neither_positive_nor_mined()
    {
        (double regression, double classification) = Compute(new MultiBoxLoss(), FourLogits, FourOffsets, [1, 0, TargetEncoder.Ignored, 0]);

        Assert.Equal(2.125, regression, 1e-6);
        Assert.Equal(Math.Log(3) + Math.Log(2) + Math.Log(4.0 / 3), classification, 1e-6);
    }

    [Fact]
    public void More_positives_than_a_third_of_the_boxes_take_every_negative_and_no_positive_twice()
    {
        using Tensor labels = tensor([1L, 2, 1, 0], [1, 4]);
        using Tensor crossEntropy = tensor([5f, 6, 7, 0.1f], [1, 4]);
        Assert.Equal([3], Negatives(crossEntropy, labels));
    }

    [Fact]
    public void An_image_without_objects_gives_no_negatives_whatever_the_other_image_has()
    {
        using Tensor labels = tensor([0L, 0, 0, 1, 0, 0], [2, 3]);
        using Tensor crossEntropy = tensor([9f, 9, 9, 1, 0.5f, 0.25f], [2, 3]);
        Assert.Equal([4, 5], Negatives(crossEntropy, labels));
    }

    [Fact]
    public void Among_equal_losses_the_lower_box_comes_first()
    {
        using Tensor labels = tensor([0L, 0, 1, 0, 0, 0], [1, 6]);
        using Tensor crossEntropy = tensor([1f, 2, 0, 1, 1, 1], [1, 6]);
        Assert.Equal([0, 1, 3], Negatives(crossEntropy, labels));
    }

    [Fact]
    public void A_batch_without_positives_gives_zero_loss_and_zero_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor offsets = randn(2, 3, 4).requires_grad_();
        Tensor logits = randn(2, 3, 5).requires_grad_();
        MultiBoxTerms terms = new MultiBoxLoss().Compute(offsets, logits, zeros(2, 3, ScalarType.Int64), zeros(2, 3, 4));
        terms.Total().backward();

        Assert.Equal((0f, 0f), (terms.BoxRegression.item<float>(), terms.Classification.item<float>()));
        Assert.All(offsets.grad!.data<float>().ToArray(), value => Assert.Equal(0, value));
        Assert.All(logits.grad!.data<float>().ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Gradients_equal_finite_differences_in_double()
    {
        const double Step = 1e-6;
        Random random = Seeds.Generator(11, "loss gradients");
        double[] offsets = [.. Enumerable.Range(0, 2 * 8 * 4).Select(_ => 3 * random.NextDouble() - 1.5)];
        double[] logits = [.. Enumerable.Range(0, 2 * 8 * 3).Select(_ => 4 * random.NextDouble() - 2)];
        long[] labels = [1, 0, 0, 2, 0, 0, -1, 0, 0, 0, 2, 0, 0, 0, 0, 0];
        double[] targets = [.. offsets.Select(_ => 2 * random.NextDouble() - 1)];

        using DisposeScope scope = NewDisposeScope();
        (Tensor Regression, Tensor Logits) leaves = (tensor(offsets, [2, 8, 4]).requires_grad_(), tensor(logits, [2, 8, 3]).requires_grad_());
        Total(leaves.Regression, leaves.Logits).backward();

        AssertGradient(leaves.Regression.grad!.data<double>().ToArray(), offsets, changed => Total(tensor(changed, [2, 8, 4]), tensor(logits, [2, 8, 3])));
        AssertGradient(leaves.Logits.grad!.data<double>().ToArray(), logits, changed => Total(tensor(offsets, [2, 8, 4]), tensor(changed, [2, 8, 3])));

        Tensor Total(Tensor regression, Tensor classes) =>
            new MultiBoxLoss().Compute(regression, classes, tensor(labels, [2, 8]), tensor(targets, [2, 8, 4])).Total();

        static void AssertGradient(double[] gradient, double[] at, Func<double[], Tensor> total)
        {
            Assert.Contains(gradient, value => value != 0);
            for (int i = 0; i < at.Length; i++)
            {
                double[] up = [.. at], down = [.. at];
                up[i] += Step;
                down[i] -= Step;
                double difference = (total(up).item<double>() - total(down).item<double>()) / (2 * Step);
                Assert.Equal(difference, gradient[i], 1e-7);
            }
        }
    }

    [Fact]
    public void Nothing_but_the_two_terms_stays_behind()
    {
        using Tensor offsets = randn(1, 4, 4), logits = randn(1, 4, 3), labels = tensor([1L, 0, 0, 0], [1, 4]), targets = zeros(1, 4, 4);
        using DisposeScope scope = NewDisposeScope();
        new MultiBoxLoss().Compute(offsets, logits, labels, targets);
        Assert.Equal(2, scope.DisposablesCount);
    }

    private static (double Regression, double Classification) Compute(MultiBoxLoss loss, float[] logits, float[] offsets, long[] labels)
    {
        using DisposeScope scope = NewDisposeScope();
        MultiBoxTerms terms = loss.Compute(tensor(offsets, [1, 4, 4]), tensor(logits, [1, 4, 3]), tensor(labels, [1, 4]), zeros(1, 4, 4));
        return (terms.BoxRegression.item<float>(), terms.Classification.item<float>());
    }

    private static int[] Negatives(Tensor crossEntropy, Tensor labels)
    {
        using Tensor mask = new MultiBoxLoss().HardNegatives(crossEntropy, labels);
        bool[] picked = mask.data<bool>().ToArray();
        return [.. Enumerable.Range(0, picked.Length).Where(i => picked[i])];
    }
}
