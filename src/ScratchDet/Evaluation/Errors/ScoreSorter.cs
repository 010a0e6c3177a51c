using ScratchDet.Data.Coco;

namespace ScratchDet.Evaluation.Errors;

/// <summary>Orders by falling score; equal scores keep their order. Keeps its buffers.</summary>
internal sealed class ScoreSorter
{
    private readonly ScoreOrder order = new();
    private double[] scores = [];
    private int[] places = [];
    private int[] before = [];

    /// <summary>Places into <paramref name="scores"/>, the largest score first.</summary>
    /// <param name="scores">Without NaN.</param>
    public static int[] Order(ReadOnlySpan<double> scores)
    {
        var places = new int[scores.Length];
        new ScoreOrder().Sort(scores, places);
        return places;
    }

    /// <summary>Sorts indices of detections in place.</summary>
    public void Sort(Span<int> indices, ReadOnlySpan<CocoDetection> detections)
    {
        if (scores.Length < indices.Length)
            (scores, places, before) = (new double[2 * indices.Length], new int[2 * indices.Length], new int[2 * indices.Length]);
        for (int i = 0; i < indices.Length; i++) scores[i] = detections[indices[i]].Score;
        indices.CopyTo(before);
        order.Sort(scores.AsSpan(0, indices.Length), places.AsSpan(0, indices.Length));
        for (int i = 0; i < indices.Length; i++) indices[i] = before[places[i]];
    }
}
