using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace ScratchDet.Data.Fetch;

/// <summary>One request of a download: asks for the rest of a file, follows redirects within the web, never to another scheme.</summary>
internal sealed class WebRequests(TimeSpan longestSilence) : IDisposable
{
    private const int LongestRedirects = 10;

    // Redirects are followed here: the handler's own would also go from a web address to none without a word.
    private readonly HttpClient client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = longestSilence,
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Sends the request and reads the head of the answer.</summary>
    /// <param name="from">The first byte that is wanted.</param>
    /// <param name="version">What <see cref="VersionOf"/> gave for the bytes before; the server sends all when it has another.</param>
    /// <exception cref="ConnectionLostException">No answer; another attempt may get one.</exception>
    /// <exception cref="DownloadException">A redirect that is not followed.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri address, long from, string? version, CancellationToken stop)
    {
        Uri current = address;
        for (int redirects = 0; redirects <= LongestRedirects; redirects++)
        {
            HttpResponseMessage response = await SendAsync(current, from, version, stop).ConfigureAwait(false);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308)) return response;
            Uri? next = response.Headers.Location;
            response.Dispose();
            if (next is null) throw new DownloadException($"{current}: the server redirects to nowhere");
            next = new Uri(current, next);
            if (!RemoteFile.IsWeb(next) || (current.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps))
                throw new DownloadException($"{current}: the server redirects to {next}, which is not followed from {current.Scheme}; try --mirror with an address that you trust");
            current = next;
        }
        throw new DownloadException($"{address}: the server redirects more than {LongestRedirects} times");
    }

    /// <summary>The next bytes of an answer; 0 at its end.</summary>
    /// <exception cref="ConnectionLostException">The connection was cut, or is silent.</exception>
    public async Task<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken stop)
    {
        using CancellationTokenSource limit = Limit(stop);
        try
        {
            return await body.ReadAsync(buffer, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsLost(exception, stop))
        {
            throw Lost(exception, "the connection was cut");
        }
    }

    /// <summary>What tells this version of the file from another: the entity tag where it is a strong one, or else the date.</summary>
    public static string? VersionOf(HttpResponseMessage response) => response.Headers.ETag is { IsWeak: false } tag
        ? tag.ToString()
        : response.Content.Headers.LastModified?.ToString("r", CultureInfo.InvariantCulture);

    public void Dispose() => client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(Uri address, long from, string? version, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.UserAgent.ParseAdd("ScratchDet.Notebooks");
        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
            if (version is not null) request.Headers.IfRange = RangeConditionHeaderValue.Parse(version);
        }
        using CancellationTokenSource limit = Limit(stop);
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsLost(exception, stop))
        {
            throw Lost(exception, "there is no answer");
        }
    }

    private CancellationTokenSource Limit(CancellationToken stop)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(longestSilence);
        return limit;
    }

    private static bool IsLost(Exception exception, CancellationToken stop) =>
        exception is HttpRequestException or IOException || (exception is OperationCanceledException && !stop.IsCancellationRequested);

    private ConnectionLostException Lost(Exception exception, string what) => exception is OperationCanceledException
        ? new(string.Create(CultureInfo.InvariantCulture, $"nothing came for {longestSilence.TotalSeconds} s"), exception)
        : new($"{what} ({exception.Message})", exception);
}

/// <summary>What another attempt may put right.</summary>
internal sealed class ConnectionLostException(string message, Exception? inner = null) : Exception(message, inner);
