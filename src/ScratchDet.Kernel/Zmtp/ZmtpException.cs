namespace ScratchDet.Kernel.Zmtp;

/// <summary>A peer does not keep to the protocol or to our limits. Its connection is closed; the socket goes on.</summary>
internal sealed class ZmtpException(string message) : Exception(message);
