namespace ScratchDet;

/// <summary>Tells a file that another process holds from every other trouble with files.</summary>
internal static class FileSharing
{
    // EWOULDBLOCK on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.
    public static bool IsViolation(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);
}
