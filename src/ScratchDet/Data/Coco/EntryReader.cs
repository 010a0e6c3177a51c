using System.Globalization;
using System.Text;

namespace ScratchDet.Data.Coco;

/// <summary>
/// Reads the fields of one entry of a list. The first thing wrong with a field is kept, and reported at the entry's end,
/// when its id is known.
/// </summary>
internal sealed class EntryReader(JsonFileReader json)
{
    private const string BoxForm = "write x, y, width and height";
    public const string KeypointForm = "write x, y and visibility of each keypoint";
    private readonly NumberBuffer<double> boxNumbers = new();
    private string? what;
    private string? whatToDo;
    private long begin;

    public JsonFileReader Json => json;

    public bool IsFaulty => what is not null;

    /// <summary>Reads the brace that opens the next entry.</summary>
    /// <param name="list">The list's name.</param>
    /// <param name="index">From 0.</param>
    public void Begin(string list, int index)
    {
        JsonKind kind = json.Peek();
        begin = json.Position;
        (what, whatToDo) = (null, null);
        if (kind == JsonKind.Object)
        {
            json.BeginObject();
            return;
        }
        string fault = json.SkipInsteadOf("an object", kind);
        throw Bad(string.Create(CultureInfo.InvariantCulture, $"entry {index + 1} of {list}"), $"it {fault}", "write each entry as an object");
    }

    public void Note(string what, string whatToDo)
    {
        if (IsFaulty) return;
        (this.what, this.whatToDo) = (what, whatToDo);
    }

    /// <summary>Throws what was noted.</summary>
    public BadInputException Fault(string place) => Bad(place, what!, whatToDo!);

    public void Require(bool present, string field)
    {
        if (!present) Note($"{field} is missing", $"give each entry its {field}");
    }

    public bool Id(string field, out long number) =>
        Whole(field, out number, "number the images, categories and annotations: ids are whole numbers, the same in annotations and results");

    public bool Whole(string field, out long number, string whatToDo)
    {
        string? fault = json.Whole(out number);
        if (fault is not null) Note($"{field} {fault}", whatToDo);
        return fault is null;
    }

    public bool Number(string field, out double number)
    {
        string? fault = json.Number(out number);
        if (fault is not null) Note($"{field} {fault}", "write a finite number");
        return fault is null;
    }

    public bool Flag(string field)
    {
        if (json.Flag(out bool flag) is { } fault) Note($"{field} {fault}", "write 0 or 1");
        return flag;
    }

    /// <summary>A size in pixels; 0 when the value is null.</summary>
    public int Pixels(string field)
    {
        if (IsNull()) return 0;
        const string form = "write the image's size in pixels";
        if (Whole(field, out long number, form) && number is < 0 or > int.MaxValue) Note($"{field} is {number}", form);
        return number is < 0 or > int.MaxValue ? 0 : (int)number;
    }

    /// <summary>Null when the value is no text.</summary>
    public string? TextOrNull()
    {
        if (json.Peek() == JsonKind.Text) return Encoding.UTF8.GetString(json.Text());
        json.Skip();
        return null;
    }

    /// <summary>Reads null, if that comes next.</summary>
    public bool IsNull()
    {
        if (json.Peek() != JsonKind.Null) return false;
        json.Skip();
        return true;
    }

    /// <summary>x, y, width, height.</summary>
    /// <returns>False for null and the empty list, and when a fault was noted.</returns>
    public bool Box(out CocoBox box)
    {
        box = default;
        boxNumbers.Clear();
        if (IsNull() || !Numbers("bbox", boxNumbers, BoxForm) || boxNumbers.Count == 0) return false;
        ReadOnlySpan<double> numbers = boxNumbers.Span;
        if (numbers.Length != 4)
        {
            Note($"bbox has {numbers.Length} numbers, not 4", BoxForm);
            return false;
        }
        box = new(numbers[0], numbers[1], numbers[2], numbers[3]);
        if (box.Width >= 0 && box.Height >= 0) return true;
        Note(string.Create(CultureInfo.InvariantCulture, $"bbox has the negative size {box.Width} x {box.Height}"), BoxForm);
        return false;
    }

    /// <summary>x, y, visibility of each keypoint.</summary>
    /// <returns>False for null, and when a fault was noted.</returns>
    public bool Keypoints(NumberBuffer<double> into)
    {
        bool isGiven = Keypoints(into, out string? fault);
        if (fault is not null) Note(fault, KeypointForm);
        return isGiven && fault is null;
    }

    /// <summary>As <see cref="Keypoints(NumberBuffer{double})"/>, for where it may not matter what is wrong: that is given, not noted.</summary>
    /// <returns>False for null.</returns>
    public bool Keypoints(NumberBuffer<double> into, out string? fault)
    {
        fault = null;
        if (IsNull()) return false;
        fault = FaultOfNumbers("keypoints", into);
        if (fault is null && into.Count % 3 != 0) fault = $"keypoints has {into.Count} numbers, not a multiple of 3";
        return true;
    }

    private bool Numbers(string field, NumberBuffer<double> into, string form)
    {
        string? fault = FaultOfNumbers(field, into);
        if (fault is not null) Note(fault, form);
        return fault is null;
    }

    private string? FaultOfNumbers(string field, NumberBuffer<double> into)
    {
        JsonKind kind = json.Peek();
        if (kind != JsonKind.Array) return $"{field} {json.SkipInsteadOf("a list", kind)}";
        return json.Numbers(into, out int index) is { } fault ? $"number {index + 1} of {field} {fault}" : null;
    }

    private BadInputException Bad(string place, string what, string whatToDo) =>
        new(json.File, string.Create(CultureInfo.InvariantCulture, $"{place} (byte {begin})"), what, whatToDo);
}
