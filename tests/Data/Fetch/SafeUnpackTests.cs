using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using ScratchDet.Data.Fetch;

namespace ScratchDet.Tests.Data.Fetch;

public sealed class SafeUnpackTests : IDisposable
{
    private static readonly UnpackLimits Limits = new(Bytes: 10_000, Entries: 10);
    private static readonly byte[] Hello = "hello"u8.ToArray();

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("tar")]
    [InlineData("tar.gz")]
    [InlineData("zip")]
    public void An_archive_is_unpacked_and_what_an_earlier_call_left_is_gone(string kind)
    {
        (string, byte[])[] files = [("a/b.txt", Hello), ("./a/c.txt", []), ("d.txt", Hello)];
        folder.Write("out/left.txt", "left");

        Unpack(kind == "zip" ? Archives.Zip(files) : kind == "tar" ? Archives.Tar(files) : Archives.Gzip(Archives.Tar(files)));

        Assert.Equal(["a/b.txt", "a/c.txt", "d.txt"], Archives.FilesOf(Out));
        Assert.Equal("hello", File.ReadAllText(folder.At("out", "a", "b.txt")));
    }

    [Fact]
    public void Folders_and_the_note_of_a_commit_are_taken()
    {
        Unpack(Archives.GitHub("kit-0123", ("a/b.txt", Hello)));

        Assert.Equal(["kit-0123/a/b.txt"], Archives.FilesOf(Out));
    }

    [Theory]
    [InlineData("../evil.txt", "'..'")]
    [InlineData("a/../../evil.txt", "'..'")]
    [InlineData("/evil.txt", "absolute")]
    [InlineData("//server/evil.txt", "absolute")]
    [InlineData("C:evil.txt", "absolute")]
    [InlineData("..\\evil.txt", "a character")]
    [InlineData("a:b.txt", "absolute")]
    [InlineData("ab:c.txt", "a character")]
    [InlineData("a\u0001.txt", "a character")]
    [InlineData("nul.txt", "a device")]
    [InlineData("a/COM1", "a device")]
    [InlineData("a./b.txt", "ends in a dot")]
    [InlineData("a /b.txt", "ends in a dot or a space")]
    public void A_name_that_would_lie_elsewhere_on_any_system_is_refused(string name, string expected)
    {
        AssertRefused(Archives.Tar(("a/b.txt", Hello), (name, Hello)), expected);
        AssertRefused(Archives.Zip(("a/b.txt", Hello), (name, Hello)), expected);
    }

    [Theory]
    [InlineData("a.txt", "a.txt", "twice")]
    [InlineData("a.txt", "A.txt", "upper and lower case")]
    [InlineData("a/b.txt", "A/c.txt", "upper and lower case")]
    [InlineData("a", "a/b.txt", "twice")]
    [InlineData("a/b.txt", "a", "twice")]
    public void Names_that_meet_are_refused(string first, string second, string expected)
    {
        AssertRefused(Archives.Tar((first, Hello), (second, Hello)), expected);
        AssertRefused(Archives.Zip((first, Hello), (second, Hello)), expected);
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    [InlineData(TarEntryType.Fifo)]
    public void What_is_no_file_in_a_tar_is_refused(TarEntryType type)
    {
        byte[] archive = Archives.Tar(writer =>
        {
            Archives.AddFile(writer, "a.txt", Hello);
            var entry = new PaxTarEntry(type, "b");
            if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink) entry.LinkName = "a.txt";
            writer.WriteEntry(entry);
        });

        AssertRefused(archive, $"is no file and no folder but a {type}");
    }

    [Fact]
    public void A_link_in_a_zip_is_refused()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            ZipArchiveEntry entry = zip.CreateEntry("link");
            entry.ExternalAttributes = unchecked((int)0xA1FF0000); // S_IFLNK, as zip writes it on Unix
            using Stream target = entry.Open();
            target.Write("/etc/passwd"u8);
        }

        AssertRefused(stream.ToArray(), "a link or a device");
    }

    [Fact]
    public void More_bytes_than_the_limit_are_refused_before_they_are_written()
    {
        var zeros = new byte[6_000];

        AssertRefused(Archives.Tar(("a", zeros), ("b", zeros)), "more than 10000 bytes");
        AssertRefused(Archives.Gzip(Archives.Tar(("a", zeros), ("b", zeros))), "more than 10000 bytes");
        AssertRefused(Archives.Zip(("a", zeros), ("b", zeros)), "more than 10000 bytes");
    }

    [Fact]
    public void A_file_that_is_huge_by_its_header_alone_is_refused()
    {
        byte[] archive = Archives.Tar(("a.txt", Hello));
        int header = IndexOf(archive, "a.txt\0"u8);
        Encoding.ASCII.GetBytes("77777777777\0").CopyTo(archive, header + 124); // 8 GiB
        FixChecksum(archive.AsSpan(header, 512));

        AssertRefused(archive, "more than 10000 bytes");
    }

    [Fact]
    public void A_zip_that_says_less_than_it_holds_is_refused()
    {
        byte[] archive = Archives.Zip(("a", new byte[6_000]));
        int central = IndexOf(archive, [(byte)'P', (byte)'K', 1, 2]);
        BinaryPrimitives.WriteInt32LittleEndian(archive.AsSpan(central + 24), 5);

        AssertRefused(archive, "is damaged: its checksum is another one");
    }

    [Fact]
    public void More_entries_than_the_limit_are_refused()
    {
        (string, byte[])[] files = [.. Enumerable.Range(0, 11).Select(i => ($"f{i}", Hello))];

        AssertRefused(Archives.Tar(files), "more than 10");
        AssertRefused(Archives.Zip(files), "more than 10");
    }

    [Fact]
    public void A_damaged_archive_is_one_line()
    {
        (string, byte[])[] files = [("a", RandomBytes(3_000)), ("b", RandomBytes(3_000))];

        AssertRefused(Archives.Tar(files)[..2_000], "of the 3000 bytes that the archive says");
        AssertRefused(Archives.Gzip(Archives.Tar(files))[..2_000], "archive: ");
        AssertRefused(WithoutByte(Archives.Gzip(Archives.Tar(files)), 20), "archive: "); // what the rest unpacks to depends on the time in the tar
        AssertRefused(Archives.Zip(files)[..2_000], "is damaged");
        AssertRefused("<html>not found</html>"u8.ToArray(), "is neither a tar nor a zip");
        AssertRefused([], "is neither a tar nor a zip");
    }

    [Fact]
    public void A_cancelled_unpacking_leaves_no_folder()
    {
        string archive = folder.Write("a.tar", Archives.Tar(("a", Hello)));

        Assert.ThrowsAny<OperationCanceledException>(() => SafeUnpack.Run(archive, Out, Limits, stop: new CancellationToken(canceled: true)));

        Assert.False(Directory.Exists(Out));
    }

    private string Out => folder.At("out");

    private void Unpack(byte[] archive) => SafeUnpack.Run(folder.Write("archive", archive), Out, Limits);

    private void AssertRefused(byte[] archive, string expected)
    {
        var exception = Assert.Throws<BadInputException>(() => Unpack(archive));
        Assert.Contains(expected, exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.False(Directory.Exists(Out));
        Assert.Equal(["archive"], Archives.FilesOf(folder.Path));
    }

    private static int IndexOf(byte[] bytes, ReadOnlySpan<byte> part) => bytes.AsSpan().IndexOf(part);

    private static void FixChecksum(Span<byte> header)
    {
        header[148..156].Fill((byte)' ');
        int sum = 0;
        foreach (byte value in header) sum += value;
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[148..]);
    }

    private static byte[] WithoutByte(byte[] bytes, int index) => [.. bytes[..index], .. bytes[(index + 1)..]];

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
