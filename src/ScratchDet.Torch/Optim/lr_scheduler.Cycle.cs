namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>One rise and one long fall, the momentum the other way round (Smith and Topin 2018, super-convergence).</summary>
                public class OneCycleLR : LRScheduler
                {
                    private readonly double totalSteps;
                    private readonly double[] phaseEnds;
                    private readonly double[][] rates; // [group][at the start of phase i]
                    private readonly double[][]? momenta;
                    private readonly AnnealStrategy strategy;

                    public OneCycleLR(Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1,
                        double pct_start = 0.3, AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, double base_momentum = 0.85,
                        double max_momentum = 0.95, double div_factor = 25, double final_div_factor = 10000, bool three_phase = false, int last_epoch = -1, bool verbose = false)
                        : this(optimizer, Repeat(optimizer, max_lr), total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, cycle_momentum,
                            Repeat(optimizer, base_momentum), Repeat(optimizer, max_momentum), div_factor, final_div_factor, three_phase, last_epoch, verbose)
                    {
                    }

                    /// <exception cref="ArgumentException">Neither the steps nor epochs and steps per epoch were given, or values per group do not fit.</exception>
                    public OneCycleLR(Optimizer optimizer, IEnumerable<double> max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1,
                        double pct_start = 0.3, AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, IEnumerable<double>? base_momentum = null,
                        IEnumerable<double>? max_momentum = null, double div_factor = 25, double final_div_factor = 10000, bool three_phase = false, int last_epoch = -1, bool verbose = false)
                        : base(Begin(optimizer, max_lr, div_factor, last_epoch), last_epoch, verbose)
                    {
                        totalSteps = total_steps > 0 ? total_steps : epochs > 0 && steps_per_epoch > 0 ? (double)epochs * steps_per_epoch
                            : throw new ArgumentException("give total_steps, or epochs and steps_per_epoch", nameof(total_steps));
                        CheckFraction(pct_start, nameof(pct_start));
                        strategy = anneal_strategy;
                        phaseEnds = three_phase
                            ? [(pct_start * totalSteps) - 1, (2 * pct_start * totalSteps) - 2, totalSteps - 1]
                            : [(pct_start * totalSteps) - 1, totalSteps - 1];
                        double[] highest = OnePerGroup(max_lr, Groups.Count, nameof(max_lr));
                        rates = [.. BaseRates.Zip(highest, (first, top) => three_phase
                            ? new[] { first, top, first, first / final_div_factor }
                            : [first, top, first / final_div_factor])];
                        if (cycle_momentum)
                        {
                            double[] low = OnePerGroup(base_momentum ?? Repeat(optimizer, 0.85), Groups.Count, nameof(base_momentum));
                            double[] high = OnePerGroup(max_momentum ?? Repeat(optimizer, 0.95), Groups.Count, nameof(max_momentum));
                            momenta = [.. low.Zip(high, (least, most) => three_phase ? new[] { most, least, most, most } : [most, least, most])];
                        }
                        StepInitially();
                    }

                    /// <summary>The way from one value to the next.</summary>
                    public enum AnnealStrategy
                    {
                        Cos,
                        Linear,
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        if (Epoch > totalSteps) throw new InvalidOperationException($"step {Epoch} of a schedule of {totalSteps} steps");
                        int phase = Array.FindIndex(phaseEnds, end => Epoch <= end);
                        if (phase < 0) phase = phaseEnds.Length - 1;
                        double start = phase == 0 ? 0 : phaseEnds[phase - 1];
                        double done = (Epoch - start) / (phaseEnds[phase] - start);
                        for (int i = 0; i < Groups.Count && momenta is not null; i++)
                            SetMomentum(Groups[i], Between(momenta[i][phase], momenta[i][phase + 1], done));
                        return rates.Select(values => Between(values[phase], values[phase + 1], done));
                    }

                    private static Optimizer Begin(Optimizer optimizer, IEnumerable<double> highest, double divisor, int lastEpoch)
                    {
                        if (lastEpoch != -1) return optimizer;
                        double[] values = OnePerGroup(highest, optimizer._parameter_groups.Count, "max_lr");
                        for (int i = 0; i < values.Length; i++) optimizer._parameter_groups[i].InitialLearningRate = values[i] / divisor;
                        return optimizer;
                    }

                    private double Between(double start, double end, double done) => strategy == AnnealStrategy.Cos
                        ? end + ((start - end) / 2 * (Math.Cos(Math.PI * done) + 1))
                        : ((end - start) * done) + start;
                }

                /// <summary>Up and down between two rates, the momentum the other way round (Smith 2017, cyclical learning rates).</summary>
                public class CyclicLR : LRScheduler
                {
                    private readonly double[] highest;
                    private readonly double[]? leastMomenta;
                    private readonly double[]? mostMomenta;
                    private readonly double cycleSteps;
                    private readonly double riseShare;
                    private readonly Func<double, double> scale;
                    private readonly ScaleMode scaleMode;

                    public CyclicLR(Optimizer optimizer, double base_lr, double max_lr, int step_size_up = 2000, int step_size_down = -1, Mode mode = Mode.Triangular,
                        double gamma = 1, Func<double, double>? scale_fn = null, ScaleMode scale_mode = ScaleMode.Cycle, bool cycle_momentum = true,
                        double base_momentum = 0.8, double max_momentum = 0.9, int last_epoch = -1, bool verbose = false)
                        : this(optimizer, Repeat(optimizer, base_lr), Repeat(optimizer, max_lr), step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode,
                            cycle_momentum, Repeat(optimizer, base_momentum), Repeat(optimizer, max_momentum), last_epoch, verbose)
                    {
                    }

                    /// <exception cref="ArgumentException">Values per group do not fit.</exception>
                    public CyclicLR(Optimizer optimizer, IEnumerable<double> base_lr, IEnumerable<double> max_lr, int step_size_up = 2000, int step_size_down = -1,
                        Mode mode = Mode.Triangular, double gamma = 1, Func<double, double>? scale_fn = null, ScaleMode scale_mode = ScaleMode.Cycle,
                        bool cycle_momentum = true, IEnumerable<double>? base_momentum = null, IEnumerable<double>? max_momentum = null, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        ArgumentOutOfRangeException.ThrowIfLessThan(step_size_up, 1);
                        BaseRates = OnePerGroup(base_lr, Groups.Count, nameof(base_lr));
                        highest = OnePerGroup(max_lr, Groups.Count, nameof(max_lr));
                        cycleSteps = step_size_up + (step_size_down < 0 ? step_size_up : step_size_down);
                        riseShare = step_size_up / cycleSteps;
                        scale = scale_fn ?? (mode switch
                        {
                            Mode.Triangular => _ => 1,
                            Mode.Triangular2 => cycle => 1 / Math.Pow(2, cycle - 1),
                            Mode.ExpRange => steps => Math.Pow(gamma, steps),
                            _ => throw new ArgumentOutOfRangeException(nameof(mode)),
                        });
                        scaleMode = scale_fn is not null ? scale_mode : mode == Mode.ExpRange ? ScaleMode.Iterations : ScaleMode.Cycle;
                        if (cycle_momentum)
                        {
                            leastMomenta = OnePerGroup(base_momentum ?? Repeat(optimizer, 0.8), Groups.Count, nameof(base_momentum));
                            mostMomenta = OnePerGroup(max_momentum ?? Repeat(optimizer, 0.9), Groups.Count, nameof(max_momentum));
                        }
                        StepInitially();
                    }

                    /// <summary>How the height changes: not, halved each cycle, or by a power of gamma each step.</summary>
                    public enum Mode
                    {
                        Triangular,
                        Triangular2,
                        ExpRange,
                    }

                    /// <summary>What the scale function is given: the number of the cycle, from 1, or of the step.</summary>
                    public enum ScaleMode
                    {
                        Cycle,
                        Iterations,
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        double cycle = Math.Floor(1 + (Epoch / cycleSteps));
                        double place = 1 + (Epoch / cycleSteps) - cycle;
                        double height = place <= riseShare ? place / riseShare : (place - 1) / (riseShare - 1);
                        double factor = scale(scaleMode == ScaleMode.Cycle ? cycle : Epoch);
                        for (int i = 0; i < Groups.Count && leastMomenta is not null && mostMomenta is not null; i++)
                            SetMomentum(Groups[i], mostMomenta[i] - ((mostMomenta[i] - leastMomenta[i]) * height * factor));
                        return BaseRates.Zip(highest, (low, high) => low + ((high - low) * height * factor));
                    }
                }

                private static IEnumerable<double> Repeat(Optimizer optimizer, double value) => optimizer._parameter_groups.Select(_ => value);

                /// <exception cref="ArgumentException">The optimizer has no momentum.</exception>
                private static void SetMomentum(ILearningRateController group, double momentum)
                {
                    if (group is IMomentum simple) simple.Momentum = momentum;
                    else if (group is IBetas adaptive) adaptive.Betas = (momentum, adaptive.Betas.Item2);
                    else throw new ArgumentException("the optimizer has no momentum to cycle: set cycle_momentum to false");
                }
            }
        }
    }
}
