using System.Security.Cryptography;
using System.Text.Json;
using System.Xml.Linq;
using ScratchDet.Data;
using ScratchDet.Data.Synthetic;

namespace ScratchDet.Tests.Data.Synthetic;

public sealed class GeneratedDatasetTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("scratchdet-generated-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void The_same_seed_writes_the_same_bytes()
    {
        Boards("a", 12, 96, 5, WriteRaw);
        Boards("b", 12, 96, 5, WriteRaw);
        Boards("c", 12, 96, 6, WriteRaw);
        Assert.Equal(DigestOf("a"), DigestOf("b"));
        Assert.NotEqual(DigestOf("a"), DigestOf("c"));
        Shapes("d", 12, 96, 5, ShapesLayout.Coco, WriteRaw);
        Shapes("e", 12, 96, 5, ShapesLayout.Coco, WriteRaw);
        Assert.Equal(DigestOf("d"), DigestOf("e"));
    }

    [Fact]
    public void Text_files_have_unix_line_ends_and_no_byte_order_mark()
    {
        Boards("a", 4, 96, 5, WriteRaw);
        foreach (string path in Directory.EnumerateFiles(In("a"), "*", SearchOption.AllDirectories).Where(path => !path.EndsWith(".jpg")))
        {
            byte[] bytes = File.ReadAllBytes(path);
            Assert.DoesNotContain((byte)'\r', bytes);
            Assert.NotEqual(0xEF, bytes[0]);
            Assert.Equal((byte)'\n', bytes[^1]);
        }
    }

    [Fact]
    public void The_VOC_folder_holds_the_rendered_objects_with_one_based_inclusive_pixels()
    {
        GeneratedDataset made = Boards("a", 6, 320, 5, WriteRaw);
        int objects = 0;
        for (int index = 0; index < 6; index++)
        {
            AnnotatedImage expected = SyntheticBoards.Render(5, index, 320);
            XElement annotation = XDocument.Load(Path.Combine(In("a"), "Annotations", $"{index + 1:D6}.xml")).Root!;
            Assert.Equal($"{index + 1:D6}.jpg", (string?)annotation.Element("filename"));
            Assert.Equal("320", (string?)annotation.Element("size")!.Element("width"));
            Assert.Equal("1", (string?)annotation.Element("size")!.Element("depth"));
            Assert.Equal(expected.Image.Pixels, File.ReadAllBytes(Path.Combine(In("a"), "JPEGImages", $"{index + 1:D6}.jpg")));
            XElement[] items = [.. annotation.Elements("object")];
            Assert.Equal(expected.Objects.Count, items.Length);
            foreach ((ObjectAnnotation item, XElement element) in expected.Objects.Zip(items))
            {
                XElement box = element.Element("bndbox")!;
                Assert.Equal(SyntheticBoards.ClassNames[item.ClassIndex], (string?)element.Element("name"));
                Assert.Equal(item.Box.XMin + 1, (float)box.Element("xmin")!);
                Assert.Equal(item.Box.YMin + 1, (float)box.Element("ymin")!);
                Assert.Equal(item.Box.XMax, (float)box.Element("xmax")!);
                Assert.Equal(item.Box.YMax, (float)box.Element("ymax")!);
                objects++;
            }
        }
        Assert.Equal(new GeneratedDataset(In("a"), 6, objects, AlreadyComplete: false), made);
    }

    [Theory]
    [InlineData(1, 1, 0, 0)]
    [InlineData(3, 1, 1, 1)]
    [InlineData(20, 14, 3, 3)]
    public void The_splits_are_disjoint_and_complete(int images, int train, int validation, int test)
    {
        Shapes("a", images, 64, 1, ShapesLayout.Voc, WriteRaw);
        string[] List(string name) => File.ReadAllLines(Path.Combine(In("a"), "ImageSets", "Main", name + ".txt"));
        Assert.Equal((train, validation, test), (List("train").Length, List("val").Length, List("test").Length));
        Assert.Equal([.. List("train"), .. List("val")], List("trainval"));
        string[] all = [.. List("trainval"), .. List("test")];
        Assert.Equal(images, all.Distinct().Count());
        Assert.All(all, id => Assert.True(File.Exists(Path.Combine(In("a"), "JPEGImages", id + ".png")) && File.Exists(Path.Combine(In("a"), "Annotations", id + ".xml"))));
    }

    [Fact]
    public void The_COCO_files_hold_the_masks_areas_boxes_and_keypoints()
    {
        const int size = 128;
        Shapes("a", 10, size, 3, ShapesLayout.Coco, WriteRaw);
        var annotationIds = new HashSet<int>();
        int images = 0;
        foreach (string part in (string[])["train", "val", "test"])
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(In("a"), "annotations", $"instances_{part}.json")));
            JsonElement root = document.RootElement;
            Assert.Equal(SyntheticShapes.ClassNames, root.GetProperty("categories").EnumerateArray().Select(category => category.GetProperty("name").GetString()!));
            Assert.All(root.GetProperty("categories").EnumerateArray(), category => Assert.Equal(5, category.GetProperty("keypoints").GetArrayLength()));
            foreach (JsonElement image in root.GetProperty("images").EnumerateArray())
            {
                images++;
                int id = image.GetProperty("id").GetInt32();
                Assert.True(File.Exists(Path.Combine(In("a"), "images", part, image.GetProperty("file_name").GetString()!)));
                ShapeObject[] expected = [.. SyntheticShapes.Render(3, id - 1, size).Objects];
                JsonElement[] found = [.. root.GetProperty("annotations").EnumerateArray().Where(a => a.GetProperty("image_id").GetInt32() == id)];
                Assert.Equal(expected.Length, found.Length);
                foreach ((ShapeObject item, JsonElement annotation) in expected.Zip(found))
                {
                    Assert.True(annotationIds.Add(annotation.GetProperty("id").GetInt32()));
                    Assert.Equal(item.ClassIndex + 1, annotation.GetProperty("category_id").GetInt32());
                    Assert.Equal(item.Mask.Sum(value => value), annotation.GetProperty("area").GetInt32());
                    Assert.Equal([item.Box.XMin, item.Box.YMin, item.Box.Width, item.Box.Height], annotation.GetProperty("bbox").EnumerateArray().Select(n => n.GetSingle()));
                    Assert.Equal(item.Mask, Decode(annotation.GetProperty("segmentation"), size));
                    int[] keypoints = [.. annotation.GetProperty("keypoints").EnumerateArray().Select(n => n.GetInt32())];
                    Assert.Equal(item.Keypoints.SelectMany(k => (int[])[(int)k.X, (int)k.Y, k.Visibility]), keypoints);
                    Assert.Equal(item.Keypoints.Count(k => k.Visibility > 0), annotation.GetProperty("num_keypoints").GetInt32());
                }
            }
        }
        Assert.Equal(10, images);
    }

    [Fact]
    public void A_complete_folder_is_left_alone_and_an_incomplete_one_made_anew()
    {
        Boards("a", 4, 96, 5, WriteRaw);
        int calls = 0;
        void Count(string path, PlanarImage image)
        {
            Interlocked.Increment(ref calls);
            WriteRaw(path, image);
        }
        string before = DigestOf("a");
        Assert.True(Boards("a", 4, 96, 5, Count).AlreadyComplete);
        Assert.Equal(0, calls);

        File.Delete(Path.Combine(In("a"), "JPEGImages", "000002.jpg"));
        Assert.False(Boards("a", 4, 96, 5, Count).AlreadyComplete);
        Assert.Equal(4, calls);
        Assert.Equal(before, DigestOf("a"));

        Assert.False(Boards("a", 5, 96, 5, Count).AlreadyComplete);
        Assert.Equal(5, Directory.GetFiles(Path.Combine(In("a"), "JPEGImages")).Length);
    }

    [Fact]
    public void A_folder_of_somebody_else_is_refused_and_untouched()
    {
        Directory.CreateDirectory(In("a"));
        File.WriteAllText(Path.Combine(In("a"), "thesis.txt"), "years of work");
        var exception = Assert.Throws<BadInputException>(() => Boards("a", 2, 96, 5, WriteRaw));
        Assert.Contains("not made by this generator", exception.Message);

        File.WriteAllText(Path.Combine(In("a"), "generator.json"), "{\"generator\": 3}");
        Assert.Throws<BadInputException>(() => Boards("a", 2, 96, 5, WriteRaw));
        File.WriteAllText(In("b"), "a file");
        Assert.Throws<BadInputException>(() => Boards("b", 2, 96, 5, WriteRaw));

        Boards("c", 2, 96, 5, WriteRaw);
        Assert.Throws<BadInputException>(() => Shapes("c", 2, 96, 5, ShapesLayout.Voc, WriteRaw));
        File.WriteAllText(Path.Combine(In("c"), "notes.txt"), "mine");
        Assert.Contains("notes.txt", Assert.Throws<BadInputException>(() => Boards("c", 3, 96, 5, WriteRaw)).Message);

        Assert.Equal("years of work", File.ReadAllText(Path.Combine(In("a"), "thesis.txt")));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(In("c"), "notes.txt")));
        Assert.Equal(["a", "b", "c"], Directory.GetFileSystemEntries(root).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void An_empty_folder_may_be_filled()
    {
        Directory.CreateDirectory(In("a"));
        Assert.False(Boards("a", 2, 96, 5, WriteRaw).AlreadyComplete);
    }

    [Fact]
    public void A_failure_leaves_nothing_behind_and_keeps_its_type()
    {
        void Fail(string path, PlanarImage image)
        {
            if (path.EndsWith("000003.jpg")) throw new IOException("No space left on device");
            WriteRaw(path, image);
        }
        Assert.Throws<IOException>(() => Boards("a", 4, 96, 5, Fail));
        Assert.Empty(Directory.GetFileSystemEntries(root));
        using var cancelled = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => BoardsDataset.Write(In("a"), 40, 96, 5, WriteRaw, (_, _) => cancelled.Cancel(), cancelled.Token));
        Assert.Empty(Directory.GetFileSystemEntries(root));
    }

    [Fact]
    public void What_a_killed_run_left_is_made_anew()
    {
        string left = In("a") + ".incomplete";
        Directory.CreateDirectory(Path.Combine(left, "JPEGImages"));
        File.WriteAllText(Path.Combine(left, "generator.lock"), "");
        File.WriteAllText(Path.Combine(left, "JPEGImages", "000009.jpg"), "half a picture");
        Boards("a", 2, 96, 5, WriteRaw);
        Boards("b", 2, 96, 5, WriteRaw);
        Assert.Equal(DigestOf("b"), DigestOf("a"));
        Assert.False(Directory.Exists(left));
    }

    [Fact]
    public void A_second_run_into_the_same_folder_at_the_same_time_is_refused()
    {
        BadInputException? refused = null;
        void Nested(string path, PlanarImage image)
        {
            WriteRaw(path, image);
            refused = Assert.Throws<BadInputException>(() => Boards("a", 1, 96, 5, WriteRaw));
        }
        Boards("a", 1, 96, 5, Nested);
        Assert.NotNull(refused);
        Assert.Single(Directory.GetFiles(Path.Combine(In("a"), "JPEGImages")));
    }

    [Fact]
    public void Progress_counts_every_image_once_in_rising_order()
    {
        var seen = new List<int>();
        Shapes("a", 9, 64, 1, ShapesLayout.Voc, WriteRaw, (done, total) =>
        {
            Assert.Equal(9, total);
            seen.Add(done);
        });
        Assert.Equal(Enumerable.Range(1, 9), seen);
    }

    private string In(string name) => Path.Combine(root, name);

    private GeneratedDataset Boards(string name, int images, int size, ulong seed, Action<string, PlanarImage> imageWriter) =>
        BoardsDataset.Write(In(name), images, size, seed, imageWriter, cancellation: TestContext.Current.CancellationToken);

    private GeneratedDataset Shapes(
        string name, int images, int size, ulong seed, ShapesLayout layout, Action<string, PlanarImage> imageWriter, Action<int, int>? progress = null) =>
        ShapesDataset.Write(In(name), images, size, seed, layout, imageWriter, progress, TestContext.Current.CancellationToken);

    /// <summary>Stands in for the encoder: the bare pixels.</summary>
    private static void WriteRaw(string path, PlanarImage image) => File.WriteAllBytes(path, image.Pixels);

    private string DigestOf(string name)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string path in Directory.EnumerateFiles(In(name), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(Path.GetRelativePath(In(name), path)));
            hash.AppendData(File.ReadAllBytes(path));
        }
        return Convert.ToHexString(hash.GetCurrentHash());
    }

    private static byte[] Decode(JsonElement segmentation, int size)
    {
        Assert.Equal([size, size], segmentation.GetProperty("size").EnumerateArray().Select(n => n.GetInt32()));
        var mask = new byte[size * size];
        int at = 0;
        byte value = 0;
        foreach (JsonElement run in segmentation.GetProperty("counts").EnumerateArray())
        {
            for (int k = 0; k < run.GetInt32(); k++, at++) mask[at % size * size + at / size] = value;
            value = (byte)(1 - value);
        }
        Assert.Equal(size * size, at);
        return mask;
    }
}
