namespace ScratchDet.Experiments.Studies;

/// <summary>Every study, in the order in which the command line lists them.</summary>
public static class AllStudies
{
    public static IReadOnlyList<Study> List { get; } =
    [
        StartHere.Study, FirstLight.Study, BatchNormPlacement.Study, LearningRates.Study, FirstStride.Study, RootBlock.Study,
        ExtraLayersStudy.Study, NormKinds.Study, ScheduleLength.Study, DataSize.Study, PretrainingStudy.Study, InputSize.Study,
        AugmentationStudy.Study, MobileStudy.Study,
    ];

    /// <exception cref="SpecException">There is none of this name; the message lists the names.</exception>
    public static Study Find(string name) =>
        List.FirstOrDefault(study => study.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new SpecException($"there is no study '{name}'; there are: {string.Join(", ", List.Select(study => study.Name))}");
}
