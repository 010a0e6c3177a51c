#!/usr/bin/env dotnet
#:project ../src/ScratchDet.Cli/ScratchDet.Cli.csproj

// The same as `./scratchdet data make-shapes`.
using ScratchDet.Cli;

using var interruption = new Interruption();
return await CommandRunner.RunAsync(["data", "make-shapes", .. args], Terminal.ForProcess(), interruption.Stop);
