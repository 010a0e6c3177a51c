namespace ScratchDet.Kernel.Zmtp;

/// <summary>What a socket is to its peers, and which peers it takes (ZMTP 3.0, section on socket-type compatibility).</summary>
/// <param name="Name">As the Socket-Type property has it.</param>
internal sealed record ZmtpSocketType(string Name, IReadOnlyList<string> Peers)
{
    public static ZmtpSocketType Router { get; } = new("ROUTER", ["DEALER", "REQ", "ROUTER"]);

    // XPUB, for what it answers to a subscription goes to the one who subscribed.
    public static ZmtpSocketType Publisher { get; } = new("XPUB", ["SUB", "XSUB"]);

    public static ZmtpSocketType Echo { get; } = new("REP", ["REQ", "DEALER"]);
}
