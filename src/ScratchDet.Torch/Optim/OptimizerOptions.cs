namespace TorchSharp.Modules;

/// <summary>Settings of one group of parameters; null takes the optimizer's own.</summary>
public class OptimizerOptions
{
    public double? LearningRate { get; set; }

    /// <summary>The rate that schedules start from; the first schedule sets it unless it was set before.</summary>
    public double InitialLearningRate { get; set; }

    internal bool HasInitialLearningRate { get; set; }

    public virtual void LoadStateDict(OptimizerOptions source) =>
        (LearningRate, InitialLearningRate, HasInitialLearningRate) = (source.LearningRate, source.InitialLearningRate, source.HasInitialLearningRate);

    public virtual void SaveStateDict(BinaryWriter writer)
    {
        writer.Write(LearningRate ?? double.NaN);
        writer.Write(InitialLearningRate);
        writer.Write(HasInitialLearningRate);
    }

    public virtual void LoadStateDict(BinaryReader reader)
    {
        double rate = reader.ReadDouble();
        LearningRate = double.IsNaN(rate) ? null : rate;
        InitialLearningRate = reader.ReadDouble();
        HasInitialLearningRate = reader.ReadBoolean();
    }
}
