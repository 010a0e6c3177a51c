using ScratchDet.Cli;

using var interruption = new Interruption();
return await CommandRunner.RunAsync(args, Terminal.ForProcess(), interruption.Stop);
