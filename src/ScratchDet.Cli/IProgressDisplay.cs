namespace ScratchDet.Cli;

/// <summary>
/// Shows how far a piece of work is. One display shows one piece at a time; after <see cref="Finish"/> the next may start.
/// </summary>
public interface IProgressDisplay : IDisposable
{
    /// <param name="name">What is being done, such as the variant's name.</param>
    /// <param name="totalSteps">Number of steps at the end, those of an earlier, interrupted run included.</param>
    void Start(string name, long totalSteps);

    /// <param name="step">Steps done so far. The first report says where the work began.</param>
    /// <param name="loss">The current loss, or null for work without one.</param>
    /// <param name="imagesPerSecond">Rate, or null when the display shall show none.</param>
    void Report(long step, double? loss = null, double? imagesPerSecond = null);

    /// <summary>What goes on beside the steps, until the next report: "evaluating: 40 of 200 images".</summary>
    void Note(string activity);

    /// <summary>Ends the piece and leaves <paramref name="text"/> as its last line.</summary>
    void Finish(string text);
}
