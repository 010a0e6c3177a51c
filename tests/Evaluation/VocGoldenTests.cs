using System.Text.Json;
using ScratchDet.Evaluation;
using ScratchDet.Tests.Golden;

namespace ScratchDet.Tests.Evaluation;

/// <summary>Numbers of a plain program that has the rules of the devkit, and of its port, one after another; Golden/voc.py.</summary>
public class VocGoldenTests
{
    public static TheoryData<int, VocRules> Cases()
    {
        var data = new TheoryData<int, VocRules>();
        for (int i = 0; i < GoldenNumbers.Read("voc.json").GetArrayLength(); i++)
        {
            data.Add(i, VocRules.Devkit);
            data.Add(i, VocRules.PyFasterRcnn);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Average_precisions_are_those_of_the_plain_program(int index, VocRules rules)
    {
        JsonElement golden = GoldenNumbers.Read("voc.json")[index];
        var evaluator = new VocEvaluator(["a", "b", "c"], golden.GetProperty("iou").GetDouble(), rules);
        for (int image = 0; image < golden.GetProperty("images").GetInt32(); image++) evaluator.AddImage($"{image}");
        foreach (JsonElement item in golden.GetProperty("objects").EnumerateArray())
            evaluator.AddObject($"{item.GetProperty("image")}", item.GetProperty("class").GetInt32(), Box(item), item.GetProperty("difficult").GetBoolean());
        foreach (JsonElement found in golden.GetProperty("detections").EnumerateArray())
            evaluator.AddDetection($"{found.GetProperty("image")}", found.GetProperty("class").GetInt32(), found.GetProperty("score").GetDouble(), Box(found));

        JsonElement expected = golden.GetProperty(rules == VocRules.Devkit ? "devkit" : "port");
        foreach ((VocClassResult found, JsonElement numbers) in evaluator.Compute().Classes.Zip(expected.EnumerateArray()))
        {
            if (numbers.ValueKind == JsonValueKind.Null)
            {
                Assert.Equal((0, null, null), (found.ObjectCount, found.Ap07, found.ApArea));
                continue;
            }
            Assert.Equal(numbers.GetProperty("07").GetDouble(), found.Ap07!.Value, 1e-12);
            Assert.Equal(numbers.GetProperty("area").GetDouble(), found.ApArea!.Value, 1e-12);
        }
    }

    private static VocCorners Box(JsonElement item)
    {
        double[] numbers = [.. item.GetProperty("box").EnumerateArray().Select(number => number.GetDouble())];
        return new VocCorners(numbers[0], numbers[1], numbers[2], numbers[3]);
    }
}
