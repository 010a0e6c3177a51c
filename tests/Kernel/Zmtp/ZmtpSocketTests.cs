using System.Net;
using System.Text;
using ScratchDet.Kernel.Zmtp;

namespace ScratchDet.Tests.Kernel.Zmtp;

/// <summary>The sockets with peers that keep to the protocol.</summary>
public class ZmtpSocketTests
{
    private readonly LogLines log = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void The_greeting_and_the_ready_command_are_those_of_the_protocol()
    {
        using var socket = new EchoSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        using var peer = new ZmtpPeer(socket.Port);
        peer.Send(ZmtpPeer.Greeting(minor: 1));

        // Signature, version 3.0, mechanism NULL, not as server.
        Assert.Equal(ZmtpPeer.Greeting(), peer.Receive(64));
        peer.SendFrame(ZmtpPeer.Command, ZmtpPeer.Ready("REQ", []));
        (byte flags, byte[] body) = peer.ReceiveFrame();
        Assert.Equal(ZmtpPeer.Command, flags);
        Assert.Equal(ZmtpPeer.Ready("REP", []), body);
    }

    [Fact]
    public void A_heartbeat_comes_back_as_it_was_sent()
    {
        using var socket = new EchoSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        using ZmtpPeer peer = ZmtpPeer.Connect(socket.Port, "REQ");

        foreach (string beat in new[] { "ping", "pong", new string('x', 300) })
        {
            peer.SendMessage([], Encoding.ASCII.GetBytes(beat));
            Assert.Equal(["", beat], Texts(peer.ReceiveMessage()));
        }
    }

    [Fact]
    public void A_router_names_the_sender_and_answers_the_one_that_is_named()
    {
        using var socket = new RouterSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        using ZmtpPeer ada = ZmtpPeer.Connect(socket.Port, "DEALER", "ada");
        using ZmtpPeer ben = ZmtpPeer.Connect(socket.Port, "DEALER", "ben");

        ada.SendMessage("here"u8.ToArray());
        Assert.Equal("ada", Encoding.ASCII.GetString(Next(socket).Identity.Span));
        ben.SendMessage("one"u8.ToArray(), [], "two"u8.ToArray());
        RoutedMessage message = Next(socket);
        Assert.Equal("ben", Encoding.ASCII.GetString(message.Identity.Span));
        Assert.Equal(["one", "", "two"], message.Frames.Select(frame => Encoding.ASCII.GetString(frame.Span)));

        socket.Newest("ada"u8.ToArray())!.Send(["to ada"u8.ToArray()]);
        Assert.True(socket.Answer(message, ["to ben"u8.ToArray(), new byte[300]]));
        Assert.Equal(["to ada"], Texts(ada.ReceiveMessage()));
        Assert.Equal(["to ben", new string('\0', 300)], Texts(ben.ReceiveMessage()));
        Assert.Null(socket.Newest("eve"u8.ToArray()));
    }

    [Fact]
    public void Peers_without_a_name_get_different_ones()
    {
        using var socket = new RouterSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        using ZmtpPeer first = ZmtpPeer.Connect(socket.Port, "DEALER");
        using ZmtpPeer second = ZmtpPeer.Connect(socket.Port, "DEALER");
        first.SendMessage("a"u8.ToArray());
        RoutedMessage one = Next(socket);
        second.SendMessage("b"u8.ToArray());
        RoutedMessage two = Next(socket);

        Assert.NotEqual(one.Identity.ToArray(), two.Identity.ToArray());
        Assert.True(socket.Answer(two, ["only the second"u8.ToArray()]));
        Assert.Equal(["only the second"], Texts(second.ReceiveMessage()));
    }

    [Fact]
    public void Clients_of_one_name_each_get_their_own_answers()
    {
        using var socket = new RouterSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        using ZmtpPeer first = ZmtpPeer.Connect(socket.Port, "DEALER", "ada");
        first.SendMessage("of the first"u8.ToArray());
        RoutedMessage earlier = Next(socket);
        using ZmtpPeer second = ZmtpPeer.Connect(socket.Port, "DEALER", "ada");
        second.SendMessage("of the second"u8.ToArray());
        RoutedMessage later = Next(socket);

        Assert.True(socket.Answer(later, ["to the second"u8.ToArray()]));
        Assert.True(socket.Answer(earlier, ["to the first"u8.ToArray()]));
        Assert.Equal(["to the first"], Texts(first.ReceiveMessage()));
        Assert.Equal(["to the second"], Texts(second.ReceiveMessage()));
    }

    [Fact]
    public void A_client_that_comes_back_under_its_name_gets_the_answer_to_its_former_self()
    {
        using var socket = new RouterSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        ZmtpPeer former = ZmtpPeer.Connect(socket.Port, "DEALER", "ada");
        former.SendMessage("question"u8.ToArray());
        RoutedMessage message = Next(socket);
        former.Dispose();
        Assert.True(SpinWait.SpinUntil(() => socket.Newest(message.Identity) is null, TimeSpan.FromSeconds(10)));
        Assert.False(socket.Answer(message, ["to nobody"u8.ToArray()]));

        using ZmtpPeer present = ZmtpPeer.Connect(socket.Port, "DEALER", "ada");
        present.SendMessage("here again"u8.ToArray());
        Next(socket);
        Assert.True(socket.Answer(message, ["answer"u8.ToArray()]));
        Assert.Equal(["answer"], Texts(present.ReceiveMessage()));
    }

    [Fact]
    public async Task Long_messages_pass_whole_in_both_directions()
    {
        using var socket = new RouterSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        using ZmtpPeer peer = ZmtpPeer.Connect(socket.Port, "DEALER", "ada");
        var content = new byte[5_000_001];
        new Random(3).NextBytes(content);

        peer.SendMessage("head"u8.ToArray(), content, "tail"u8.ToArray());
        RoutedMessage message = Next(socket);
        Assert.True(message.Frames[1].Span.SequenceEqual(content));

        Task<List<byte[]>> answer = Task.Run(peer.ReceiveMessage, Stop);
        socket.Answer(message, [.. message.Frames]);
        List<byte[]> parts = await answer;
        Assert.Equal(3, parts.Count);
        Assert.True(parts[1].AsSpan().SequenceEqual(content));
        Assert.Equal("tail", Encoding.ASCII.GetString(parts[2]));
    }

    [Fact]
    public void Many_small_messages_keep_their_order()
    {
        using var socket = new RouterSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        using ZmtpPeer peer = ZmtpPeer.Connect(socket.Port, "DEALER", "ada");
        peer.SendMessage("here"u8.ToArray());
        RoutedMessage first = Next(socket);
        const int count = 5000;
        for (int index = 0; index < count; index++)
            socket.Answer(first, [BitConverter.GetBytes(index), new byte[index % 400]]);

        for (int index = 0; index < count; index++)
        {
            List<byte[]> parts = peer.ReceiveMessage();
            Assert.Equal((index, index % 400), (BitConverter.ToInt32(parts[0]), parts[1].Length));
        }
    }

    [Fact]
    public void A_ping_is_answered_with_its_context()
    {
        using var socket = new RouterSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        using ZmtpPeer peer = ZmtpPeer.Connect(socket.Port, "DEALER");
        peer.SendFrame(ZmtpPeer.Command, [4, .. "PING"u8, 0, 10, .. "context"u8]);

        (byte flags, byte[] body) = peer.ReceiveFrame();
        Assert.Equal(ZmtpPeer.Command, flags);
        Assert.Equal([4, .. "PONG"u8, .. "context"u8], body);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_subscriber_gets_what_begins_with_its_topics(bool byCommand)
    {
        using var socket = new PublisherSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add, topic => [Encoding.ASCII.GetBytes($"welcome {topic}")]);
        using ZmtpPeer peer = ZmtpPeer.Connect(socket.Port, "SUB");
        Subscribe(peer, "status", byCommand);
        Assert.Equal(["welcome status"], Texts(peer.ReceiveMessage()));

        socket.Publish(["stream"u8.ToArray(), "not for it"u8.ToArray()]);
        socket.Publish(["status.busy"u8.ToArray(), "for it"u8.ToArray()]);
        Assert.Equal(["status.busy", "for it"], Texts(peer.ReceiveMessage()));

        Subscribe(peer, "", byCommand);
        Assert.Equal(["welcome "], Texts(peer.ReceiveMessage()));
        if (byCommand) peer.SendFrame(ZmtpPeer.Command, [6, .. "CANCEL"u8, .. "status"u8]);
        else peer.SendMessage([0, .. "status"u8]);
        Subscribe(peer, "x", byCommand);
        Assert.Equal(["welcome x"], Texts(peer.ReceiveMessage()));
        socket.Publish(["status"u8.ToArray(), "once, by the empty topic"u8.ToArray()]);
        socket.Publish(["last"u8.ToArray()]);
        Assert.Equal(["status", "once, by the empty topic"], Texts(peer.ReceiveMessage()));
        Assert.Equal(["last"], Texts(peer.ReceiveMessage()));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("192.168.1.2")]
    [InlineData("::")]
    public void Addresses_that_other_machines_reach_are_refused(string address)
    {
        var refused = Assert.Throws<ArgumentException>(() => new EchoSocket(IPAddress.Parse(address), 0, new ZmtpLimits(), log.Add));
        Assert.Contains("only the loopback addresses 127.0.0.1 and ::1 are served", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_is_taken_is_named()
    {
        using var socket = new EchoSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        var failure = Assert.Throws<IOException>(() => new EchoSocket(IPAddress.Loopback, socket.Port, new ZmtpLimits(), log.Add));
        Assert.Contains($"port {socket.Port} of 127.0.0.1 cannot be bound", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closing_a_socket_ends_the_wait_for_messages_and_the_connections()
    {
        var socket = new RouterSocket(IPAddress.Loopback, 0, new ZmtpLimits(), log.Add);
        using ZmtpPeer peer = ZmtpPeer.Connect(socket.Port, "DEALER");
        Task<RoutedMessage?> waiting = Task.Run(() => socket.Receive(Stop), Stop);
        socket.Dispose();

        Assert.Null(await waiting);
        Assert.True(peer.IsClosed());
    }

    private static void Subscribe(ZmtpPeer peer, string topic, bool byCommand)
    {
        if (byCommand) peer.SendFrame(ZmtpPeer.Command, [9, .. "SUBSCRIBE"u8, .. Encoding.ASCII.GetBytes(topic)]);
        else peer.SendMessage([1, .. Encoding.ASCII.GetBytes(topic)]);
    }

    private static RoutedMessage Next(RouterSocket socket) => socket.Receive(Stop)!;

    private static IEnumerable<string> Texts(IEnumerable<byte[]> parts) => parts.Select(Encoding.ASCII.GetString);
}
