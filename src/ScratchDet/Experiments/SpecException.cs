namespace ScratchDet.Experiments;

/// <summary>
/// A specification that cannot be used as written: an unknown path, a value of the wrong type or out of its range.
/// The message is one line that says what is wrong and what to write; the command line ends with exit code 2.
/// </summary>
public sealed class SpecException(string message, Exception? inner = null)
    : Exception(message.ReplaceLineEndings(" "), inner);
