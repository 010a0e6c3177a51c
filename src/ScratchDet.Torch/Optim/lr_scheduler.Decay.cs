namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>The schedules; each is made by the function of its name in <see cref="lr_scheduler"/>.</summary>
            public static partial class impl
            {
                /// <summary>Times gamma every <c>step_size</c> steps.</summary>
                public class StepLR : LRScheduler
                {
                    private readonly int stepSize;
                    private readonly double gamma;

                    public StepLR(Optimizer optimizer, int step_size, double gamma = 0.1, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        ArgumentOutOfRangeException.ThrowIfLessThan(step_size, 1);
                        (stepSize, this.gamma) = (step_size, gamma);
                        StepInitially();
                    }

                    protected override IEnumerable<double> get_lr() => Scaled(Epoch > 0 && Epoch % stepSize == 0 ? gamma : 1);

                    protected override IEnumerable<double> get_closed_form_lr() => FromBase(rate => rate * Math.Pow(gamma, Epoch / stepSize));
                }

                /// <summary>Times gamma at each milestone; a milestone may occur twice.</summary>
                public class MultiStepLR : LRScheduler
                {
                    private readonly int[] milestones;
                    private readonly double gamma;

                    public MultiStepLR(Optimizer optimizer, IList<int> milestones, double gamma = 0.1, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        (this.milestones, this.gamma) = ([.. milestones], gamma);
                        StepInitially();
                    }

                    protected override IEnumerable<double> get_lr() => Scaled(Math.Pow(gamma, milestones.Count(milestone => milestone == Epoch)));

                    protected override IEnumerable<double> get_closed_form_lr() =>
                        FromBase(rate => rate * Math.Pow(gamma, milestones.Count(milestone => milestone <= Epoch)));
                }

                /// <summary>The initial rate times a function of the step.</summary>
                public class LambdaLR : LRScheduler
                {
                    private readonly Func<int, double>[] factors;

                    public LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false)
                        : this(optimizer, optimizer._parameter_groups.Select(_ => lr_lambda), last_epoch, verbose)
                    {
                    }

                    public LambdaLR(Optimizer optimizer, IEnumerable<Func<int, double>> lr_lambdas, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        factors = OnePerGroup(lr_lambdas, Groups.Count, nameof(lr_lambdas));
                        StepInitially();
                    }

                    protected override IEnumerable<double> get_lr() => BaseRates.Zip(factors, (rate, factor) => rate * factor(Epoch));
                }

                /// <summary>The present rate times a function of the step, from the first step on.</summary>
                public class MultiplicativeLR : LRScheduler
                {
                    private readonly Func<int, double>[] factors;

                    public MultiplicativeLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false)
                        : this(optimizer, optimizer._parameter_groups.Select(_ => lr_lambda), last_epoch, verbose)
                    {
                    }

                    public MultiplicativeLR(Optimizer optimizer, IEnumerable<Func<int, double>> lr_lambdas, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        factors = OnePerGroup(lr_lambdas, Groups.Count, nameof(lr_lambdas));
                        StepInitially();
                    }

                    protected override IEnumerable<double> get_lr() =>
                        Groups.Zip(factors, (group, factor) => Epoch > 0 ? group.LearningRate * factor(Epoch) : group.LearningRate);
                }

                /// <summary>A part of the rate for the first <c>total_iters</c> steps, then all of it.</summary>
                public class ConstantLR : LRScheduler
                {
                    private readonly double factor;
                    private readonly int totalSteps;

                    public ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, int total_iters = 5, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        CheckFraction(factor, nameof(factor));
                        (this.factor, totalSteps) = (factor, total_iters);
                        StepInitially();
                    }

                    protected override IEnumerable<double> get_lr() => Scaled(Epoch == 0 ? factor : Epoch == totalSteps ? 1 / factor : 1);

                    protected override IEnumerable<double> get_closed_form_lr() => FromBase(rate => rate * (Epoch >= totalSteps ? 1 : factor));
                }

                /// <summary>From one part of the rate to another in a straight line over <c>total_iters</c> steps: a warm-up.</summary>
                public class LinearLR : LRScheduler
                {
                    private readonly double start;
                    private readonly double end;
                    private readonly int totalSteps;

                    public LinearLR(Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1, int total_iters = 5, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        CheckFraction(start_factor, nameof(start_factor));
                        CheckFraction(end_factor, nameof(end_factor));
                        (start, end, totalSteps) = (start_factor, end_factor, total_iters);
                        StepInitially();
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        if (Epoch == 0) return Scaled(start);
                        if (Epoch > totalSteps) return Scaled(1);
                        return Scaled(1 + ((end - start) / ((totalSteps * start) + ((Epoch - 1) * (end - start)))));
                    }

                    protected override IEnumerable<double> get_closed_form_lr() =>
                        FromBase(rate => rate * (start + ((end - start) * Math.Min(totalSteps, Epoch) / totalSteps)));
                }

                /// <summary>Times gamma at every step.</summary>
                public class ExponentialLR : LRScheduler
                {
                    private readonly double gamma;

                    public ExponentialLR(Optimizer optimizer, double gamma = 0.1, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        this.gamma = gamma;
                        StepInitially();
                    }

                    protected override IEnumerable<double> get_lr() => Scaled(Epoch == 0 ? 1 : gamma);

                    protected override IEnumerable<double> get_closed_form_lr() => FromBase(rate => rate * Math.Pow(gamma, Epoch));
                }

                /// <summary>Down to zero over <c>total_iters</c> steps, along a power of what is left.</summary>
                public class PolynomialLR : LRScheduler
                {
                    private readonly double totalSteps;
                    private readonly double power;

                    public PolynomialLR(Optimizer optimizer, int total_iters = 5, double power = 1, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        ArgumentOutOfRangeException.ThrowIfLessThan(total_iters, 1);
                        (totalSteps, this.power) = (total_iters, power);
                        StepInitially();
                    }

                    protected override IEnumerable<double> get_lr() => Epoch == 0 || Epoch > totalSteps
                        ? Scaled(1)
                        : Scaled(Math.Pow((1 - (Epoch / totalSteps)) / (1 - ((Epoch - 1) / totalSteps)), power));

                    protected override IEnumerable<double> get_closed_form_lr() =>
                        FromBase(rate => rate * Math.Pow(1 - (Math.Min(totalSteps, Epoch) / totalSteps), power));
                }

                /// <summary>Down half a cosine to <c>eta_min</c> over <c>T_max</c> steps, and up again (Loshchilov and Hutter 2017, without restarts).</summary>
                public class CosineAnnealingLR : LRScheduler
                {
                    private readonly double halfPeriod;
                    private readonly double least;

                    public CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(T_max);
                        (halfPeriod, least) = (T_max, eta_min);
                        StepInitially();
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        if (Epoch == 0) return Scaled(1);
                        if (_step_count == 1) return get_closed_form_lr();
                        // At the bottom the present rate says nothing of the initial one: the first step up starts from the latter.
                        if (Remainder(Epoch - 1 - halfPeriod, 2 * halfPeriod) == 0)
                            return Groups.Zip(BaseRates, (group, rate) => group.LearningRate + ((rate - least) * (1 - Math.Cos(Math.PI / halfPeriod)) / 2));
                        double factor = (1 + Math.Cos(Math.PI * Epoch / halfPeriod)) / (1 + Math.Cos(Math.PI * (Epoch - 1) / halfPeriod));
                        return Groups.Select(group => (factor * (group.LearningRate - least)) + least);
                    }

                    protected override IEnumerable<double> get_closed_form_lr() =>
                        FromBase(rate => least + ((rate - least) * (1 + Math.Cos(Math.PI * Epoch / halfPeriod)) / 2));

                    /// <summary>Not negative, unlike the operator's.</summary>
                    private static double Remainder(double number, double divisor) => number - (divisor * Math.Floor(number / divisor));
                }

                /// <exception cref="ArgumentException">Not as many values as groups.</exception>
                private static T[] OnePerGroup<T>(IEnumerable<T> values, int groupCount, string name)
                {
                    T[] list = [.. values];
                    if (list.Length != groupCount) throw new ArgumentException($"{list.Length} values for {groupCount} groups", name);
                    return list;
                }

                private static void CheckFraction(double factor, string name)
                {
                    if (!(factor >= 0 && factor <= 1)) throw new ArgumentOutOfRangeException(name, factor, "expected a number from 0 to 1");
                }
            }
        }
    }
}
