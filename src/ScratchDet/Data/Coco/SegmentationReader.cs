namespace ScratchDet.Data.Coco;

/// <summary>
/// Reads one segmentation: a list of polygons, or an object with size and counts, which are a list of runs or compressed
/// text. What is wrong with it is kept: it matters only where masks are needed.
/// </summary>
internal sealed class SegmentationReader(JsonFileReader json)
{
    private const string Form = "write a list of polygons, or an object with size and counts";
    private readonly NumberBuffer<double> coordinates = new();
    private readonly NumberBuffer<int> lengths = new();
    private readonly NumberBuffer<uint> runs = new();
    private readonly NumberBuffer<byte> text = new();
    private bool isText;

    /// <summary>What is wrong, or null.</summary>
    public string? Fault { get; private set; }

    public string WhatToDo { get; private set; } = Form;

    public bool IsPolygons { get; private set; }

    /// <summary>In pixels, as the counts' size says; 0 for polygons.</summary>
    public int Height { get; private set; }

    /// <summary>In pixels, as the counts' size says; 0 for polygons.</summary>
    public int Width { get; private set; }

    /// <summary>Pixels that are set; 0 for polygons.</summary>
    public long Area { get; private set; }

    public ReadOnlySpan<uint> Runs => runs.Span;

    /// <returns>False when the value is null.</returns>
    public bool Read()
    {
        (Fault, WhatToDo, Height, Width, Area) = (null, Form, 0, 0, 0);
        JsonKind kind = json.Peek();
        IsPolygons = kind == JsonKind.Array;
        if (kind == JsonKind.Null) json.Skip();
        else if (kind == JsonKind.Array) ReadPolygons();
        else if (kind == JsonKind.Object) ReadCounts();
        else Note($"segmentation {json.SkipInsteadOf("a list or an object", kind)}");
        return kind != JsonKind.Null;
    }

    /// <summary>Takes the box as the mask, as pycocotools does for results that have no other.</summary>
    public void TakeBox(in CocoBox box)
    {
        (Fault, IsPolygons, Height, Width, Area) = (null, true, 0, 0, 0);
        (double left, double top, double right, double bottom) = (box.X, box.Y, box.X + box.Width, box.Y + box.Height);
        coordinates.Clear();
        lengths.Clear();
        foreach (double number in (ReadOnlySpan<double>)[left, top, left, bottom, right, bottom, right, top]) coordinates.Add(number);
        lengths.Add(coordinates.Count);
        CheckPolygons();
    }

    /// <summary>Adds what was read, which is not faulty, to the masks.</summary>
    public void AddTo(CocoMasks masks, int height, int width)
    {
        if (IsPolygons) masks.AddCheckedPolygons(height, width, coordinates.Span, lengths.Span);
        else if (isText) masks.AddCompressed(Height, Width, text.Span);
        else masks.AddRuns(Height, Width, runs.Span);
    }

    /// <summary>The mask of polygons that were read.</summary>
    public RunLengthMask Rasterised(int height, int width) => RunLengthMask.FromPolygons(height, width, coordinates.Span, lengths.Span);

    private void ReadPolygons()
    {
        coordinates.Clear();
        lengths.Clear();
        json.BeginArray();
        while (json.NextItem())
        {
            JsonKind kind = json.Peek();
            if (kind != JsonKind.Array)
            {
                string fault = json.SkipInsteadOf("a list", kind);
                Note($"entry {lengths.Count + 1} of segmentation {fault}");
                continue;
            }
            int before = coordinates.Count;
            if (json.Numbers(coordinates, out _) is { } numberFault)
                Note($"polygon {lengths.Count + 1} of segmentation has a coordinate that {numberFault}");
            lengths.Add(coordinates.Count - before);
        }
        if (Fault is null) CheckPolygons();
    }

    private void CheckPolygons()
    {
        if (PolygonRasterizer.FaultOf(coordinates.Span, lengths.Span) is not { } fault) return;
        Fault = $"segmentation: {fault}";
        WhatToDo = "write x, y of at least three corners for each polygon";
    }

    private void ReadCounts()
    {
        bool hasSize = false, hasCounts = false;
        json.BeginObject();
        while (json.NextKey(out ReadOnlySpan<byte> key))
        {
            if (key.SequenceEqual("size"u8)) hasSize = ReadSize();
            else if (key.SequenceEqual("counts"u8)) hasCounts = ReadRuns();
            else json.Skip();
        }
        if (!hasSize) Note("segmentation has no size");
        if (!hasCounts) Note("segmentation has no counts");
        if (Fault is not null) return;
        if (RunLengthMask.FaultOf(Height, Width, runs.Span, out long area) is { } fault) Note($"segmentation: {fault}");
        Area = area;
    }

    // The first thing wrong is the one to report. Callers read the value first: what is wrong must not stop the reading.
    private void Note(string fault) => Fault ??= fault;

    private bool ReadSize()
    {
        JsonKind kind = json.Peek();
        if (kind != JsonKind.Array)
        {
            Note($"segmentation has a size that {json.SkipInsteadOf("a list", kind)}");
            return true;
        }
        json.BeginArray();
        Span<int> size = stackalloc int[2];
        int count = 0;
        while (json.NextItem())
        {
            string? fault = json.Whole(out long number);
            if (fault is null && number is < 1 or > int.MaxValue) fault = $"is {number}";
            if (fault is not null) Note($"segmentation has a size with a number that {fault}");
            if (count < 2) size[count] = (int)number;
            count++;
        }
        if (count != 2) Note($"segmentation has a size of {count} numbers, not of height and width");
        (Height, Width) = (size[0], size[1]);
        return true;
    }

    private bool ReadRuns()
    {
        runs.Clear();
        JsonKind kind = json.Peek();
        isText = kind == JsonKind.Text;
        if (isText)
        {
            ReadOnlySpan<byte> letters = json.Text();
            letters.CopyTo(text.Room(letters.Length));
            text.Clear(letters.Length);
            if (CompressedRuns.Decode(letters, runs.Room(letters.Length), out int count) is { } fault) Note($"segmentation: {fault}");
            runs.Clear(count);
            return true;
        }
        if (kind != JsonKind.Array)
        {
            Note($"segmentation has counts that {json.SkipInsteadOf("a list or text", kind)}");
            return true;
        }
        json.BeginArray();
        while (json.NextItem())
        {
            string? fault = json.Whole(out long run);
            if (fault is null && run is < 0 or > uint.MaxValue) fault = $"is {run}";
            if (fault is not null) Note($"number {runs.Count + 1} of the counts of segmentation {fault}");
            runs.Add((uint)run);
        }
        return true;
    }
}
