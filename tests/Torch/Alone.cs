namespace ScratchDet.Tests.Torch;

/// <summary>Tests that need the process to themselves: those that count native tensors or draw from libtorch's default generator.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;
