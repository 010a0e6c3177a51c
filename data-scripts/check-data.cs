#!/usr/bin/env dotnet
#:project ../src/ScratchDet.Cli/ScratchDet.Cli.csproj

// The same as `./scratchdet data check`.
using ScratchDet.Cli;

using var interruption = new Interruption();
return await CommandRunner.RunAsync(["data", "check", .. args], Terminal.ForProcess(), interruption.Stop);
