using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace ScratchDet.Data.Fetch;

/// <summary>
/// Fetches files from the web. What has come lies in NAME.part and is gone on with, by this call after a cut connection or
/// by a later one, unless the server has another file by then. The file gets its name when its length and its SHA-256 are
/// right; a file that is there and right is not fetched.
/// </summary>
public sealed class Download(DownloadOptions? options = null, Action<string>? note = null) : IDisposable
{
    private const int BufferBytes = 1 << 17;

    private readonly DownloadOptions options = options ?? new();
    private readonly WebRequests requests = new((options ?? new()).LongestSilence);

    /// <summary>Brings the file to <paramref name="target"/>.</summary>
    /// <param name="mirror">See <see cref="RemoteFile.AddressAt"/>.</param>
    /// <returns>The file's SHA-256, in lower case.</returns>
    /// <exception cref="BadInputException">The server has another file: its length or its sum differs. Nothing of it stays.</exception>
    /// <exception cref="DownloadException">The server refuses, or the connection does not hold. What came stays, for the next call.</exception>
    /// <exception cref="IOException">The disk is full, or another process fetches the same file.</exception>
    public async Task<string> FetchAsync(
        RemoteFile file, string? mirror, string target, IProgress<FetchProgress>? progress = null, CancellationToken stop = default)
    {
        Uri address = file.AddressAt(mirror);
        if (await ThereAlreadyAsync(file, target, progress, stop).ConfigureAwait(false) is { } there) return there;

        using PartFile part = PartFile.Open(target);
        await ReceiveAllAsync(file, address, part, progress, stop).ConfigureAwait(false);
        if (file.Bytes is { } bytes && part.Length != bytes)
        {
            part.Remove();
            throw WrongLength(address, part.Length, bytes);
        }
        string sum = await SumAsync(part.Rewound(), file, progress, stop).ConfigureAwait(false);
        if (file.Sha256 is not null && sum != file.Sha256)
        {
            part.Remove();
            throw new BadInputException(
                address.ToString(), null, $"is another file than the published one: its sha256 is {sum}, expected {file.Sha256}",
                mirror is null ? "it was removed; run this again, or try a --mirror" : "it was removed; use another --mirror");
        }
        part.MoveTo(target);
        return sum;
    }

    public void Dispose() => requests.Dispose();

    private static async Task<string?> ThereAlreadyAsync(RemoteFile file, string target, IProgress<FetchProgress>? progress, CancellationToken stop)
    {
        if (!File.Exists(target)) return null;
        string sum;
        using (FileStream stream = File.OpenRead(target))
        {
            if (file.Bytes is { } bytes && stream.Length != bytes) return null;
            sum = await SumAsync(stream, file, progress, stop).ConfigureAwait(false);
        }
        return file.Sha256 is null || sum == file.Sha256 ? sum : null;
    }

    /// <summary>Attempts until the server has no more to send.</summary>
    private async Task ReceiveAllAsync(RemoteFile file, Uri address, PartFile part, IProgress<FetchProgress>? progress, CancellationToken stop)
    {
        if (part.Length > 0 && part.Length == file.Bytes) return; // only its sum was missing
        // A server that begins anew with each attempt and breaks off at the same place makes no headway.
        long furthest = part.Length;
        for (int fruitless = 0; ;)
        {
            try
            {
                await ReceiveAsync(file, address, part, progress, stop).ConfigureAwait(false);
                return;
            }
            catch (ConnectionLostException lost)
            {
                fruitless = part.Length > furthest ? 0 : fruitless + 1;
                furthest = Math.Max(furthest, part.Length);
                if (fruitless >= options.FruitlessAttempts)
                    throw new DownloadException($"{address}: {lost.Message}, {fruitless} times in a row at {Place(part, file)}; run this again to go on from there, or try --mirror", lost);
                TimeSpan wait = options.WaitAfter(fruitless);
                note?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: {lost.Message} at {Place(part, file)}; trying again in {wait.TotalSeconds:0.#} s"));
                await Task.Delay(wait, stop).ConfigureAwait(false);
            }
        }
    }

    private async Task ReceiveAsync(RemoteFile file, Uri address, PartFile part, IProgress<FetchProgress>? progress, CancellationToken stop)
    {
        // Without a mark of the version only the file's sum tells whether two parts belong together.
        if (part.Length > 0 && part.Version is null && file.Sha256 is null) part.Restart(null);
        if (part.Length > file.Bytes) part.Restart(null);
        using HttpResponseMessage response = await requests.GetAsync(address, part.Length, part.Version, stop).ConfigureAwait(false);
        if (Begin(response, file, address, part) is not { } answer) return;
        if (answer.Total is { } total && file.Bytes is { } bytes && total != bytes)
        {
            part.Remove();
            throw WrongLength(address, total, bytes);
        }

        long most = file.Bytes ?? answer.Total ?? options.LargestUnannounced;
        Stream body = await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        var buffer = new byte[BufferBytes];
        while (await requests.ReadAsync(body, buffer, stop).ConfigureAwait(false) is var count and > 0)
        {
            if (part.Length + count > most)
            {
                part.Remove();
                throw new BadInputException(address.ToString(), null, $"the server sends more than {most} bytes", "use another --mirror");
            }
            await part.WriteAsync(buffer.AsMemory(0, count), stop).ConfigureAwait(false);
            progress?.Report(new($"fetching {file.Name}", part.Length, answer.Total ?? Math.Max(file.AboutBytes, part.Length), IsBytes: true));
        }
        if (part.Length < answer.Total) throw new ConnectionLostException("the server stopped before the end");
    }

    /// <summary>
    /// What the head of the answer says: the length of the whole file, if that is told. The part is emptied when the answer
    /// is the whole file. Null when the part is whole already.
    /// </summary>
    private Answer? Begin(HttpResponseMessage response, RemoteFile file, Uri address, PartFile part)
    {
        string? version = WebRequests.VersionOf(response);
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                if (part.Length > 0) note?.Invoke($"{file.Name}: the server sends the file from its beginning");
                part.Restart(version);
                return new(response.Content.Headers.ContentLength);
            case HttpStatusCode.PartialContent:
                var range = response.Content.Headers.ContentRange;
                if (range?.From != part.Length || (part.Version is not null && version is not null && version != part.Version))
                {
                    part.Restart(null);
                    throw new ConnectionLostException("the server sent another part than the one asked for, so the file is fetched from its beginning");
                }
                return new(range.Length ?? range.To + 1);
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                if (response.Content.Headers.ContentRange?.Length is { } length && length == part.Length && length == (file.Bytes ?? length)) return null;
                part.Restart(null);
                throw new ConnectionLostException("the server has fewer bytes than came before, so the file is fetched from its beginning");
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                throw new ConnectionLostException($"the server answers {Status(response)}");
            default:
                throw new DownloadException($"{address}: the server answers {Status(response)}; check the address, or try --mirror");
        }
    }

    private static string Status(HttpResponseMessage response) => $"{(int)response.StatusCode} ({response.ReasonPhrase})";

    private static string Place(PartFile part, RemoteFile file) =>
        file.Bytes is { } bytes ? $"{DiskSpace.Size(part.Length)} of {DiskSpace.Size(bytes)}" : DiskSpace.Size(part.Length);

    private static BadInputException WrongLength(Uri address, long found, long expected) =>
        new(address.ToString(), null, $"is another file than the published one: it has {found} bytes, expected {expected}", "try another --mirror");

    private static async Task<string> SumAsync(Stream stream, RemoteFile file, IProgress<FetchProgress>? progress, CancellationToken stop)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        long done = 0;
        while (await stream.ReadAsync(buffer, stop).ConfigureAwait(false) is var count and > 0)
        {
            hash.AppendData(buffer.AsSpan(0, count));
            progress?.Report(new($"checking {file.Name}", done += count, stream.Length, IsBytes: true));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <param name="Total">Length of the whole file; null where the server does not say.</param>
    private readonly record struct Answer(long? Total);
}
