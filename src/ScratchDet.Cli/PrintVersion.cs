using System.CommandLine;
using System.CommandLine.Invocation;

namespace ScratchDet.Cli;

internal sealed class PrintVersion : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine(CommandRunner.Version);
        return ExitCode.Done;
    }
}
