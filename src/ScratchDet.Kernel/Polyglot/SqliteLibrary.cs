using System.Runtime.InteropServices;

namespace ScratchDet.Kernel.Polyglot;

/// <summary>
/// Keeps our SQLite apart from another one in the process. The libraries of torchvision bring Debian's libsqlite3 along,
/// with its names open to all; the linker would then let functions of our library call those of that older one, and the
/// process crashes. So ours is opened first, and told to look for names in itself.
/// </summary>
internal static partial class SqliteLibrary
{
    private const string FileName = "libe_sqlite3.so";

    // Of dlfcn.h.
    private const int ResolveNow = 0x2;
    private const int DeepBind = 0x8;

    private static readonly Lazy<bool> Opened = new(Open);

    /// <summary>To be called before the first use of SQLite. Only Linux shares names between libraries in this way.</summary>
    /// <exception cref="DllNotFoundException">The library is there and cannot be opened.</exception>
    public static void EnsureOpen() => _ = Opened.Value;

    private static bool Open()
    {
        if (!OperatingSystem.IsLinux()) return false;
        // Where the runtime itself looks; it finds the library open already.
        string[] folders = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string? path = folders.Append(AppContext.BaseDirectory).Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists);
        if (path is null) return false;
        return DynamicOpen(path, ResolveNow | DeepBind) != IntPtr.Zero
            ? true
            : throw new DllNotFoundException($"{path} cannot be opened: {Marshal.PtrToStringUTF8(DynamicError())}");
    }

    [LibraryImport("libc.so.6", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial IntPtr DynamicOpen(string path, int mode);

    [LibraryImport("libc.so.6", EntryPoint = "dlerror")]
    private static partial IntPtr DynamicError();
}
