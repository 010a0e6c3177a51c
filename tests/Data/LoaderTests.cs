using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Augment;

namespace ScratchDet.Tests.Data;

public class LoaderTests
{
    /// <summary>A batch as a text that shows every pixel and box, and whether it was disposed.</summary>
    private sealed class Batch(IReadOnlyList<LoadedSample> samples, long step) : IDisposable
    {
        public long Step { get; } = step;

        public int[] Indices { get; } = [.. samples.Select(sample => sample.Index)];

        public string Content { get; } = Describe(samples, step);

        public bool Disposed { get; private set; }

        public void Dispose() => Disposed = true;

        private static string Describe(IReadOnlyList<LoadedSample> samples, long step)
        {
            var text = new StringBuilder().Append(step);
            foreach (LoadedSample sample in samples)
            {
                var hash = new HashCode();
                hash.AddBytes(sample.Image.Pixels);
                text.Append($"|{sample.Index} {sample.Id} {sample.OriginalWidth}x{sample.OriginalHeight} {hash.ToHashCode()} {string.Join(';', sample.Objects)}");
            }
            return text.ToString();
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Sample[] Samples(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Sample($"s{i}", $"{i}", 20 + i, 16, [new ObjectAnnotation(i % 3, new Box(2, 3, 12, 11))]))];

    private static PlanarImage Decode(string path)
    {
        int i = int.Parse(path);
        var image = new PlanarImage(20 + i, 16);
        new Random(i).NextBytes(image.Pixels);
        return image;
    }

    private static Loader<Batch> Make(int samples, LoaderSpec spec, ImageDecoder? decode = null, Func<IReadOnlyList<LoadedSample>, long, Batch>? collate = null) =>
        new(Samples(samples), decode ?? Decode, new Pipeline(AugmentSpec.Ssd, 12, 12), collate ?? ((batch, step) => new Batch(batch, step)), spec);

    private static string[] Contents(int samples, LoaderSpec spec, int count, long firstStep = 0)
    {
        using Loader<Batch> loader = Make(samples, spec);
        return [.. loader.Batches(firstStep, Stop).Take(count).Select(batch => batch.Content)];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void The_number_of_threads_never_changes_a_batch(int workers)
    {
        var spec = new LoaderSpec { BatchSize = 3, Seed = 7, Workers = 1, Prefetch = 1 };
        Assert.Equal(Contents(10, spec, 25), Contents(10, spec with { Workers = workers, Prefetch = 2 * workers }, 25));
    }

    [Fact]
    public void A_stream_from_any_step_equals_the_uninterrupted_one()
    {
        Prop.ForAll(
            Gen.Choose(1, 9).Zip(Gen.Choose(0, 20)).Zip(Gen.Choose(0, 2)).ToArbitrary(),
            drawn =>
            {
                ((int batchSize, int firstStep), int end) = drawn;
                var spec = new LoaderSpec { BatchSize = batchSize, Seed = 3, EpochEnd = (EpochEnd)end, Workers = 3 };
                return Contents(9, spec, firstStep + 4)[firstStep..].SequenceEqual(Contents(9, spec, 4, firstStep));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));
    }

    [Fact]
    public void Another_seed_gives_another_order_and_another_augmentation()
    {
        var spec = new LoaderSpec { BatchSize = 4, Seed = 1 };
        Assert.NotEqual(Contents(8, spec, 2), Contents(8, spec with { Seed = 2 }, 2));
        Assert.NotEqual(Contents(8, spec with { Shuffle = false }, 2), Contents(8, spec with { Shuffle = false, Seed = 2 }, 2));
    }

    [Theory]
    [InlineData(EpochEnd.Continue, new[] { 4, 4, 4, 4, 4 })]
    [InlineData(EpochEnd.DropLast, new[] { 4, 4, 4, 4, 4 })]
    [InlineData(EpochEnd.KeepLast, new[] { 4, 4, 2, 4, 4 })]
    public void The_end_of_an_epoch_is_continued_dropped_or_a_smaller_batch(EpochEnd end, int[] sizes)
    {
        using Loader<Batch> loader = Make(10, new LoaderSpec { BatchSize = 4, Seed = 5, EpochEnd = end });
        Batch[] batches = [.. loader.Batches(0, Stop).Take(5)];
        Assert.Equal(sizes, batches.Select(batch => batch.Indices.Length));
        int[] seen = [.. batches.SelectMany(batch => batch.Indices)];
        switch (end)
        {
            case EpochEnd.Continue:   // 20 places are two epochs: every image exactly twice, once in each
                Assert.Equal(Enumerable.Range(0, 10), seen[..10].Order());
                Assert.Equal(Enumerable.Range(0, 10), seen[10..].Order());
                Assert.NotEqual(seen[..10], seen[10..]);
                break;
            case EpochEnd.DropLast:
                Assert.Equal(8, seen[..8].Distinct().Count());
                Assert.Equal(8, seen[8..16].Distinct().Count());
                break;
            default:
                Assert.Equal(Enumerable.Range(0, 10), seen[..10].Order());
                break;
        }
    }

    [Fact]
    public void A_batch_larger_than_the_data_goes_around()
    {
        using Loader<Batch> loader = Make(3, new LoaderSpec { BatchSize = 8 });
        Batch batch = loader.Batches(0, Stop).First();
        Assert.Equal(8, batch.Indices.Length);
        Assert.Equal([0, 1, 2], batch.Indices[..3].Order());
        Assert.Throws<ArgumentException>(() => Make(3, new LoaderSpec { BatchSize = 8, EpochEnd = EpochEnd.DropLast }));
        Assert.Throws<ArgumentException>(() => Make(0, new LoaderSpec()));
    }

    [Fact]
    public void Once_gives_every_sample_in_order_with_a_smaller_last_batch()
    {
        using Loader<Batch> loader = Make(10, new LoaderSpec { BatchSize = 4, Workers = 3 });
        Batch[] batches = [.. loader.Once(Stop)];
        Assert.Equal([4, 4, 2], batches.Select(batch => batch.Indices.Length));
        Assert.Equal(Enumerable.Range(0, 10), batches.SelectMany(batch => batch.Indices));
        Assert.Equal([0L, 1, 2], batches.Select(batch => batch.Step));
    }

    [Fact]
    public void The_exception_of_a_worker_reaches_the_consumer_with_the_file()
    {
        using Loader<Batch> loader = Make(50, new LoaderSpec { BatchSize = 2, Shuffle = false, Workers = 2 }, path => path == "9"
            ? throw new BadInputException("9.jpg", null, "the image is cut off", "replace it")
            : Decode(path));
        BadInputException bad = Assert.Throws<BadInputException>(() => loader.Batches(0, Stop).Take(40).Count());
        Assert.Equal("9.jpg", bad.File);
    }

    [Fact]
    public void Another_exception_of_the_decoder_is_wrapped_with_the_file_name()
    {
        using Loader<Batch> loader = Make(4, new LoaderSpec { BatchSize = 2 }, _ => throw new FormatException("bad huffman code"));
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => loader.Batches(0, Stop).First());
        Assert.IsType<FormatException>(exception.InnerException);
        Assert.Matches(@"^\d: decoding failed: bad huffman code$", exception.Message);
    }

    [Fact]
    public void A_failure_is_reported_while_an_earlier_batch_is_still_being_made()
    {
        using var release = new ManualResetEventSlim();
        using Loader<Batch> loader = Make(
            8, new LoaderSpec { BatchSize = 1, Shuffle = false, Workers = 2 },
            path => path == "1" ? throw new BadInputException("1.jpg", null, "cut off", "replace it") : Decode(path),
            (batch, step) =>
            {
                if (step == 0) release.Wait(TimeSpan.FromSeconds(20), Stop);
                return new Batch(batch, step);
            });
        using IEnumerator<Batch> batches = loader.Batches(0, Stop).GetEnumerator();
        var watch = Stopwatch.StartNew();
        // Step 0 blocks, step 1 fails. MoveNext joins the workers as the iterator unwinds, hence the release from aside.
        using var timer = new Timer(_ => release.Set(), null, 200, Timeout.Infinite);
        Assert.Throws<BadInputException>(() => batches.MoveNext());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    [Fact]
    public void An_image_that_changed_its_size_is_bad_input()
    {
        using Loader<Batch> loader = Make(4, new LoaderSpec { BatchSize = 2 }, _ => new PlanarImage(5, 5));
        Assert.Contains("5 x 5", Assert.Throws<BadInputException>(() => loader.Batches(0, Stop).First()).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Batches_that_nobody_took_are_disposed_and_taken_ones_are_not()
    {
        var made = new ConcurrentBag<Batch>();
        Batch[] taken;
        using (Loader<Batch> loader = Make(10, new LoaderSpec { BatchSize = 2, Workers = 3, Prefetch = 5 }, collate: (samples, step) =>
        {
            var batch = new Batch(samples, step);
            made.Add(batch);
            return batch;
        }))
        {
            taken = [.. loader.Batches(0, Stop).Take(3)];
        }
        Assert.All(taken, batch => Assert.False(batch.Disposed));
        Assert.All(made.Except(taken), batch => Assert.True(batch.Disposed));
    }

    [Fact]
    public void No_more_batches_are_made_ahead_than_asked_for()
    {
        int made = 0;
        using Loader<Batch> loader = Make(10, new LoaderSpec { BatchSize = 2, Workers = 4, Prefetch = 3 }, collate: (samples, step) =>
        {
            Interlocked.Increment(ref made);
            return new Batch(samples, step);
        });
        using IEnumerator<Batch> batches = loader.Batches(0, Stop).GetEnumerator();
        for (int taken = 1; taken <= 10; taken++)
        {
            Assert.True(batches.MoveNext());
            Thread.Yield();
            Assert.InRange(Volatile.Read(ref made), taken, taken + 3);
        }
    }

    [Fact]
    public void Cancelling_ends_a_consumer_that_waits()
    {
        using var release = new ManualResetEventSlim();
        using var source = new CancellationTokenSource();
        using Loader<Batch> loader = Make(4, new LoaderSpec { BatchSize = 2 }, path =>
        {
            source.Cancel();
            release.Wait(TimeSpan.FromMilliseconds(50), Stop);
            return Decode(path);
        });
        Assert.ThrowsAny<OperationCanceledException>(() => loader.Batches(0, source.Token).Count());
    }

    [Fact]
    public void Disposing_the_loader_joins_its_threads_and_ends_an_enumeration_under_way()
    {
        var workers = new ConcurrentDictionary<Thread, bool>();
        Loader<Batch> loader = Make(10, new LoaderSpec { BatchSize = 2, Workers = 3 }, path =>
        {
            workers.TryAdd(Thread.CurrentThread, true);
            return Decode(path);
        });
        using IEnumerator<Batch> batches = loader.Batches(0, Stop).GetEnumerator();
        Assert.True(batches.MoveNext());
        loader.Dispose();
        Assert.NotEmpty(workers);
        Assert.All(workers.Keys, thread => Assert.False(thread.IsAlive));
        Assert.Throws<ObjectDisposedException>(() => batches.MoveNext());
        Assert.Throws<ObjectDisposedException>(() => loader.Batches(0, Stop).First());
    }

    [Fact]
    public void Two_streams_of_one_loader_do_not_disturb_each_other()
    {
        using Loader<Batch> loader = Make(10, new LoaderSpec { BatchSize = 3, Seed = 2 });
        (Batch First, Batch Second)[] pairs = [.. loader.Batches(0, Stop).Zip(loader.Batches(0, Stop)).Take(6)];
        Assert.All(pairs, pair => Assert.Equal(pair.First.Content, pair.Second.Content));
    }

    [Fact]
    public void Cached_images_are_not_changed_by_the_augmentation()
    {
        var cache = new ImageCache(Decode, byteLimit: 1_000_000);
        var spec = new LoaderSpec { BatchSize = 3, Seed = 7 };
        using (Loader<Batch> loader = Make(10, spec, cache.Decode))
            Assert.Equal(Contents(10, spec, 30), loader.Batches(0, Stop).Take(30).Select(batch => batch.Content));
        for (int i = 0; i < 10; i++) Assert.Equal(Decode($"{i}").Pixels, cache.Decode($"{i}").Pixels);
    }
}
