using ScratchDet.Experiments;
using ScratchDet.Runs;
using ScratchDet.Training;

namespace ScratchDet.Notebook;

/// <summary>
/// Curves of training, drawn in place while a cell trains: a panel for each quantity, a line for each run. The loop does
/// not know it. It is a still picture while it changes and an interactive one in the end; its size does not grow with the
/// number of steps.
/// </summary>
/// <example>
/// <code>
/// using (var plot = new LivePlot("Loss", "GradientNorm"))
/// {
///     trainer.Stepped += plot.Draw;                        // one trainer
///     runner.Run(study, variant, ..., observer: plot);     // or the runs of a study
/// }
/// </code>
/// </example>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed class LivePlot : LiveView, IRunObserver, IDisplayable
{
    private const int MostColumns = 2;
    private const int MostLinesWithRawValues = 2;
    private const string OnlyLine = "training";

    private readonly List<LiveQuantity> quantities;
    private readonly List<PlotLine> lines = [];

    /// <param name="quantities">Of Loss, BoxRegressionLoss, ClassificationLoss, GradientNorm, LearningRate, MapArea, ValidationLoss; Loss when none is named.</param>
    /// <exception cref="ArgumentException">There is no such quantity; the message lists them.</exception>
    public LivePlot(params string[] quantities)
        : this(null, quantities)
    {
    }

    /// <param name="clock">For how often it changes.</param>
    public LivePlot(TimeProvider? clock, params string[] quantities)
        : base(clock)
    {
        this.quantities = [.. (quantities.Length == 0 ? ["Loss"] : quantities).Select(LiveQuantity.Find)];
        if (this.quantities.Distinct().Count() < this.quantities.Count) throw new ArgumentException("a quantity is named twice", nameof(quantities));
    }

    /// <summary>
    /// Lines are drawn as their exponential moving average; with one or two lines the values themselves are behind it, faint. 0 draws
    /// the values.
    /// </summary>
    public double Smoothing
    {
        get;
        init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "at least 0 and below 1");
    } = 0.9;

    /// <summary>A panel for something of your own, drawn with <see cref="Draw(long, string, double)"/>.</summary>
    /// <exception cref="ArgumentException">There is a panel of this name.</exception>
    public LivePlot Panel(string name, bool logY = false)
    {
        lock (Gate)
        {
            if (quantities.Exists(quantity => quantity.Name == name)) throw new ArgumentException($"there is a panel '{name}' already", nameof(name));
            quantities.Add(new LiveQuantity(name, name, "", logY, null, null));
        }
        return this;
    }

    /// <summary>Begins a line; what is drawn from here on belongs to it.</summary>
    public LivePlot Line(string name)
    {
        lock (Gate)
        {
            lines.Add(new PlotLine(name));
            Changed(atOnce: true);
        }
        return this;
    }

    /// <summary>For <c>trainer.Stepped += plot.Draw</c>.</summary>
    public void Draw(StepReport step)
    {
        lock (Gate)
        {
            foreach (LiveQuantity quantity in quantities)
                if (quantity.OfStep is { } value) Last().Of(quantity).Add(step.Step, value(step));
            Changed();
        }
    }

    /// <summary>For <c>trainer.Evaluated += plot.Draw</c>.</summary>
    public void Draw(EvaluationReport evaluation)
    {
        lock (Gate)
        {
            foreach (LiveQuantity quantity in quantities)
                if (quantity.OfEvaluation is { } value) Last().Of(quantity).Add(evaluation.Step, value(evaluation));
            Changed(atOnce: true);
        }
    }

    /// <summary>For a loop of your own.</summary>
    /// <param name="quantity">One that the plot was made with, or of <see cref="Panel"/>.</param>
    /// <exception cref="ArgumentException">The plot has no such panel.</exception>
    public void Draw(long step, string quantity, double value)
    {
        lock (Gate)
        {
            LiveQuantity known = quantities.Find(one => one.Name.Equals(quantity, StringComparison.OrdinalIgnoreCase))
                ?? throw new ArgumentException($"the plot has no panel '{quantity}'; it has {string.Join(", ", quantities.Select(one => one.Name))}", nameof(quantity));
            Last().Of(known).Add(step, value);
            Changed();
        }
    }

    /// <summary>The whole of a run that is in the store, as a line.</summary>
    /// <exception cref="BadInputException">A file of the run is damaged.</exception>
    public void Draw(RunFolder run)
    {
        IReadOnlyList<StepRecord> steps = run.Steps();
        IReadOnlyList<EvaluationRecord> evaluations = run.Evaluations();
        RunOutcome outcome = run.Outcome();
        lock (Gate)
        {
            var line = new PlotLine(RunNames.Of(run.Identity));
            AddRecords(line, steps, evaluations);
            if (outcome.State == RunState.Diverged) line.DivergedAt = outcome.Step;
            lines.Add(line);
            Changed(atOnce: true);
        }
    }

    void IRunObserver.Started(RunIdentity identity, Experiment experiment, long firstStep) => Line(RunNames.Of(identity));

    void IRunObserver.Stepped(StepReport step) => Draw(step);

    void IRunObserver.Found(RunFolder run) => Draw(run);

    void IRunObserver.Evaluated(EvaluationReport evaluation) => Draw(evaluation);

    void IRunObserver.Finished(RunIdentity identity, RunOutcome outcome)
    {
        lock (Gate)
        {
            if (outcome.State == RunState.Diverged) Last().DivergedAt = outcome.Step;
            Changed(atOnce: true);
        }
    }

    /// <summary>The curves as they stand, to be kept or shown elsewhere.</summary>
    public ChartGrid ToChart()
    {
        lock (Gate) return Chart.Grid(Math.Min(MostColumns, quantities.Count), [.. quantities.Select(PanelOf)]).Share(y: false);
    }

    /// <summary>The curves as they stand.</summary>
    public MimeBundle ToMimeBundle() => ToChart().ToMimeBundle();

    private protected override MimeBundle Render(bool isFinal) => isFinal ? ToChart().ToMimeBundle() : ToChart().ToPictureBundle();

    private static void AddRecords(PlotLine line, IReadOnlyList<StepRecord> steps, IReadOnlyList<EvaluationRecord> evaluations)
    {
        foreach (StepRecord step in steps)
        {
            line.Add("Loss", step.Step, step.Loss);
            line.Add("BoxRegressionLoss", step.Step, step.LossTerms.GetValueOrDefault("bbox_regression", double.NaN));
            line.Add("ClassificationLoss", step.Step, step.LossTerms.GetValueOrDefault("classification", double.NaN));
            line.Add("GradientNorm", step.Step, step.GradientNormL2 ?? double.NaN);
            line.Add("LearningRate", step.Step, step.LearningRate);
        }
        foreach (EvaluationRecord evaluation in evaluations)
        {
            line.Add("MapArea", evaluation.Step, 100 * evaluation.MapArea);
            line.Add("ValidationLoss", evaluation.Step, evaluation.ValidationLoss ?? double.NaN);
        }
    }

    private Chart PanelOf(LiveQuantity quantity)
    {
        IReadOnlyList<Mark> marks = [.. lines.Where(line => line.Find(quantity) is { Count: > 0 }).Select(line => SeriesOf(line, line.Find(quantity)!, quantity))];
        Chart chart = new Chart { Marks = marks }.Title(quantity.Title).XTitle("step").YTitle(IsSmoothed(quantity) ? "moving average" : "", quantity.Unit);
        return quantity.IsLog ? chart.LogY() : chart;
    }

    private LineSeries SeriesOf(PlotLine line, ThinSeries series, LiveQuantity quantity) => new(line.Name, series.Values)
    {
        X = series.Steps,
        DivergedAt = quantity.IsMeasuredEachStep ? line.DivergedAt : null,
        // A point that stands for several steps has been averaged already.
        SmoothingDecay = IsSmoothed(quantity) ? Math.Pow(Smoothing, series.ValuesPerPoint) : null,
        ShowsRaw = lines.Count <= MostLinesWithRawValues,
    };

    private bool IsSmoothed(LiveQuantity quantity) => Smoothing > 0 && quantity.IsNoisy;

    /// <summary>The line that is being drawn; one trainer alone need not name its.</summary>
    private PlotLine Last()
    {
        if (lines.Count == 0) lines.Add(new PlotLine(OnlyLine));
        return lines[^1];
    }

    private sealed class PlotLine(string name)
    {
        private readonly Dictionary<string, ThinSeries> seriesByQuantity = [];

        public string Name => name;

        public double? DivergedAt { get; set; }

        public ThinSeries Of(LiveQuantity quantity) => Of(quantity.Name);

        public ThinSeries? Find(LiveQuantity quantity) => seriesByQuantity.GetValueOrDefault(quantity.Name);

        public void Add(string quantity, long step, double value) => Of(quantity).Add(step, value);

        private ThinSeries Of(string quantity)
        {
            if (!seriesByQuantity.TryGetValue(quantity, out ThinSeries? series)) seriesByQuantity.Add(quantity, series = new ThinSeries());
            return series;
        }
    }
}
