using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ScratchDet.Tests.Data.Fetch;

/// <summary>What a client asked.</summary>
/// <param name="Range">First byte that is wanted; null without a Range.</param>
internal sealed record FetchCall(string Path, long? Range, string? IfRange);

/// <summary>What the server sends, true or not: <see cref="DeclaredLength"/> is what it says, <see cref="CutAfter"/> where it hangs up.</summary>
internal sealed record FetchReply(string Status, byte[] Body)
{
    public List<string> Headers { get; init; } = [];

    /// <summary>Null: the length of the body; -1: none is said.</summary>
    public long? DeclaredLength { get; init; }

    public int? CutAfter { get; init; }

    /// <summary>Sends the body up to the cut and then nothing, without hanging up, until the test ends.</summary>
    public bool HangsAtCut { get; init; }
}

/// <summary>A web server on sockets, so that it can break every rule; one answer a connection.</summary>
internal sealed class FetchServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly List<FetchCall> calls = [];
    private readonly Func<FetchCall, int, FetchReply> answer;
    private readonly Task serving;

    /// <param name="answer">Gets the call, and how many came before.</param>
    public FetchServer(Func<FetchCall, int, FetchReply> answer)
    {
        this.answer = answer;
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    /// <summary>Serves files by their names, with ranges and entity tags, and 404 for the rest.</summary>
    public FetchServer(params (string Name, byte[] Bytes)[] files)
        : this((call, _) => files.FirstOrDefault(file => "/" + file.Name == call.Path) is { Bytes: { } bytes }
            ? Serve(bytes, call)
            : new FetchReply("404 Not Found", []))
    {
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    public FetchCall[] Calls
    {
        get
        {
            lock (calls) return [.. calls];
        }
    }

    /// <summary>As an honest server answers; the tag is of the content.</summary>
    public static FetchReply Serve(byte[] bytes, FetchCall call)
    {
        string tag = $"\"{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes))[..8]}\"";
        if (call.Range is not { } from || (call.IfRange is not null && call.IfRange != tag))
            return new("200 OK", bytes) { Headers = [$"ETag: {tag}"] };
        return from >= bytes.Length
            ? new("416 Range Not Satisfiable", []) { Headers = [$"Content-Range: bytes */{bytes.Length}"] }
            : new("206 Partial Content", bytes[(int)from..]) { Headers = [$"ETag: {tag}", $"Content-Range: bytes {from}-{bytes.Length - 1}/{bytes.Length}"] };
    }

    public void Dispose()
    {
        end.Cancel();
        listener.Stop();
        serving.GetAwaiter().GetResult();
        end.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync(end.Token);
                connections.Add(Task.Run(() => AnswerAsync(client)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test ended, perhaps before anybody called.
        }
        await Task.WhenAll(connections);
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                FetchReply reply = Answer(await ReadHeadAsync(stream));
                await stream.WriteAsync(HeadOf(reply), end.Token);
                await stream.WriteAsync(reply.Body.AsMemory(0, Math.Min(reply.CutAfter ?? int.MaxValue, reply.Body.Length)), end.Token);
                if (reply.HangsAtCut) await Task.Delay(Timeout.Infinite, end.Token);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException)
            {
                // The client went away, or the test ended.
            }
        }
    }

    private FetchReply Answer(string[] lines)
    {
        string? Header(string name) => lines.Skip(1).FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
        long? range = Header("Range") is { } text ? long.Parse(text["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture) : null;
        var call = new FetchCall(Uri.UnescapeDataString(lines[0].Split(' ')[1]), range, Header("If-Range"));
        int before;
        lock (calls)
        {
            before = calls.Count;
            calls.Add(call);
        }
        return answer(call, before);
    }

    private static byte[] HeadOf(FetchReply reply)
    {
        var head = new StringBuilder($"HTTP/1.1 {reply.Status}\r\nConnection: close\r\n");
        if (reply.DeclaredLength != -1) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {reply.DeclaredLength ?? reply.Body.Length}\r\n");
        foreach (string header in reply.Headers) head.Append(header).Append("\r\n");
        return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
    }

    private async Task<string[]> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var buffer = new byte[1024];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, end.Token) is var count and > 0)
            head.Append(Encoding.ASCII.GetString(buffer, 0, count));
        return head.ToString().Split("\r\n");
    }
}
