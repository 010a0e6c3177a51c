using System.Text.RegularExpressions;

namespace ScratchDet.Tests;

/// <summary>The way of the data through src/ScratchDet: a folder uses only folders before it.</summary>
public partial class HouseTests
{
    private const int LongestFile = 400;
    private const int LongestBridge = 800;

    private static readonly string[] Order =
        ["Torch", "Boxes", "Data", "Models", "Losses", "Evaluation", "Training", "Experiments", "Runs", "Analysis", "Notebook", "Kernel", "Cli"];

    [Fact]
    public void No_file_of_the_kit_looks_ahead()
    {
        string kit = Path.Combine(Repository.Root, "src/ScratchDet");
        string[] files = Sources(kit);
        Assert.NotEmpty(files);

        Assert.Empty(files.SelectMany(file => LooksAhead(Path.GetRelativePath(kit, file), File.ReadAllText(file))));
    }

    [Fact]
    public void No_source_file_is_longer_than_400_lines_and_the_bridge_than_800()
    {
        string[] files = [.. new[] { "src", "tests", "data-scripts" }.SelectMany(folder => Sources(Path.Combine(Repository.Root, folder)))];
        Assert.NotEmpty(files);
        string bridge = Path.Combine(Repository.Root, "src/ScratchDet.Torch/Native/bridge.cpp");

        Assert.Empty(from file in files.Append(bridge)
                     let lines = File.ReadLines(file).Count()
                     where lines > (file == bridge ? LongestBridge : LongestFile)
                     select $"{file}: {lines} lines");
    }

    [Theory]
    [InlineData("Data/Loader.cs", "using ScratchDet.Boxes;\nnamespace ScratchDet.Data;", null)]
    [InlineData("Data/Augment/Flip.cs", "using ScratchDet.Data;\nnamespace ScratchDet.Data.Augment;", null)]
    [InlineData("Data/Loader.cs", "namespace ScratchDet.Data;\n// ScratchDet.Training.Trainer calls this", null)]
    [InlineData("Data/Loader.cs", "using ScratchDet.Training;\nnamespace ScratchDet.Data;", "Data/Loader.cs: Data uses Training, which comes after it")]
    [InlineData("Data/Loader.cs", "using static ScratchDet.Models.Ssd;\nnamespace ScratchDet.Data;", "Data/Loader.cs: Data uses Models, which comes after it")]
    [InlineData("Boxes/Iou.cs", "namespace ScratchDet.Boxes;\nvar x = ScratchDet.Losses.Focal.Of(1);", "Boxes/Iou.cs: Boxes uses Losses, which comes after it")]
    [InlineData("Seeds.cs", "namespace ScratchDet;\nusing ScratchDet.Data;", "Seeds.cs: the root uses Data, which comes after it")]
    [InlineData("Boxes/Iou.cs", "namespace ScratchDet.Data;", "Boxes/Iou.cs: its namespace is Data, its folder Boxes")]
    [InlineData("Helpers/Iou.cs", "namespace ScratchDet.Helpers;", "Helpers/Iou.cs: the folder Helpers has no place in the order")]
    public void A_look_ahead_is_found(string file, string code, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], LooksAhead(file, code));

    /// <summary>What is wrong with a file of src/ScratchDet, given its path there and its text.</summary>
    private static IEnumerable<string> LooksAhead(string file, string code)
    {
        string path = file.Replace('\\', '/');
        string folder = path.Contains('/') ? path[..path.IndexOf('/')] : "";
        int place = Array.IndexOf(Order, folder);
        if (folder.Length > 0 && place < 0)
        {
            yield return $"{path}: the folder {folder} has no place in the order";
            yield break;
        }

        string text = Comment().Replace(code, "");
        if (Namespace().Match(text) is { Success: true } own && own.Groups["part"].Value != folder)
            yield return $"{path}: its namespace is {own.Groups["part"].Value}, its folder {folder}";
        IEnumerable<string> used = Use().Matches(Namespace().Replace(text, "")).Select(match => match.Groups["part"].Value).Distinct();
        foreach (string part in used)
        {
            if (Array.IndexOf(Order, part) > place)
                yield return $"{path}: {(folder.Length == 0 ? "the root" : folder)} uses {part}, which comes after it";
        }
    }

    private static string[] Sources(string folder) => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories);

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bnamespace\s+ScratchDet(\.(?<part>\w+))?[\w.]*")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\bScratchDet\.(?<part>\w+)")]
    private static partial Regex Use();
}
