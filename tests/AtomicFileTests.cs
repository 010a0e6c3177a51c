namespace ScratchDet.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scratchdet-atomic-");

    private string File1 => Path.Combine(folder.FullName, "deep", "a.txt");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_file_is_written_with_its_folder_and_then_replaced()
    {
        AtomicFile.WriteText(File1, "one");
        AtomicFile.WriteText(File1, "µ");
        Assert.Equal([0xC2, 0xB5], File.ReadAllBytes(File1));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(File1)!));
    }

    [Fact]
    public void A_failure_half_way_leaves_the_old_file_and_no_other()
    {
        AtomicFile.WriteText(File1, "old");
        Assert.Throws<InvalidDataException>(() => AtomicFile.Write(File1, stream =>
        {
            stream.Write(new byte[200_000]);
            throw new InvalidDataException();
        }));
        Assert.Equal("old", File.ReadAllText(File1));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(File1)!));
    }

    [Fact]
    public void A_reader_sees_the_old_file_until_the_new_one_is_whole()
    {
        AtomicFile.WriteText(File1, "old");
        AtomicFile.Write(File1, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(File1));
        });
        Assert.Equal("new", File.ReadAllText(File1));
    }

    [Fact]
    public void A_full_disk_is_an_io_error_and_leaves_the_old_file()
    {
        const string SmallDisk = "SCRATCHDET_SMALL_DISK";
        if (Environment.GetEnvironmentVariable(SmallDisk) is not { } disk)
        {
            Assert.Skip($"set {SmallDisk} to a folder on a file system of about 1 MiB (a small tmpfs)");
            return;
        }
        string file = Path.Combine(disk, "a.bin");
        AtomicFile.WriteText(file, "old");
        Assert.Throws<IOException>(() => AtomicFile.Write(file, stream => stream.Write(new byte[8 << 20])));
        Assert.Equal("old", File.ReadAllText(file));
        Assert.Single(Directory.GetFiles(disk));
        File.Delete(file);
    }

    [Fact]
    public void Leftovers_of_a_killed_process_are_removed_and_nothing_else()
    {
        foreach (string name in new[] { ".a.txt.17-1.tmp", "b.tmp", ".c" })
            File.WriteAllText(Path.Combine(folder.FullName, name), "");
        AtomicFile.RemoveLeftovers(folder.FullName);
        Assert.Equal([".c", "b.tmp"], folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
    }
}
