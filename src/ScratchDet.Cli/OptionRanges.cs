using System.CommandLine;
using System.Globalization;

namespace ScratchDet.Cli;

/// <summary>Limits of numbers on the command line; outside of them the usage is wrong (exit code 2).</summary>
internal static class OptionRanges
{
    /// <summary>Accepts whole numbers from <paramref name="smallest"/> to <paramref name="largest"/>, both included.</summary>
    public static void AcceptOnlyFrom(this Option option, int smallest, int largest = int.MaxValue) => option.Validators.Add(result =>
    {
        // Validators run on words that are no numbers too; the parser reports those.
        if (result.Tokens is not [var token] || !int.TryParse(token.Value, CultureInfo.InvariantCulture, out int value))
            return;
        if (value < smallest || value > largest)
            result.AddError($"{option.Name} must be {smallest} {(largest == int.MaxValue ? "or more" : $"to {largest}")}, not {value}");
    });
}
