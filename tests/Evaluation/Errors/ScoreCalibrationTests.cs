using ScratchDet.Evaluation.Errors;

namespace ScratchDet.Tests.Evaluation.Errors;

public class ScoreCalibrationTests
{
    [Fact]
    public void Scores_that_are_the_precision_have_no_calibration_error()
    {
        var scene = new Scene(20, 2);
        for (int image = 0; image < 20; image++)
        {
            // Of those with score 0.5 half are hits, of those with 1 all, of those with 0 none.
            scene.Object(image, 0, 0, 0, 10, 10).Detection(image, 0, 0.5, image % 2 == 0 ? 0 : 200, 0, 10, 10);
            scene.Object(image, 1, 100, 0, 10, 10).Detection(image, 1, 1, 100, 0, 10, 10).Detection(image, 1, 0, 300, 0, 10, 10);
        }
        ScoreCalibration calibration = Compute(scene);
        Assert.Equal((60, 0.0, 0.0), (calibration.Count, calibration.ExpectedError, calibration.LargestError));
        Assert.Equal(20 * 0.25 / 60, calibration.Brier, 1e-12);
        Assert.Equal([20, 20, 20], calibration.Bins.Where(bin => bin.Count > 0).Select(bin => bin.Count));
        Assert.Equal((20, 0.5, 0.5, 0.0), (calibration.Categories[0].Count, calibration.Categories[0].MeanScore, calibration.Categories[0].Precision, calibration.Categories[0].ExpectedError));
    }

    [Fact]
    public void The_expected_error_weights_bins_by_their_detections()
    {
        // Bin 0.9-1: three with mean score 0.95, one hit; bin 0.2-0.3: one with 0.25, a hit.
        Scene scene = new Scene(1, 1).Object(0, 0, 0, 0, 10, 10).Object(0, 0, 50, 0, 10, 10)
            .Detection(0, 0, 0.9, 0, 0, 10, 10).Detection(0, 0, 0.95, 200, 0, 10, 10).Detection(0, 0, 1, 300, 0, 10, 10).Detection(0, 0, 0.25, 50, 0, 10, 10);
        ScoreCalibration calibration = Compute(scene);
        Assert.Equal(((3 * (0.95 - 1 / 3.0)) + (1 * 0.75)) / 4, calibration.ExpectedError, 1e-12);
        Assert.Equal(0.75, calibration.LargestError, 1e-12);
        Assert.Equal(((0.1 * 0.1) + (0.95 * 0.95) + 1 + (0.75 * 0.75)) / 4, calibration.Brier, 1e-12);
    }

    [Fact]
    public void A_score_on_the_edge_of_a_bin_is_in_the_upper_one_and_1_in_the_last()
    {
        var scene = new Scene(1, 1);
        for (int edge = 0; edge <= 10; edge++) scene.Detection(0, 0, edge / 10.0, 0, 0, 10, 10);
        ScoreCalibration calibration = Compute(scene);
        Assert.All(calibration.Bins.SkipLast(1), bin => Assert.Equal((1, bin.Low), (bin.Count, bin.MeanScore)));
        Assert.Equal(2, calibration.Bins[^1].Count);
    }

    [Fact]
    public void Detections_on_crowds_are_left_out()
    {
        Scene scene = new Scene(1, 1).Object(0, 0, 0, 0, 100, 100, isCrowd: true).Detection(0, 0, 0.9, 10, 10, 10, 10).Detection(0, 0, 0.05, 300, 0, 10, 10).Detection(0, 0, 0.5, 300, 0, 10, 10);
        Assert.Equal(2, Compute(scene).Count);
    }

    [Fact]
    public void Without_detections_nothing_is_measured_and_scores_above_1_are_refused()
    {
        ScoreCalibration calibration = Compute(new Scene(1, 1));
        Assert.True(double.IsNaN(calibration.ExpectedError) && double.IsNaN(calibration.LargestError) && double.IsNaN(calibration.Brier));
        Scene scene = new Scene(1, 1).Detection(0, 0, 1.5, 0, 0, 10, 10);
        Assert.False(ScoreCalibration.HasProbabilities(scene.Results));
        Assert.Throws<ArgumentException>(() => Compute(scene));
    }

    private static ScoreCalibration Compute(Scene scene) => ScoreCalibration.Compute(scene.Truth, scene.Results);
}
