using System.Text.Json;
using ScratchDet.Tests.Golden;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;
using Cycle = TorchSharp.torch.optim.lr_scheduler.impl.CyclicLR.Mode;
using Way = TorchSharp.torch.optim.lr_scheduler.impl.OneCycleLR.AnnealStrategy;

namespace ScratchDet.Tests.Torch.Optim;

/// <summary>Against PyTorch: Golden/optim.json, made by Golden/optim.py.</summary>
public sealed class LRSchedulerTests
{
    private static readonly JsonElement Golden = GoldenNumbers.Read("optim.json").GetProperty("schedules");

    private static readonly Dictionary<string, (Func<Optimizer, lr_scheduler.LRScheduler> Make, Func<int, double>? Measure)> Schedules = new()
    {
        ["step"] = (o => lr_scheduler.StepLR(o, 7, 0.5), null),
        ["multi step"] = (o => lr_scheduler.MultiStepLR(o, [5, 12, 12, 30], 0.3), null),
        ["lambda"] = (o => lr_scheduler.LambdaLR(o, step => 1.0 / (1 + step)), null),
        ["multiplicative"] = (o => lr_scheduler.MultiplicativeLR(o, step => step % 2 == 1 ? 0.9 : 1.05), null),
        ["constant"] = (o => lr_scheduler.ConstantLR(o, 0.25, 9), null),
        ["linear"] = (o => lr_scheduler.LinearLR(o, 0.1, 0.8, 15), null),
        ["exponential"] = (o => lr_scheduler.ExponentialLR(o, 0.93), null),
        ["polynomial"] = (o => lr_scheduler.PolynomialLR(o, 25, 0.9), null),
        ["cosine"] = (o => lr_scheduler.CosineAnnealingLR(o, 12, 0.001), null),
        ["one cycle"] = (o => lr_scheduler.OneCycleLR(o, [0.5, 0.2], total_steps: 41), null),
        ["one cycle, three phases, linear"] = (o => lr_scheduler.OneCycleLR(o, 0.5, epochs: 9, steps_per_epoch: 5, pct_start: 0.4, anneal_strategy: Way.Linear, three_phase: true), null),
        ["cyclic"] = (o => lr_scheduler.CyclicLR(o, 0.01, 0.1, 4, 6), null),
        ["cyclic, halved"] = (o => lr_scheduler.CyclicLR(o, [0.01, 0.02], [0.1, 0.3], 5, mode: Cycle.Triangular2), null),
        ["cyclic, falling"] = (o => lr_scheduler.CyclicLR(o, 0.01, 0.1, 5, mode: Cycle.ExpRange, gamma: 0.97, cycle_momentum: false), null),
        ["sequential"] = (o => lr_scheduler.SequentialLR(o, [lr_scheduler.LinearLR(o, 0.1, 1, 5), lr_scheduler.ExponentialLR(o, 0.9), lr_scheduler.ConstantLR(o, 0.5, 4)], [6, 20]), null),
        ["chained"] = (o => lr_scheduler.ChainedLR([lr_scheduler.LinearLR(o, 0.1, 1, 5), lr_scheduler.MultiStepLR(o, [10, 20])]), null),
        ["plateau"] = (o => lr_scheduler.ReduceLROnPlateau(o, factor: 0.5, patience: 2, cooldown: 3, min_lr: [0.004]), step => 1.0 / (1 + Math.Min(step, 8))),
        ["plateau, greatest, absolute"] = (o => lr_scheduler.ReduceLROnPlateau(o, "max", 0.3, 4, 0.05, "abs"), step => Math.Min(step, 20) * 0.02),
    };

    public static TheoryData<string> Names => [.. Golden.EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Forty_steps_give_the_rates_and_momenta_of_PyTorch(string name)
    {
        JsonElement rows = Golden.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name).GetProperty("rows");
        (Func<Optimizer, lr_scheduler.LRScheduler> make, Func<int, double>? measure) = Schedules[name];
        using DisposeScope scope = NewDisposeScope();
        using SGD optimizer = TwoGroups();
        ILearningRateController[] groups = [.. optimizer.ParamGroups];
        lr_scheduler.LRScheduler schedule = make(optimizer);
        for (int step = 0; step < rows.GetArrayLength(); step++)
        {
            double[] expected = [.. rows[step].EnumerateArray().Select(value => value.GetDouble())];
            double[] found = [groups[0].LearningRate, groups[1].LearningRate, ((IMomentum)groups[0]).Momentum];
            for (int i = 0; i < 3; i++) Assert.True(Math.Abs(found[i] - expected[i]) <= 1e-12 * Math.Abs(expected[i]) + 1e-18, $"step {step}, column {i}: {found[i]} for {expected[i]}");
            Assert.Equal(found[..2], schedule.get_last_lr());
            if (step == rows.GetArrayLength() - 1) break;
            if (measure is null) schedule.step();
            else schedule.step(measure(step));
        }
    }

    [Theory]
    [InlineData("step")]
    [InlineData("multi step")]
    [InlineData("constant")]
    [InlineData("linear")]
    [InlineData("exponential")]
    [InlineData("polynomial")]
    [InlineData("cosine")]
    public void A_jump_to_a_step_gives_what_going_there_gives(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using SGD walked = TwoGroups();
        using SGD jumped = TwoGroups();
        lr_scheduler.LRScheduler walk = Schedules[name].Make(walked);
        lr_scheduler.LRScheduler jump = Schedules[name].Make(jumped);
        for (int step = 1; step < 12; step++)
        {
            walk.step();
            jump.step((int?)step);
            Assert.Equal(walked.ParamGroups.First().LearningRate, jumped.ParamGroups.First().LearningRate, 1e-12);
        }
    }

    [Fact]
    public void A_schedule_goes_on_from_a_step_with_the_rates_it_had()
    {
        using DisposeScope scope = NewDisposeScope();
        using SGD optimizer = TwoGroups();
        lr_scheduler.LRScheduler schedule = lr_scheduler.MultiStepLR(optimizer, [3, 6]);
        for (int i = 0; i < 4; i++) schedule.step();
        using SGD resumed = TwoGroups();
        resumed.load_state_dict(optimizer.state_dict());
        // Its first act is a step of its own: it is made as of the step before.
        lr_scheduler.LRScheduler continued = lr_scheduler.MultiStepLR(resumed, [3, 6], last_epoch: 3);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(schedule.get_last_lr(), continued.get_last_lr());
            schedule.step();
            continued.step();
        }
        using SGD fresh = TwoGroups();
        Assert.Throws<ArgumentException>(() => lr_scheduler.StepLR(fresh, 2, last_epoch: 3));
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        using SGD optimizer = TwoGroups();
        using SGD other = TwoGroups();
        Assert.Throws<ArgumentOutOfRangeException>(() => lr_scheduler.ConstantLR(optimizer, 1.5));
        Assert.Throws<ArgumentException>(() => lr_scheduler.OneCycleLR(optimizer, 0.1));
        Assert.Throws<ArgumentException>(() => new lr_scheduler.impl.LambdaLR(optimizer, [step => step]));
        Assert.Throws<ArgumentException>(() => lr_scheduler.SequentialLR(optimizer, [lr_scheduler.StepLR(optimizer, 1)], [2]));
        Assert.Throws<ArgumentException>(() => lr_scheduler.ChainedLR([lr_scheduler.StepLR(optimizer, 1), lr_scheduler.StepLR(other, 1)]));
        Assert.Throws<InvalidOperationException>(() => lr_scheduler.ReduceLROnPlateau(optimizer).step());
    }

    private static SGD TwoGroups() => SGD(
        [
            new SGD.ParamGroup { Parameters = [new Parameter(ones(1))] },
            new SGD.ParamGroup([new Parameter(ones(1))], new SGD.Options { LearningRate = 0.02 }),
        ], 0.1, momentum: 0.9);
}
