using System.Security.Cryptography;
using System.Xml.Linq;
using ScratchDet.Boxes;
using ScratchDet.Data;
using ScratchDet.Data.Synthetic;

namespace ScratchDet.Tests.Data.Synthetic;

public class SyntheticBoardsTests
{
    private static readonly string[] Brightening = ["open", "mousebite", "pin-hole"];

    [Fact]
    public void The_same_seed_gives_the_same_board_in_any_order_on_any_thread()
    {
        var forward = new string[12];
        var backward = new string[12];
        for (int i = 0; i < forward.Length; i++) forward[i] = Digest(SyntheticBoards.Render(7, i, 160));
        Parallel.For(0, backward.Length, i => backward[backward.Length - 1 - i] = Digest(SyntheticBoards.Render(7, backward.Length - 1 - i, 160)));
        Assert.Equal(forward, backward);
        Assert.Equal(forward.Length, forward.Distinct().Count());
        Assert.NotEqual(forward[0], Digest(SyntheticBoards.Render(8, 0, 160)));
    }

    [Fact]
    public void Boards_with_and_without_the_clean_one_are_the_same()
    {
        Assert.Equal(Digest(SyntheticBoards.Render(3, 5, 320)), Digest(SyntheticBoards.RenderPair(3, 5, 320).Defective));
    }

    [Theory]
    [InlineData(640)]
    [InlineData(320)]
    [InlineData(160)]
    [InlineData(150)]
    public void Pixels_change_inside_the_boxes_and_nowhere_else(int size)
    {
        for (int index = 0; index < 20; index++)
        {
            (PlanarImage clean, AnnotatedImage defective) = SyntheticBoards.RenderPair(1, index, size);
            var inside = new bool[size * size];
            foreach (ObjectAnnotation item in defective.Objects)
            {
                for (int y = (int)item.Box.YMin; y < item.Box.YMax; y++)
                    Array.Fill(inside, true, y * size + (int)item.Box.XMin, (int)item.Box.Width);
            }
            for (int i = 0; i < inside.Length; i++)
            {
                if (!inside[i]) Assert.Equal(clean.Pixels[i], defective.Image.Pixels[i]);
            }
        }
    }

    [Fact]
    public void A_box_leaves_five_pixels_around_the_change_at_320()
    {
        for (int index = 0; index < 30; index++)
        {
            (PlanarImage clean, AnnotatedImage defective) = SyntheticBoards.RenderPair(2, index, 320);
            foreach (ObjectAnnotation item in defective.Objects)
            {
                Box changed = ChangedBounds(clean, defective.Image, item.Box);
                Assert.Equal(new Box(changed.XMin - 5, changed.YMin - 5, changed.XMax + 5, changed.YMax + 5).Clip(320, 320), item.Box);
            }
        }
    }

    [Fact]
    public void A_defect_is_plain_to_see_and_changes_in_one_direction_only()
    {
        for (int index = 0; index < 40; index++)
        {
            (PlanarImage clean, AnnotatedImage defective) = SyntheticBoards.RenderPair(4, index, 320);
            foreach (ObjectAnnotation item in defective.Objects)
            {
                bool brighter = Brightening.Contains(SyntheticBoards.ClassNames[item.ClassIndex]);
                int plain = 0;
                foreach (int i in PixelsOf(item.Box, 320))
                {
                    int change = defective.Image.Pixels[i] - clean.Pixels[i];
                    Assert.True(brighter ? change >= 0 : change <= 0);
                    if (Math.Abs(change) > 127) plain++;
                }
                Assert.True(plain >= 7, $"{SyntheticBoards.ClassNames[item.ClassIndex]} of board {index} changes only {plain} pixels");
            }
        }
    }

    [Fact]
    public void Each_kind_does_to_the_copper_what_its_name_says()
    {
        const int size = 640;
        for (int index = 0; index < 60; index++)
        {
            (PlanarImage clean, AnnotatedImage defective) = SyntheticBoards.RenderPair(5, index, size);
            foreach (ObjectAnnotation item in defective.Objects)
            {
                // Only this defect on the clean board, looked at in a window around it.
                byte[] pixels = clean.Pixels[..(size * size)];
                foreach (int i in PixelsOf(item.Box, size)) pixels[i] = defective.Image.Pixels[i];
                Box window = new Box(item.Box.XMin - 20, item.Box.YMin - 20, item.Box.XMax + 20, item.Box.YMax + 20).Clip(size, size);
                (int copperBefore, int bareBefore) = CountPieces(clean.Pixels, size, window);
                (int copperAfter, int bareAfter) = CountPieces(pixels, size, window);
                string name = SyntheticBoards.ClassNames[item.ClassIndex], where = $"{name} of board {index} at {item.Box}";
                switch (name)
                {
                    case "open":
                        Assert.True(copperAfter > copperBefore, where);
                        break;
                    case "short":
                        Assert.True(copperAfter < copperBefore, where);
                        break;
                    case "copper":
                        // A scribble may close around a few cells.
                        Assert.True(copperAfter == copperBefore + 1 && bareAfter - bareBefore is >= 0 and <= 2, where);
                        break;
                    case "pin-hole":
                        Assert.True(bareAfter == bareBefore + 1 && copperAfter - copperBefore is >= 0 and <= 2, where);
                        break;
                    default:
                        Assert.True((copperAfter, bareAfter) == (copperBefore, bareBefore), where);
                        break;
                }
            }
        }
    }

    [Fact]
    public void Boards_hold_three_to_twelve_defects_of_all_kinds_with_boxes_of_ten_to_forty_pixels()
    {
        var kinds = new int[SyntheticBoards.ClassNames.Count];
        for (int index = 0; index < 150; index++)
        {
            AnnotatedImage board = SyntheticBoards.Render(6, index, 320);
            Assert.InRange(board.Objects.Count, SyntheticBoards.FewestDefects, SyntheticBoards.MostDefects);
            for (int i = 0; i < board.Objects.Count; i++)
            {
                Box box = board.Objects[i].Box;
                Assert.InRange(box.Width, 10, 40);
                Assert.InRange(box.Height, 10, 40);
                Assert.True(box is { XMin: >= 0, YMin: >= 0, XMax: <= 320, YMax: <= 320 });
                for (int k = 0; k < i; k++) Assert.True(box.Iou(board.Objects[k].Box) < 0.02f);
                kinds[board.Objects[i].ClassIndex]++;
            }
        }
        int total = kinds.Sum();
        foreach (int count in kinds) Assert.InRange((double)count / total, 0.11, 0.24);
    }

    [Fact]
    public void A_smaller_board_is_the_larger_one_scaled_down()
    {
        AnnotatedImage large = SyntheticBoards.Render(9, 3, 320), small = SyntheticBoards.Render(9, 3, 160);
        for (int y = 0; y < 160; y++)
        {
            for (int x = 0; x < 160; x++)
            {
                int i = 2 * y * 320 + 2 * x;
                double mean = (large.Image.Pixels[i] + large.Image.Pixels[i + 1] + large.Image.Pixels[i + 320] + large.Image.Pixels[i + 321]) / 4.0;
                Assert.InRange(small.Image.Pixels[y * 160 + x] - mean, -1, 1);
            }
        }
        Assert.Equal(large.Objects.Count, small.Objects.Count);
        foreach ((ObjectAnnotation a, ObjectAnnotation b) in large.Objects.Zip(small.Objects))
        {
            Assert.Equal(a.ClassIndex, b.ClassIndex);
            Assert.InRange(a.Box.XMin / 2 - b.Box.XMin, 0, 0.5f);
            Assert.InRange(b.Box.YMax - a.Box.YMax / 2, 0, 0.5f);
        }
    }

    [Fact]
    public void Boards_are_grey_with_copper_black_and_bare_board_white()
    {
        PlanarImage image = SyntheticBoards.Render(1, 1, 320).Image;
        Assert.True(image.Plane(0).SequenceEqual(image.Plane(1)) && image.Plane(0).SequenceEqual(image.Plane(2)));
        int extreme = 0;
        foreach (byte level in image.Plane(0)) extreme += level is 0 or 255 ? 1 : 0;
        Assert.True(extreme > 0.85 * 320 * 320);
    }

    [Theory]
    [InlineData(63)]
    [InlineData(641)]
    public void Sizes_out_of_range_are_refused(int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticBoards.Render(1, 0, size));

    [Fact]
    public void Boxes_are_distributed_as_in_the_real_set()
    {
        string? data = Environment.GetEnvironmentVariable("SCRATCHDET_DATA");
        string annotations = Path.Combine(data ?? "", "deeppcb", "Annotations");
        if (data is null || !Directory.Exists(annotations)) Assert.Skip("SCRATCHDET_DATA does not name a folder that holds deeppcb");
        var real = new List<(string Name, Box Box)>();
        string[] files = Directory.GetFiles(annotations, "*.xml");
        foreach (XElement item in files.SelectMany(file => XDocument.Load(file).Root!.Elements("object")))
        {
            float At(string side) => (float)item.Element("bndbox")!.Element(side)!;
            real.Add(((string)item.Element("name")!, new(At("xmin") - 1, At("ymin") - 1, At("xmax"), At("ymax"))));
        }
        var ours = new List<(string Name, Box Box)>();
        const int images = 300;
        for (int i = 0; i < images; i++)
            ours.AddRange(SyntheticBoards.Render(1, i, 320).Objects.Select(o => (SyntheticBoards.ClassNames[o.ClassIndex], o.Box)));

        Assert.InRange((double)ours.Count / images / ((double)real.Count / files.Length), 0.9, 1.1);
        foreach (double share in (ReadOnlySpan<double>)[0.05, 0.25, 0.5, 0.75])
        {
            Assert.InRange(Quantile(ours.Select(o => o.Box.Width), share) - Quantile(real.Select(o => o.Box.Width), share), -2, 2);
            Assert.InRange(Quantile(ours.Select(o => o.Box.Height), share) - Quantile(real.Select(o => o.Box.Height), share), -2, 2);
        }
        foreach (string name in SyntheticBoards.ClassNames)
        {
            double difference = ours.Count(o => o.Name == name) / (double)ours.Count - real.Count(o => o.Name == name) / (double)real.Count;
            Assert.InRange(difference, -0.04, 0.04);
        }
    }

    private static float Quantile(IEnumerable<float> values, double share)
    {
        float[] sorted = [.. values.Order()];
        return sorted[(int)(share * (sorted.Length - 1))];
    }

    private static string Digest(AnnotatedImage image) =>
        Convert.ToHexString(SHA256.HashData(image.Image.Pixels)) + string.Join(';', image.Objects);

    private static IEnumerable<int> PixelsOf(Box box, int size)
    {
        for (int y = (int)box.YMin; y < box.YMax; y++)
        {
            for (int x = (int)box.XMin; x < box.XMax; x++) yield return y * size + x;
        }
    }

    private static Box ChangedBounds(PlanarImage before, PlanarImage after, Box box)
    {
        int left = int.MaxValue, top = int.MaxValue, right = 0, bottom = 0;
        foreach (int i in PixelsOf(box, before.Width))
        {
            if (before.Pixels[i] == after.Pixels[i]) continue;
            (left, right) = (Math.Min(left, i % before.Width), Math.Max(right, i % before.Width + 1));
            (top, bottom) = (Math.Min(top, i / before.Width), Math.Max(bottom, i / before.Width + 1));
        }
        return new(left, top, right, bottom);
    }

    /// <summary>Connected pieces (four neighbours) of dark and of bright pixels in a window, by a plain flood fill.</summary>
    private static (int Copper, int Bare) CountPieces(byte[] pixels, int size, Box window)
    {
        var seen = new HashSet<int>();
        int copper = 0, bare = 0;
        foreach (int start in PixelsOf(window, size))
        {
            if (!seen.Add(start)) continue;
            bool dark = pixels[start] < 128;
            if (dark) copper++;
            else bare++;
            var open = new Stack<int>([start]);
            while (open.TryPop(out int i))
            {
                (int x, int y) = (i % size, i / size);
                if (x > window.XMin) Visit(i - 1);
                if (x < window.XMax - 1) Visit(i + 1);
                if (y > window.YMin) Visit(i - size);
                if (y < window.YMax - 1) Visit(i + size);
            }

            void Visit(int next)
            {
                if (pixels[next] < 128 == dark && seen.Add(next)) open.Push(next);
            }
        }
        return (copper, bare);
    }
}
