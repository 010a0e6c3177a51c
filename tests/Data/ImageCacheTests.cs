using ScratchDet.Data;

namespace ScratchDet.Tests.Data;

public class ImageCacheTests
{
    [Fact]
    public void What_fits_is_decoded_once_and_the_rest_each_time()
    {
        var decoded = new List<string>();
        var cache = new ImageCache(path =>
        {
            decoded.Add(path);
            return new PlanarImage(10, 10);   // 300 bytes
        }, byteLimit: 700);
        foreach (string path in new[] { "a", "b", "c", "a", "b", "c" }) Assert.Equal(10, cache.Decode(path).Width);
        Assert.Equal(["a", "b", "c", "c"], decoded);
        Assert.Equal((2, 600), (cache.Count, cache.Bytes));
        Assert.Same(cache.Decode("a"), cache.Decode("a"));
    }

    [Fact]
    public void The_limit_holds_while_many_threads_add()
    {
        var cache = new ImageCache(_ => new PlanarImage(10, 10), byteLimit: 3000);
        Parallel.For(0, 2000, i => cache.Decode($"{i % 50}"));
        Assert.Equal(10, cache.Count);
        Assert.Equal(3000, cache.Bytes);
    }

    [Fact]
    public void A_failed_decode_is_not_remembered()
    {
        bool fail = true;
        var cache = new ImageCache(_ => fail ? throw new BadInputException("a", null, "x", "y") : new PlanarImage(1, 1), byteLimit: 100);
        Assert.Throws<BadInputException>(() => cache.Decode("a"));
        fail = false;
        Assert.Equal(1, cache.Decode("a").Width);
    }
}
