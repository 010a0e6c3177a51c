using ScratchDet.Evaluation.Errors;

namespace ScratchDet.Tests.Evaluation.Errors;

public class ConfusionMatrixTests
{
    private const int A = 0, B = 1;

    [Fact]
    public void Detections_pair_with_the_object_they_lie_on_whatever_its_class()
    {
        ConfusionMatrix matrix = Compute(new Scene(1, 2)
            .Object(0, A, 0, 0, 10, 10).Object(0, A, 50, 0, 10, 10).Object(0, B, 100, 0, 10, 10).Object(0, B, 150, 0, 10, 10)
            .Detection(0, A, 0.9, 0, 0, 10, 10) // right
            .Detection(0, B, 0.8, 50, 0, 10, 8) // a taken for b
            .Detection(0, B, 0.7, 100, 0, 10, 4) // overlap 0.4: background; its object is missed
            .Detection(0, A, 0.6, 300, 0, 10, 10) // nothing there
            .Detection(0, B, 0.5, 150, 0, 10, 10)); // right
        Assert.Equal(new[,] { { 1, 1, 0 }, { 0, 1, 1 }, { 1, 1, 0 } }, matrix.Counts);
        Assert.Equal([new Confusion(A, B, 1)], matrix.MostConfused(5));
    }

    [Fact]
    public void The_more_confident_detection_has_the_object_and_the_other_is_background()
    {
        Scene scene = new Scene(1, 2).Object(0, A, 0, 0, 10, 10).Detection(0, A, 0.6, 0, 0, 10, 10).Detection(0, B, 0.7, 0, 0, 10, 9);
        Assert.Equal(new[,] { { 0, 1, 0 }, { 0, 0, 0 }, { 1, 0, 0 } }, Compute(scene).Counts);
    }

    [Fact]
    public void Of_two_objects_in_one_place_a_detection_takes_that_of_its_class()
    {
        Scene scene = new Scene(1, 2).Object(0, A, 0, 0, 10, 10).Object(0, B, 0, 0, 10, 10).Detection(0, B, 0.7, 0, 0, 10, 10).Detection(0, A, 0.6, 0, 0, 10, 10);
        Assert.Equal(new[,] { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 0 } }, Compute(scene).Counts);
    }

    [Fact]
    public void Crowds_and_ignored_objects_are_left_out_with_the_detections_of_their_class_on_them()
    {
        Scene scene = new Scene(1, 2).Object(0, A, 0, 0, 100, 100, isCrowd: true).Object(0, A, 200, 0, 10, 10, ignore: true)
            .Detection(0, A, 0.9, 10, 10, 10, 10).Detection(0, A, 0.8, 30, 10, 10, 10).Detection(0, A, 0.7, 200, 0, 10, 10).Detection(0, B, 0.6, 50, 10, 10, 10);
        Assert.Equal(new[,] { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 1, 0 } }, Compute(scene).Counts);
    }

    [Fact]
    public void Detections_below_the_score_threshold_are_not_looked_at_and_those_at_it_are()
    {
        Scene scene = new Scene(1, 1).Object(0, A, 0, 0, 10, 10).Detection(0, A, 0.5, 0, 0, 10, 10).Detection(0, A, 0.4, 50, 0, 10, 10);
        Assert.Equal(new[,] { { 1, 0 }, { 0, 0 } }, Compute(scene, 0.5).Counts);
        Assert.Equal(new[,] { { 0, 1 }, { 0, 0 } }, Compute(scene, 0.51).Counts);
    }

    [Fact]
    public void Rows_add_up_to_the_objects_of_a_class_and_columns_to_its_detections()
    {
        Scene scene = Scene.Random(new Random(1), 40, 4, 8, 80);
        ConfusionMatrix matrix = Compute(scene, 0.3);
        for (int category = 0; category < 4; category++)
        {
            Assert.Equal(scene.Truth.Objects.Count(item => item.CategoryIndex == category), Enumerable.Range(0, 5).Sum(column => matrix.Counts[category, column]));
            Assert.Equal(scene.Results.Detections.Count(found => found.CategoryIndex == category && found.Score >= 0.3), Enumerable.Range(0, 5).Sum(row => matrix.Counts[row, category]));
        }
        Assert.Equal(0, matrix.Counts[matrix.Background, matrix.Background]);
        Assert.NotEmpty(matrix.MostConfused(3));
    }

    [Fact]
    public void Without_a_score_threshold_the_one_with_the_best_f1_is_taken()
    {
        // Two hits, a false alarm between them in score, one below.
        Scene scene = new Scene(1, 1).Object(0, A, 0, 0, 10, 10).Object(0, A, 50, 0, 10, 10)
            .Detection(0, A, 0.9, 0, 0, 10, 10).Detection(0, A, 0.7, 200, 0, 10, 10).Detection(0, A, 0.6, 50, 0, 10, 10).Detection(0, A, 0.2, 300, 0, 10, 10);
        Assert.Equal(new OperatingPoint(0.6, 0.8, 2 / 3.0, 1), OperatingPoint.Best(scene.Truth, scene.Results, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(0.6, ConfusionMatrix.Compute(scene.Truth, scene.Results, cancellation: TestContext.Current.CancellationToken).ScoreThreshold);
        Assert.Equal(0.5, OperatingPoint.Best(scene.Truth, new Scene(1, 1).Results, cancellation: TestContext.Current.CancellationToken).ScoreThreshold);
    }

    private static ConfusionMatrix Compute(Scene scene, double scoreThreshold = 0) =>
        ConfusionMatrix.Compute(scene.Truth, scene.Results, options: new() { ScoreThreshold = scoreThreshold });
}
