using ScratchDet.Evaluation;
using ScratchDet.Experiments;
using ScratchDet.Runs;
using ScratchDet.Training;

namespace ScratchDet.Notebook;

/// <summary>Several observers of a run as one, such as a plot and a progress bar.</summary>
public static class Observers
{
    /// <summary>Each is told in this order.</summary>
    public static IRunObserver Of(params IReadOnlyList<IRunObserver> observers) => new All(observers);

    private sealed class All(IReadOnlyList<IRunObserver> observers) : IRunObserver
    {
        public void Started(RunIdentity identity, Experiment experiment, long firstStep)
        {
            foreach (IRunObserver observer in observers) observer.Started(identity, experiment, firstStep);
        }

        public void Noted(RunIdentity identity, string note)
        {
            foreach (IRunObserver observer in observers) observer.Noted(identity, note);
        }

        public void Found(RunFolder run)
        {
            foreach (IRunObserver observer in observers) observer.Found(run);
        }

        public void Stepped(StepReport step)
        {
            foreach (IRunObserver observer in observers) observer.Stepped(step);
        }

        public void Evaluating(EvaluationProgress progress)
        {
            foreach (IRunObserver observer in observers) observer.Evaluating(progress);
        }

        public void Evaluated(EvaluationReport evaluation)
        {
            foreach (IRunObserver observer in observers) observer.Evaluated(evaluation);
        }

        public void Finished(RunIdentity identity, RunOutcome outcome)
        {
            foreach (IRunObserver observer in observers) observer.Finished(identity, outcome);
        }
    }
}
