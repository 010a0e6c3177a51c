namespace ScratchDet.Cli;

/// <summary>
/// Arguments that parse but cannot be meant, such as a study that does not exist. Printed as one line; exit code 2.
/// </summary>
public sealed class UsageException(string message) : Exception(message);
