using ScratchDet.Evaluation.Errors;

namespace ScratchDet.Tests.Evaluation.Errors;

public class ImageRankingTests
{
    [Fact]
    public void An_image_scores_its_f1_and_the_list_goes_from_the_best_to_the_worst()
    {
        Scene scene = new Scene(4, 2)
            .Object(0, 0, 0, 0, 10, 10).Detection(0, 0, 0.9, 0, 0, 10, 10).Detection(0, 1, 0.9, 0, 0, 10, 10) // a hit and a false alarm: 2/3
            .Object(1, 0, 0, 0, 10, 10).Object(1, 0, 50, 0, 10, 10).Detection(1, 0, 0.8, 0, 0, 10, 10).Detection(1, 0, 0.7, 50, 0, 10, 10) // all found
            .Object(2, 1, 0, 0, 10, 10).Detection(2, 0, 0.6, 0, 0, 10, 10); // wrong class: a false alarm and a miss
        ImageRanking ranking = Rank(scene); // image 3 is empty and stays so: 1
        Assert.Equal([1, 3, 0, 2], ranking.Images.Select(one => one.ImageIndex));
        Assert.Equal([1, 1, 2 / 3.0, 0], ranking.Images.Select(one => one.F1));
        Assert.Equal(new ImageScore(2, 998, null, 0, 1, 1), ranking.Worst(1)[0]);
        Assert.Equal(new ImageScore(1, 999, null, 2, 0, 0), ranking.Best(1)[0]);
        Assert.Equal(ranking.Images.Reverse(), ranking.Worst(10));
    }

    [Fact]
    public void Equal_images_are_ordered_by_their_ids()
    {
        var scene = new Scene(3, 1); // ids 1000, 999, 998
        for (int image = 0; image < 3; image++) scene.Object(image, 0, 0, 0, 10, 10);
        ImageRanking ranking = Rank(scene);
        Assert.Equal([998, 999, 1000], ranking.Images.Select(one => one.ImageId));
        Assert.Equal([998, 999], ranking.Worst(2).Select(one => one.ImageId));
    }

    [Fact]
    public void Among_images_without_a_hit_the_one_with_more_errors_is_worse()
    {
        Scene scene = new Scene(2, 1).Object(0, 0, 0, 0, 10, 10).Object(1, 0, 0, 0, 10, 10).Object(1, 0, 50, 0, 10, 10);
        Assert.Equal(1, Rank(scene).Worst(1)[0].ImageIndex);
    }

    [Fact]
    public void Scores_below_the_threshold_crowds_and_ignored_objects_do_not_count()
    {
        Scene scene = new Scene(1, 1).Object(0, 0, 0, 0, 100, 100, isCrowd: true).Object(0, 0, 200, 0, 10, 10, ignore: true)
            .Detection(0, 0, 0.9, 10, 10, 20, 20).Detection(0, 0, 0.8, 200, 0, 10, 10).Detection(0, 0, 0.2, 300, 0, 10, 10);
        Assert.Equal(new ImageScore(0, 1000, null, 0, 0, 0), Rank(scene, 0.3).Images[0]);
        Assert.Equal(new ImageScore(0, 1000, null, 0, 1, 0), Rank(scene, 0.2).Images[0]);
    }

    private static ImageRanking Rank(Scene scene, double scoreThreshold = 0) =>
        ImageRanking.Compute(scene.Truth, scene.Results, options: new() { ScoreThreshold = scoreThreshold });
}
