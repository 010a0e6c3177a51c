namespace ScratchDet.Experiments;

/// <summary>
/// A specification that cannot be used as written: an unknown path, a value of the wrong type or out of its range.
/// The message is one line that says what is wrong and what to write; the command line ends with exit code 2.
/// </summary>
public sealed class SpecException(string message, Exception? inner = null)
    : Exception(message.ReplaceLineEndings(" "), inner)
{
    /// <summary>For a value that something which was built from it refused: the user's name of the value, and why.</summary>
    internal static SpecException Of(string valueName, ArgumentException refused)
    {
        // .NET appends the name of the method's parameter, which says nothing to the user.
        int end = refused.ParamName is null ? -1 : refused.Message.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        return new SpecException($"{valueName}: {(end < 0 ? refused.Message : refused.Message[..end])}", refused);
    }
}
