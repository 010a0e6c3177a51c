using ScratchDet.Evaluation;
using ScratchDet.Experiments;
using ScratchDet.Training;

namespace ScratchDet.Runs;

/// <summary>Watches runs while they train. The trainer does not know who does.</summary>
public interface IRunObserver
{
    /// <param name="firstStep">Steps done before, for a resumed run.</param>
    void Started(RunIdentity identity, Experiment experiment, long firstStep);

    /// <summary>Something about the run that a person should know and that does not stop it; before <see cref="Started"/>.</summary>
    void Noted(RunIdentity identity, string note)
    {
    }

    /// <summary>A run that was asked for is finished already and is not trained again.</summary>
    void Found(RunFolder run)
    {
    }

    void Stepped(StepReport step);

    /// <summary>While an evaluation goes on, after every batch.</summary>
    void Evaluating(EvaluationProgress progress)
    {
    }

    void Evaluated(EvaluationReport evaluation);

    void Finished(RunIdentity identity, RunOutcome outcome);
}
