using System.Diagnostics;
using System.Net;
using System.Text;
using ScratchDet.Kernel.Zmtp;

namespace ScratchDet.Tests.Kernel.Zmtp;

/// <summary>Peers that break the rules: their connection is closed, a line says why, and the socket goes on.</summary>
public class HostilePeerTests
{
    private readonly LogLines log = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "is not a greeting of ZMTP 3")]
    [InlineData("\xFF\0\0\0\0\0\0\0\0\x7E\x03\0NULL", "is not a greeting of ZMTP 3")]
    [InlineData("\xFF\0\0\0\0\0\0\0\x01\x7F\x01\x05", "speaks ZMTP 1")]
    [InlineData("\xFF\0\0\0\0\0\0\0\0\x7F\x03\0CURVE", "another security mechanism than NULL")]
    [InlineData("\xFF\0\0\0\0\0\0\0\0\x7F\x03\0NULLIFIED", "another security mechanism than NULL")]
    public void A_garbage_greeting_closes_the_connection_and_no_other(string greeting, string line)
    {
        using var socket = new EchoSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        using ZmtpPeer honest = ZmtpPeer.Connect(socket.Port, "REQ");
        using var hostile = new ZmtpPeer(socket.Port);
        var bytes = new byte[64];
        Encoding.Latin1.GetBytes(greeting, bytes);
        hostile.Send(bytes);

        Assert.True(hostile.IsClosed());
        log.Expect(line);
        AssertAlive(honest, socket.Port);
    }

    [Fact]
    public async Task A_peer_that_never_greets_or_greets_in_drops_is_closed_in_time()
    {
        using var socket = new EchoSocket(IPAddress.Loopback, 0, new ZmtpLimits { Handshake = TimeSpan.FromMilliseconds(300) }, log.Add);
        using var silent = new ZmtpPeer(socket.Port);
        using var dripping = new ZmtpPeer(socket.Port);
        long begin = Stopwatch.GetTimestamp();
        Task drops = Task.Run(() =>
        {
            foreach (byte part in ZmtpPeer.Greeting())
            {
                try
                {
                    dripping.Send(part);
                }
                catch (System.Net.Sockets.SocketException)
                {
                    return; // closed, as it should be
                }
                Thread.Sleep(100);
            }
        }, Stop);

        Assert.True(silent.IsClosed());
        Assert.True(dripping.IsClosed());
        // All 64 bytes at this pace would take 6.4 s.
        Assert.InRange(Stopwatch.GetElapsedTime(begin).TotalSeconds, 0.2, 5);
        log.Expect("no handshake within 0.3 s");
        await drops;
        using ZmtpPeer honest = ZmtpPeer.Connect(socket.Port, "REQ");
        AssertAlive(honest, socket.Port);
    }

    [Fact]
    public void A_socket_of_the_wrong_kind_is_told_so()
    {
        using var socket = new RouterSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        using var peer = new ZmtpPeer(socket.Port);
        peer.Send(ZmtpPeer.Greeting());
        peer.Receive(64);
        peer.SendFrame(ZmtpPeer.Command, ZmtpPeer.Ready("SUB", []));
        peer.ReceiveFrame();

        (byte flags, byte[] body) = peer.ReceiveFrame();
        Assert.Equal(ZmtpPeer.Command, flags);
        Assert.Equal("\u0005ERROR\u0013Invalid socket type", Encoding.Latin1.GetString(body));
        Assert.True(peer.IsClosed());
        log.Expect("a SUB socket cannot talk to a ROUTER socket");
    }

    public static TheoryData<byte[], string> BadHandshakes => new()
    {
        { [0, 3, 1, 2, 3], "its first frame is not the command READY" },
        { [4, 6, 5, .. "HELLO"u8], "its first command is not READY" },
        { [4, 4, 9, .. "REA"u8], "cut short" },
        { [4, 9, 5, .. "READY"u8, 2, .. "xy"u8], "cut short" },
        { [4, 13, 5, .. "READY"u8, 2, .. "xy"u8, 0xFF, 0xFF, 0xFF, 0xFF], "cut short" },
        { [4, .. Counted(ZmtpPeer.Ready("DEALER", [0, 1])), ], "begins with a zero" },
        { [4, 0], "cut short" },
    };

    [Theory]
    [MemberData(nameof(BadHandshakes), DisableDiscoveryEnumeration = true)]
    public void A_malformed_handshake_closes_the_connection(byte[] frame, string line)
    {
        using var socket = new RouterSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        using var peer = new ZmtpPeer(socket.Port);
        peer.Send(ZmtpPeer.Greeting());
        peer.Send(frame);

        Assert.True(peer.IsClosed());
        log.Expect(line);
    }

    public static TheoryData<byte[], string> BadFrames => new()
    {
        { [2, 0, 0, 0, 0, 0, 0, 4, 1], "a frame of 1025 bytes; at most 1024 are taken" },
        { [2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "a frame of 18446744073709551615 bytes" },
        { [0x40, 0], "flags 0x40" },
        { [5, 1, 0], "a command says that more follows" },
        { [4, 2, 9, 0], "a command is cut short" },
        { [4, 5, 4, .. "PING"u8], "a PING has the wrong length" },
        { [1, 0, 1, 0, 1, 0, 1, 0, 1, 0], "a message of more than 4 parts" },
    };

    [Theory]
    [MemberData(nameof(BadFrames), DisableDiscoveryEnumeration = true)]
    public void A_frame_against_the_rules_closes_the_connection(byte[] bytes, string line)
    {
        using var socket = new EchoSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        using var router = new RouterSocket(IPAddress.Loopback, 0, new ZmtpLimits { FrameBytes = 1024, PartsPerMessage = 4 }, log.Add);
        using ZmtpPeer hostile = ZmtpPeer.Connect(router.Port, "DEALER", "eve");
        hostile.Send(bytes);

        Assert.True(hostile.IsClosed());
        log.Expect(line);
        using ZmtpPeer honest = ZmtpPeer.Connect(router.Port, "DEALER", "ada");
        honest.SendMessage("still there"u8.ToArray());
        Assert.Equal("ada", Encoding.ASCII.GetString(Next(router).Identity.Span));
    }

    [Fact]
    public void A_truncated_frame_is_dropped_with_its_message()
    {
        using var router = new RouterSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        ZmtpPeer hostile = ZmtpPeer.Connect(router.Port, "DEALER", "eve");
        hostile.SendFrame(ZmtpPeer.More, "a first part"u8);
        hostile.SendLongHeader(0, 1000);
        hostile.Send(new byte[500]);
        hostile.Dispose();

        log.Expect("ended in the middle of a frame");
        using ZmtpPeer honest = ZmtpPeer.Connect(router.Port, "DEALER", "ada");
        honest.SendMessage("whole"u8.ToArray());
        RoutedMessage message = Next(router);
        Assert.Equal((1L, "whole"), (message.Number, Encoding.ASCII.GetString(message.Frames[0].Span)));
    }

    [Fact]
    public void The_size_of_a_frame_is_not_believed_before_its_bytes_come()
    {
        using var router = new RouterSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        using ZmtpPeer hostile = ZmtpPeer.Connect(router.Port, "DEALER", "eve");
        long before = GC.GetTotalAllocatedBytes(precise: true);
        hostile.SendLongHeader(0, 200L << 20);
        hostile.Send(new byte[1000]);
        hostile.Dispose();

        log.Expect("ended in the middle of a frame");
        // Other tests allocate meanwhile; 200 MB would stand out.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 150L << 20);
    }

    [Fact]
    public void A_message_of_many_allowed_frames_is_limited_as_a_whole()
    {
        using var router = new RouterSocket(IPAddress.Loopback, 0, new ZmtpLimits { FrameBytes = 1000, MessageBytes = 3000 }, log.Add);
        using ZmtpPeer hostile = ZmtpPeer.Connect(router.Port, "DEALER", "eve");
        for (int part = 0; part < 3; part++) hostile.SendFrame(ZmtpPeer.More, new byte[1000]);

        Assert.True(hostile.IsClosed());
        log.Expect("a message of more than 3000 bytes");
    }

    [Fact]
    public void More_connections_than_allowed_are_closed_at_once()
    {
        using var socket = new EchoSocket(IPAddress.Loopback, 0, new ZmtpLimits { Connections = 2 }, log.Add);
        using ZmtpPeer first = ZmtpPeer.Connect(socket.Port, "REQ");
        using ZmtpPeer second = ZmtpPeer.Connect(socket.Port, "REQ");
        using var third = new ZmtpPeer(socket.Port);

        Assert.True(third.IsClosed());
        log.Expect("there are 2 already");
        second.Dispose();
        AssertAlive(first, socket.Port);
    }

    [Fact]
    public async Task A_subscriber_that_does_not_read_holds_up_nobody_and_is_disconnected()
    {
        const int messageBytes = 100_000;
        using var socket = new PublisherSocket(IPAddress.Loopback, 0, new ZmtpLimits { QueuedBytesPerPeer = 8 << 20 }, log.Add, _ => ["welcome"u8.ToArray()]);
        using ZmtpPeer slow = ZmtpPeer.Connect(socket.Port, "SUB");
        using ZmtpPeer reader = ZmtpPeer.Connect(socket.Port, "SUB");
        foreach (ZmtpPeer peer in new[] { slow, reader })
        {
            peer.SendMessage([1]);
            peer.ReceiveMessage();
        }
        // More than the queue and the buffers of TCP on both sides hold together.
        const int count = 400;
        Task<int> received = Task.Factory.StartNew(() => Enumerable.Range(0, count).Sum(_ => reader.ReceiveMessage()[0].Length), Stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var content = new byte[messageBytes];
        var longest = TimeSpan.Zero;
        for (int index = 0; index < count; index++)
        {
            long begin = Stopwatch.GetTimestamp();
            socket.Publish([content]);
            TimeSpan took = Stopwatch.GetElapsedTime(begin);
            if (took > longest) longest = took;
            // For the reader's sake, which is quick but not endlessly so.
            socket.WaitForReaders(4 << 20, TimeSpan.FromSeconds(2));
        }

        Assert.Equal(count * messageBytes, await received);
        Assert.InRange(longest.TotalSeconds, 0, 1);
        log.Expect("bytes unread and is disconnected");
        Assert.True(slow.IsClosed());
    }

    [Fact]
    public async Task A_peer_that_sends_faster_than_is_taken_is_held_back()
    {
        using var router = new RouterSocket(IPAddress.Loopback, 0, new ZmtpLimits { ReceivedBytesPerPeer = 1 << 20 }, log.Add);
        using ZmtpPeer flood = ZmtpPeer.Connect(router.Port, "DEALER", "eve");
        const int count = 300;
        Task sending = Task.Run(() =>
        {
            for (int index = 0; index < count; index++) flood.SendMessage(new byte[100_000]);
        }, Stop);
        using ZmtpPeer honest = ZmtpPeer.Connect(router.Port, "DEALER", "ada");
        honest.SendMessage("me too"u8.ToArray());

        // 30 MB do not fit the limit and TCP's buffers: the flood stands until messages are taken.
        await Task.WhenAny(sending, Task.Delay(300, Stop));
        Assert.False(sending.IsCompleted);
        Assert.InRange(router.LastNumber, 1, 50);
        List<string> senders = [];
        for (int index = 0; index < count + 1; index++) senders.Add(Encoding.ASCII.GetString(Next(router).Identity.Span));
        Assert.Equal(1, senders.Count(sender => sender == "ada"));
        await sending;
    }

    private static RoutedMessage Next(RouterSocket socket) => socket.Receive(Stop)!;

    private static byte[] Counted(byte[] body) => [(byte)body.Length, .. body];

    private static void AssertAlive(ZmtpPeer peer, int port)
    {
        peer.SendMessage("alive"u8.ToArray());
        Assert.Equal("alive", Encoding.ASCII.GetString(peer.ReceiveMessage()[0]));
        using ZmtpPeer another = ZmtpPeer.Connect(port, "REQ");
        another.SendMessage("also"u8.ToArray());
        Assert.Equal("also", Encoding.ASCII.GetString(another.ReceiveMessage()[0]));
    }
}
