namespace ScratchDet.Cli;

/// <summary>What the process tells its caller.</summary>
public static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int BadInput = 3;
    public const int Interrupted = 130;
}
