namespace ScratchDet.Tests.Training;

/// <summary>Tests that train: they set the number of libtorch's threads, which holds for the whole process, so nothing else runs beside them.</summary>
[CollectionDefinition("threads", DisableParallelization = true)]
public class ThreadsCollection;
