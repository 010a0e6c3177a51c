using System.Text.Json;
using ScratchDet.Evaluation.Coco;
using ScratchDet.Tests.Golden;

namespace ScratchDet.Tests.Evaluation.Coco;

/// <summary>Numbers of pycocotools; Golden/coco.py made them.</summary>
public class CocoGoldenTests
{
    public static TheoryData<string> Names() => [.. GoldenNumbers.Read("coco.json").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void All_numbers_are_those_of_pycocotools(string name)
    {
        JsonElement golden = GoldenNumbers.Read("coco.json").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);

        CocoEvaluation found = CocoCase.Evaluate(golden);

        CocoCase.AssertClose(CocoCase.Numbers(golden, "stats")!, found.Stats, "stats");
        CocoCase.AssertClose(CocoCase.Numbers(golden, "per_class")!, found.AveragePrecisionByCategory(), "per class");
        CocoCase.AssertClose(CocoCase.Numbers(golden, "recall")!, found.Recall, "recall");
    }
}
