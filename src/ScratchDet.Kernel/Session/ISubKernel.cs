namespace ScratchDet.Kernel.Session;

/// <summary>One language of a polyglot notebook besides C#: html, markdown, sql, value, ...</summary>
public interface ISubKernel
{
    /// <summary>As it follows `#!`.</summary>
    string Name { get; }

    IReadOnlyList<string> Aliases { get; }

    /// <param name="options">The rest of the chooser line: <c>--name table</c> of <c>#!sql --name table</c>.</param>
    /// <exception cref="SubKernelException">The cell is wrong; the message is for its author.</exception>
    Task ExecuteAsync(string code, string options, ICellOutput output, Func<string> nextDisplayId, CancellationToken stop);

    /// <exception cref="SubKernelException">This language keeps no values, or has none of this name.</exception>
    object? GetValue(string name);

    void SetValue(string name, object? value);
}

/// <summary>A cell in another language than C# is wrong; the message says what and what to do.</summary>
public sealed class SubKernelException(string message) : Exception(message);
