using Microsoft.CodeAnalysis.Scripting;

namespace ScratchDet.Kernel.Session;

/// <summary>What completion and inspection see of a session: the cells that have run, and the options of the next one.</summary>
/// <param name="Last">Null before the first cell.</param>
internal sealed record ScriptSnapshot(Script? Last, ScriptOptions Options);
