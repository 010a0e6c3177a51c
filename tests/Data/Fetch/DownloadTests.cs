using System.Security.Cryptography;
using ScratchDet.Data.Fetch;

namespace ScratchDet.Tests.Data.Fetch;

public sealed class DownloadTests : IDisposable
{
    private static readonly byte[] Bytes = RandomBytes(1, 300_000);
    private static readonly byte[] OtherBytes = RandomBytes(2, 300_000);

    private readonly TemporaryFolder folder = new();
    private readonly List<string> notes = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_file_is_fetched_and_the_second_call_asks_for_nothing()
    {
        using var server = new FetchServer(("a.tar", Bytes));
        var progress = new List<FetchProgress>();

        string sum = await FetchAsync(server, progress: new Listener(progress.Add));
        string again = await FetchAsync(server);

        Assert.Equal((SumOf(Bytes), SumOf(Bytes)), (sum, again));
        AssertFetched(Bytes);
        Assert.Single(server.Calls);
        Assert.Contains(new FetchProgress("fetching a.tar", Bytes.Length, Bytes.Length, true), progress);
        Assert.Equal(new FetchProgress("checking a.tar", Bytes.Length, Bytes.Length, true), progress[^1]);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_cut_connection_is_gone_on_with_where_it_was_cut(bool knowsSum, bool knowsLength)
    {
        using var server = new FetchServer((call, before) => FetchServer.Serve(Bytes, call) with { CutAfter = before < 2 ? 100_000 : null });

        await FetchAsync(server, FileOf(Bytes, knowsSum, knowsLength));

        AssertFetched(Bytes);
        FetchCall[] calls = server.Calls;
        Assert.Equal([null, 100_000, 200_000], calls.Select(call => call.Range));
        Assert.Null(calls[0].IfRange);
        Assert.NotNull(calls[1].IfRange);
        Assert.Equal(2, notes.Count);
        Assert.StartsWith("a.tar: the connection was cut (", notes[0]);
    }

    [Fact]
    public async Task A_server_without_ranges_sends_the_file_from_its_beginning()
    {
        using var server = new FetchServer((_, before) => new FetchReply("200 OK", Bytes) { CutAfter = before == 0 ? 100_000 : null });

        await FetchAsync(server);

        AssertFetched(Bytes);
        Assert.Contains("a.tar: the server sends the file from its beginning", notes);
    }

    [Fact]
    public async Task A_server_that_begins_anew_and_always_breaks_off_is_given_up_and_the_part_stays()
    {
        using var server = new FetchServer((_, _) => new FetchReply("200 OK", Bytes) { CutAfter = 100_000 });

        var exception = await Assert.ThrowsAsync<DownloadException>(() => FetchAsync(server));

        Assert.Equal(4, server.Calls.Length); // one that got further than ever, three that did not
        Assert.Contains("3 times in a row at 0.1 MB of 0.3 MB; run this again to go on from there", exception.Message);
        Assert.Equal(100_000, new FileInfo(Target + ".part").Length);
    }

    [Fact]
    public async Task A_file_that_changes_on_the_server_between_two_attempts_is_fetched_from_its_beginning()
    {
        using var server = new FetchServer((call, before) => FetchServer.Serve(before == 0 ? OtherBytes : Bytes, call) with { CutAfter = before == 0 ? 100_000 : null });

        await FetchAsync(server);

        AssertFetched(Bytes);
        Assert.Equal([null, 100_000], server.Calls.Select(call => call.Range));
    }

    [Fact]
    public async Task A_server_that_sends_the_rest_of_another_file_is_found_out_by_the_tag()
    {
        using var server = new FetchServer((call, before) => before == 0
            ? FetchServer.Serve(OtherBytes, call) with { CutAfter = 100_000 }
            : FetchServer.Serve(Bytes, call with { IfRange = null })); // does not look at If-Range

        await FetchAsync(server);

        AssertFetched(Bytes);
        Assert.Equal([null, 100_000, null], server.Calls.Select(call => call.Range));
    }

    [Fact]
    public async Task A_part_without_a_tag_is_gone_on_with_only_where_the_sum_is_known()
    {
        using var server = new FetchServer((call, _) => FetchServer.Serve(Bytes, call) with { Headers = [.. FetchServer.Serve(Bytes, call).Headers.Where(header => !header.StartsWith("ETag", StringComparison.Ordinal))] });
        File.WriteAllBytes(Target + ".part", Bytes[..50_000]);

        await FetchAsync(server);
        File.Move(Target, Target + ".part");
        await FetchAsync(server, FileOf(Bytes, knowsSum: false, knowsLength: false));

        AssertFetched(Bytes);
        Assert.Equal([50_000, null], server.Calls.Select(call => call.Range));
    }

    [Theory]
    [InlineData(300_100, true, "it has 300100 bytes, expected 300000")]
    [InlineData(299_900, true, "it has 299900 bytes, expected 300000")]
    [InlineData(299_900, false, "expected " + "*")]
    public async Task A_server_that_lies_about_the_length_is_found_out(long declared, bool knowsLength, string expected)
    {
        using var server = new FetchServer((_, _) => new FetchReply("200 OK", Bytes) { DeclaredLength = declared });

        var exception = await Assert.ThrowsAsync<BadInputException>(() => FetchAsync(server, FileOf(Bytes, knowsLength: knowsLength)));

        Assert.Contains(expected.Replace("*", SumOf(Bytes)), exception.Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_server_that_announces_more_than_it_sends_is_given_up()
    {
        using var server = new FetchServer((call, _) => call.Range is { } from
            ? new FetchReply("206 Partial Content", Bytes[(int)from..]) { DeclaredLength = 300_100 - from, Headers = [$"Content-Range: bytes {from}-300099/300100"] }
            : new FetchReply("200 OK", Bytes) { DeclaredLength = 300_100 });

        await Assert.ThrowsAsync<DownloadException>(() => FetchAsync(server, FileOf(Bytes, knowsLength: false)));

        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task More_bytes_than_the_file_has_are_not_written()
    {
        using var server = new FetchServer((_, _) => new FetchReply("200 OK", [.. Bytes, .. OtherBytes]) { DeclaredLength = -1 });

        var exception = await Assert.ThrowsAsync<BadInputException>(() => FetchAsync(server));

        Assert.Contains("the server sends more than 300000 bytes", exception.Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_file_of_a_length_that_nobody_says_is_fetched()
    {
        using var server = new FetchServer((_, _) => new FetchReply("200 OK", Bytes) { DeclaredLength = -1 });

        Assert.Equal(SumOf(Bytes), await FetchAsync(server, FileOf(Bytes, knowsSum: false, knowsLength: false)));

        AssertFetched(Bytes);
    }

    [Fact]
    public async Task A_wrong_file_is_refused_with_both_sums_and_nothing_stays()
    {
        using var server = new FetchServer(("a.tar", OtherBytes));

        var exception = await Assert.ThrowsAsync<BadInputException>(() => FetchAsync(server));

        Assert.Equal($"{server.Address}/a.tar: is another file than the published one: its sha256 is {SumOf(OtherBytes)}, expected {SumOf(Bytes)}; it was removed; use another --mirror", exception.Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_wrong_file_under_the_final_name_is_replaced()
    {
        using var server = new FetchServer(("a.tar", Bytes));
        File.WriteAllBytes(Target, OtherBytes);

        await FetchAsync(server);

        AssertFetched(Bytes);
    }

    [Theory]
    [InlineData("404 Not Found", 1, "the server answers 404 (Not Found); check the address, or try --mirror")]
    [InlineData("403 Forbidden", 1, "the server answers 403 (Forbidden)")]
    [InlineData("500 Internal Server Error", 3, "the server answers 500 (Internal Server Error), 3 times in a row")]
    [InlineData("503 Service Unavailable", 3, "the server answers 503 (Service Unavailable), 3 times in a row")]
    public async Task A_server_that_refuses_is_asked_again_only_where_that_may_help(string status, int calls, string expected)
    {
        using var server = new FetchServer((_, _) => new FetchReply(status, []));

        var exception = await Assert.ThrowsAsync<DownloadException>(() => FetchAsync(server));

        Assert.Contains(expected, exception.Message);
        Assert.Equal(calls, server.Calls.Length);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_given_up_in_one_line()
    {
        string address;
        using (var server = new FetchServer()) address = server.Address;

        var exception = await Assert.ThrowsAsync<DownloadException>(() => FetchAsync(address, FileOf(Bytes)));

        Assert.Contains("there is no answer (", exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public async Task A_redirect_is_followed()
    {
        using var server = new FetchServer((call, _) => call.Path == "/a.tar" ? Redirect("/there/a.tar") : FetchServer.Serve(Bytes, call));

        await FetchAsync(server);

        AssertFetched(Bytes);
    }

    [Theory]
    [InlineData("file:///etc/passwd", 1, "redirects to file:///etc/passwd, which is not followed")]
    [InlineData("ftp://127.0.0.1/a.tar", 1, "which is not followed")]
    [InlineData("/a.tar", 11, "redirects more than 10 times")]
    public async Task A_redirect_out_of_the_web_or_in_a_circle_is_not_followed(string location, int calls, string expected)
    {
        using var server = new FetchServer((_, _) => Redirect(location));

        var exception = await Assert.ThrowsAsync<DownloadException>(() => FetchAsync(server));

        Assert.Contains(expected, exception.Message);
        Assert.Equal(calls, server.Calls.Length);
    }

    [Theory]
    [InlineData("file:///tmp")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("here")]
    public async Task A_mirror_is_an_address_of_the_web(string mirror)
    {
        var exception = await Assert.ThrowsAsync<BadInputException>(() => FetchAsync(mirror, FileOf(Bytes)));

        Assert.Contains("give one that begins with http:// or https://", exception.Message);
    }

    [Theory]
    [InlineData(300_000, 0)] // a length that is known needs no question
    [InlineData(400_000, 1)]
    public async Task A_part_that_is_whole_or_too_long_ends_well(int partLength, int calls)
    {
        using var server = new FetchServer(("a.tar", Bytes));
        File.WriteAllBytes(Target + ".part", [.. Bytes, .. new byte[partLength - Bytes.Length]]);

        await FetchAsync(server);

        AssertFetched(Bytes);
        Assert.Equal(calls, server.Calls.Length);
    }

    [Theory]
    [InlineData(300_000, 1)] // 416, with this very length
    [InlineData(400_000, 2)] // 416, with another
    public async Task A_range_beyond_the_end_is_understood(int partLength, int calls)
    {
        using var server = new FetchServer(("a.tar", Bytes));
        File.WriteAllBytes(Target + ".part", [.. Bytes, .. new byte[partLength - Bytes.Length]]);

        await FetchAsync(server, FileOf(Bytes, knowsLength: false));

        AssertFetched(Bytes);
        Assert.Equal(calls, server.Calls.Length);
    }

    [Fact]
    public async Task A_cancelled_download_keeps_what_came_and_the_next_call_ends_with_the_same_bytes()
    {
        using var server = new FetchServer((call, before) => FetchServer.Serve(Bytes, call) with { CutAfter = before == 0 ? 120_000 : null, HangsAtCut = before == 0 });
        using var stop = new CancellationTokenSource();
        var progress = new Listener(value =>
        {
            if (value.Done == 120_000) stop.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FetchAsync(server, progress: progress, stop: stop));
        Assert.Equal(120_000, new FileInfo(Target + ".part").Length);
        await FetchAsync(server);

        AssertFetched(Bytes);
        Assert.Equal([null, 120_000], server.Calls.Select(call => call.Range));
    }

    [Fact]
    public async Task A_silent_connection_counts_as_cut()
    {
        using var server = new FetchServer((call, before) => FetchServer.Serve(Bytes, call) with { CutAfter = before == 0 ? 100_000 : null, HangsAtCut = before == 0 });

        await FetchAsync(server, silence: TimeSpan.FromSeconds(0.5));

        AssertFetched(Bytes);
        Assert.StartsWith("a.tar: nothing came for 0.5 s at 0.1 MB of 0.3 MB; trying again in ", Assert.Single(notes));
    }

    [Fact]
    public async Task Two_cannot_fetch_the_same_file_at_once()
    {
        using var server = new FetchServer(("a.tar", Bytes));
        using var held = new FileStream(Target + ".part", FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        var exception = await Assert.ThrowsAsync<IOException>(() => FetchAsync(server));

        Assert.Contains("another process is writing this file", exception.Message);
        Assert.Empty(server.Calls);
    }

    private string Target => folder.At("a.tar");

    private Task<string> FetchAsync(
        FetchServer server, RemoteFile? file = null, IProgress<FetchProgress>? progress = null, TimeSpan? silence = null, CancellationTokenSource? stop = null) =>
        FetchAsync(server.Address, file ?? FileOf(Bytes), progress, silence, stop);

    private async Task<string> FetchAsync(
        string mirror, RemoteFile file, IProgress<FetchProgress>? progress = null, TimeSpan? silence = null, CancellationTokenSource? stop = null)
    {
        var options = new DownloadOptions
        {
            FruitlessAttempts = 3,
            FirstWait = TimeSpan.FromMilliseconds(1),
            LongestSilence = silence ?? TimeSpan.FromSeconds(60),
        };
        using var download = new Download(options, notes.Add);
        return await download.FetchAsync(file, mirror, Target, progress, stop?.Token ?? TestContext.Current.CancellationToken);
    }

    private static RemoteFile FileOf(byte[] bytes, bool knowsSum = true, bool knowsLength = true) =>
        new("a.tar", "http://127.0.0.1:1/a.tar", knowsLength ? bytes.Length : null, knowsSum ? SumOf(bytes) : null);

    private void AssertFetched(byte[] bytes)
    {
        Assert.Equal([Target], Directory.GetFiles(folder.Path));
        Assert.True(File.ReadAllBytes(Target).AsSpan().SequenceEqual(bytes));
    }

    private static FetchReply Redirect(string location) => new("302 Found", []) { Headers = [$"Location: {location}"] };

    private static string SumOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static byte[] RandomBytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

/// <summary>Hands reports on at once.</summary>
internal sealed class Listener(Action<FetchProgress> report) : IProgress<FetchProgress>
{
    public void Report(FetchProgress value) => report(value);
}
