namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>Several schedules on one optimizer, all at every step.</summary>
                public class ChainedLR : LRScheduler
                {
                    private readonly LRScheduler[] schedulers;

                    public ChainedLR(IEnumerable<LRScheduler> schedulers)
                        : this([.. schedulers])
                    {
                    }

                    private ChainedLR(LRScheduler[] schedulers)
                        : base(SharedOptimizer(schedulers), 0) => this.schedulers = schedulers;

                    private protected override void Advance(int? epoch)
                    {
                        if (epoch is not null) throw new NotSupportedException("a chain of schedules goes step by step only");
                        Epoch++;
                        foreach (LRScheduler scheduler in schedulers) scheduler.step();
                    }
                }

                /// <summary>One schedule after the other; a milestone is the step at which the next begins.</summary>
                public class SequentialLR : LRScheduler
                {
                    private readonly LRScheduler[] schedulers;
                    private readonly int[] milestones;

                    public SequentialLR(Optimizer optimizer, IEnumerable<LRScheduler> schedulers, IEnumerable<int> milestones, int last_epoch = -1)
                        : base(optimizer, last_epoch)
                    {
                        (this.schedulers, this.milestones) = ([.. schedulers], [.. milestones]);
                        if (!ReferenceEquals(SharedOptimizer(this.schedulers), optimizer)) throw new ArgumentException("the schedules belong to another optimizer", nameof(schedulers));
                        if (this.milestones.Length != this.schedulers.Length - 1)
                            throw new ArgumentException($"{this.milestones.Length} milestones for {this.schedulers.Length} schedules", nameof(milestones));
                        Epoch = last_epoch + 1;
                        // Each schedule has made its first step already: all are undone, then the first begins alone.
                        foreach (Modules.ParamGroup group in Groups) group.LearningRate = group.InitialLearningRate;
                        foreach (LRScheduler scheduler in this.schedulers) scheduler.Epoch--;
                        this.schedulers[0].StepInitially();
                    }

                    private protected override void Advance(int? epoch)
                    {
                        if (epoch is not null) throw new NotSupportedException("a sequence of schedules goes step by step only");
                        Epoch++;
                        int index = milestones.Count(milestone => milestone <= Epoch);
                        if (index > 0 && milestones[index - 1] == Epoch) schedulers[index].step((int?)0);
                        else schedulers[index].step();
                    }
                }

                /// <summary>Times a factor when a measured value has not improved for more than <c>patience</c> steps.</summary>
                public class ReduceLROnPlateau : LRScheduler
                {
                    private readonly bool smallerIsBetter;
                    private readonly bool relative;
                    private readonly double factor;
                    private readonly int patience;
                    private readonly double threshold;
                    private readonly int cooldown;
                    private readonly double[] least;
                    private readonly double smallestChange;
                    private double best;
                    private int badSteps;
                    private int cooldownLeft;

                    public ReduceLROnPlateau(Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 0.0001,
                        string threshold_mode = "rel", int cooldown = 0, IList<double>? min_lr = null, double eps = 1e-08, bool verbose = false)
                        : base(optimizer, -1, verbose)
                    {
                        if (factor >= 1) throw new ArgumentOutOfRangeException(nameof(factor), factor, "expected less than 1");
                        smallerIsBetter = mode switch { "min" => true, "max" => false, _ => throw new ArgumentException("say min or max", nameof(mode)) };
                        relative = threshold_mode switch { "rel" => true, "abs" => false, _ => throw new ArgumentException("say rel or abs", nameof(threshold_mode)) };
                        (this.factor, this.patience, this.threshold, this.cooldown, smallestChange) = (factor, patience, threshold, cooldown, eps);
                        least = OnePerGroup(min_lr is null ? Repeat(optimizer, 0) : min_lr.Count == 1 ? Repeat(optimizer, min_lr[0]) : min_lr, Groups.Count, nameof(min_lr));
                        best = smallerIsBetter ? double.PositiveInfinity : double.NegativeInfinity;
                        Epoch = 0;
                    }

                    /// <exception cref="InvalidOperationException">Always: the measured value is needed.</exception>
                    public override void step() => throw new InvalidOperationException("give the measured value: step(double current)");

                    /// <inheritdoc cref="step()"/>
                    public override void step(int? epoch) => step();

                    public override void step(double current, int? epoch = null)
                    {
                        Epoch = epoch ?? Epoch + 1;
                        if (IsBetter(current)) (best, badSteps) = (current, 0);
                        else badSteps++;
                        if (cooldownLeft > 0)
                        {
                            cooldownLeft--;
                            badSteps = 0;
                        }
                        if (badSteps <= patience) return;
                        Reduce();
                        (cooldownLeft, badSteps) = (cooldown, 0);
                    }

                    private bool IsBetter(double current)
                    {
                        if (smallerIsBetter) return current < (relative ? best * (1 - threshold) : best - threshold);
                        return current > (relative ? best * (1 + threshold) : best + threshold);
                    }

                    private void Reduce()
                    {
                        for (int i = 0; i < least.Length; i++)
                        {
                            double reduced = Math.Max(Groups[i].LearningRate * factor, least[i]);
                            if (Groups[i].LearningRate - reduced <= smallestChange) continue;
                            Groups[i].LearningRate = reduced;
                            if (Verbose) Console.WriteLine(FormattableString.Invariant($"Step {Epoch}: learning rate of group {i} is {reduced:e4}."));
                        }
                    }
                }

                /// <exception cref="ArgumentException">No schedules, or schedules of different optimizers.</exception>
                private static Optimizer SharedOptimizer(LRScheduler[] schedulers)
                {
                    if (schedulers.Length == 0) throw new ArgumentException("no schedules", nameof(schedulers));
                    Optimizer shared = schedulers[0].Optimizer;
                    if (Array.Exists(schedulers, scheduler => !ReferenceEquals(scheduler.Optimizer, shared)))
                        throw new ArgumentException("the schedules belong to different optimizers", nameof(schedulers));
                    return shared;
                }
            }
        }
    }
}
