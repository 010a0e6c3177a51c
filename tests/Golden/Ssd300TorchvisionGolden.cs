using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ScratchDet.Tests.Golden;

/// <summary>
/// Runs ssd300_torchvision.py once per test process, into a folder that is deleted at its end. The files that it makes
/// are listed at its head; weights are 105 MB, so only its summary is committed (ssd300_torchvision.json).
/// </summary>
internal static class Ssd300TorchvisionGolden
{
    private static readonly TorchRecipe Recipe = new("ssd300_torchvision.py");

    public static string CommittedSummary => Path.Combine(AppContext.BaseDirectory, "Golden", "ssd300_torchvision.json");

    /// <summary>The folder with the files; reports the calling test as skipped when no Python here has torchvision.</summary>
    public static string FolderOrSkip() => Recipe.FolderOrSkip();

    public static JsonElement ReadJson(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }

    /// <summary>One F32 tensor of a safetensors file, flat. Little-endian machines only.</summary>
    public static float[] ReadTensor(string file, string name)
    {
        byte[] bytes = File.ReadAllBytes(file);
        int headerLength = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        JsonElement entry = header.RootElement.GetProperty(name);
        Assert.Equal("F32", entry.GetProperty("dtype").GetString());
        int[] offsets = [.. entry.GetProperty("data_offsets").EnumerateArray().Select(e => e.GetInt32())];
        return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(8 + headerLength)[offsets[0]..offsets[1]]).ToArray();
    }
}
