using System.Globalization;
using System.Text;
using ScratchDet.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ScratchDet.Notebook;

/// <summary>
/// What a tensor is, seen when the view is made: shape, element type, device, what its values are like, and some of them.
/// It keeps no tensor.
/// </summary>
[TypeFormatterSource(typeof(DisplayableFormatterSource))]
public sealed class TensorView : IDisplayable
{
    private const int MostRows = 8;
    private const int MostColumns = 8;

    private readonly string header;
    private readonly string statistics;
    private readonly string place;
    private readonly IReadOnlyList<IReadOnlyList<string>> rows;

    private TensorView(string header, string statistics, string place, IReadOnlyList<IReadOnlyList<string>> rows) =>
        (this.header, this.statistics, this.place, this.rows) = (header, statistics, place, rows);

    public static TensorView Of(Tensor tensor)
    {
        if (tensor.IsInvalid) return new TensorView("disposed tensor", "", "", []);
        long count = tensor.numel();
        string kind = tensor is Parameter ? "Parameter" : "Tensor";
        string gradient = tensor.requires_grad ? ", requires_grad" : "";
        string header = $"{kind} ({string.Join(", ", tensor.shape)}) {tensor.dtype} on {tensor.device}, {ViewMarkup.Count(count, "value")}{gradient}";
        bool hasNumbers = count > 0 && tensor.device_type != DeviceType.META && tensor.dtype is not (ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64 or ScalarType.QInt8 or ScalarType.QUInt8 or ScalarType.QInt32);
        if (!hasNumbers) return new TensorView(header, "", "", []);
        using IDisposable noGradient = no_grad();
        using Tensor plain = tensor.detach();
        (string place, IReadOnlyList<IReadOnlyList<string>> rows) = Head(plain);
        return new TensorView(header, count == 1 ? "" : Statistics(plain), place, rows);
    }

    public MimeBundle ToMimeBundle() => ViewMarkup.Bundle(ToText(), html =>
    {
        html.Title(header);
        if (statistics.Length > 0) html.Line(statistics);
        if (place.Length > 0) html.Line(place, soft: true);
        WriteRows(html);
    });

    public string ToText()
    {
        var text = new StringBuilder(header);
        if (statistics.Length > 0) text.Append('\n').Append(statistics);
        if (place.Length > 0) text.Append('\n').Append(place);
        if (rows.Count == 0) return text.ToString();
        int width = rows.Max(row => row.Max(cell => cell.Length));
        foreach (IReadOnlyList<string> row in rows)
            text.Append("\n  ").AppendJoin("  ", row.Select(cell => cell.PadLeft(width)));
        return text.ToString();
    }

    private void WriteRows(StringBuilder html)
    {
        if (rows.Count == 0) return;
        html.Append("<div class=\"scroll\"><table class=\"mono\"><tbody>");
        foreach (IReadOnlyList<string> row in rows)
        {
            html.Append("<tr>");
            foreach (string cell in row) html.Append("<td class=\"number\">").Append(Markup.Escape(cell)).Append("</td>");
            html.Append("</tr>");
        }
        html.Append("</tbody></table></div>");
    }

    /// <summary>The values of the last two dimensions, of the first of everything before them, as many as fit.</summary>
    private static (string Place, IReadOnlyList<IReadOnlyList<string>> Rows) Head(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] shape = tensor.shape;
        Tensor matrix = tensor;
        for (int dimension = shape.Length; dimension > 2; dimension--) matrix = matrix.select(0, 0);
        if (shape.Length < 2) matrix = matrix.reshape(1, -1);
        (int height, int width) = (Shown(matrix.shape[0], MostRows), Shown(matrix.shape[1], shape.Length < 2 ? 2 * MostColumns : MostColumns));
        Tensor corner = matrix.slice(0, 0, height, 1).slice(1, 0, width, 1).cpu().contiguous();
        (bool cutBelow, bool cutRight) = (height < matrix.shape[0], width < matrix.shape[1]);
        var rows = new List<IReadOnlyList<string>>();
        string[] values = Texts(corner);
        for (int row = 0; row < height; row++)
            rows.Add([.. values.AsSpan(row * width, width), .. cutRight ? ["…"] : (string[])[]]);
        if (cutBelow) rows.Add([.. Enumerable.Repeat("⋮", width + (cutRight ? 1 : 0))]);
        string before = string.Concat(Enumerable.Repeat("0, ", Math.Max(0, shape.Length - 2)));
        return (shape.Length > 2 ? $"values at [{before}:, :]" : "", rows);
    }

    private static int Shown(long size, int most) => (int)(size <= most + 2 ? size : most);

    private static string[] Texts(Tensor corner)
    {
        switch (corner.dtype)
        {
            case ScalarType.Bool:
                return [.. corner.data<bool>().ToArray().Select(value => value ? "true" : "false")];
            case ScalarType.Int64 or ScalarType.Int32 or ScalarType.Int16 or ScalarType.Int8 or ScalarType.Byte:
                using (Tensor whole = corner.to(ScalarType.Int64)) return [.. whole.data<long>().ToArray().Select(value => value.ToString(CultureInfo.InvariantCulture))];
            default:
                using (Tensor numbers = corner.to(ScalarType.Float64)) return [.. numbers.data<double>().ToArray().Select(value => ViewMarkup.Short(value))];
        }
    }

    private static string Statistics(Tensor tensor)
    {
        switch (tensor.dtype)
        {
            case ScalarType.Bool:
                using (Tensor sum = tensor.sum(ScalarType.Int64))
                    return $"{ViewMarkup.Grouped(sum.item<long>())} true, {ViewMarkup.Grouped(tensor.numel() - sum.item<long>())} false";
            case ScalarType.Int64 or ScalarType.Int32 or ScalarType.Int16 or ScalarType.Int8 or ScalarType.Byte:
                using (Tensor low = tensor.min().to(ScalarType.Int64, disposeAfter: true))
                using (Tensor high = tensor.max().to(ScalarType.Int64, disposeAfter: true))
                    return string.Create(CultureInfo.InvariantCulture, $"min {low.item<long>()}, max {high.item<long>()}, mean {ViewMarkup.Short(TensorStatistics.Of(tensor).Mean)}");
            default:
                return TensorStatistics.Of(tensor).ToString();
        }
    }
}

/// <summary>What the values of a tensor are like; mean and deviation are over the finite ones.</summary>
/// <param name="Deviation">Over all values (not the estimate that divides by one less).</param>
internal readonly record struct TensorStatistics(long Count, long NanCount, long InfiniteCount, double Min, double Max, double Mean, double Deviation)
{
    private const long ValuesAtOnce = 1 << 20;

    /// <summary>In pieces, so that a large tensor, wherever it is, needs little memory here.</summary>
    public static TensorStatistics Of(Tensor tensor)
    {
        using Tensor flat = tensor.reshape(-1);
        long count = flat.shape[0], nans = 0, infinite = 0;
        double min = double.PositiveInfinity, max = double.NegativeInfinity, sum = 0, squares = 0, shift = double.NaN;
        for (long start = 0; start < count; start += ValuesAtOnce)
        {
            using Tensor piece = flat.slice(0, start, Math.Min(count, start + ValuesAtOnce), 1);
            using Tensor numbers = piece.to(ScalarType.Float64, CPU);
            using Tensor packed = numbers.contiguous();
            foreach (double value in packed.AsSpan<double>())
            {
                if (!double.IsFinite(value))
                {
                    if (double.IsNaN(value)) nans++;
                    else infinite++;
                    continue;
                }
                // Shifted by the first value, so that a large mean does not eat the digits of a small deviation.
                if (double.IsNaN(shift)) shift = value;
                double less = value - shift;
                sum += less;
                squares += less * less;
                min = Math.Min(min, value);
                max = Math.Max(max, value);
            }
        }
        long finite = count - nans - infinite;
        if (finite == 0) return new TensorStatistics(count, nans, infinite, double.NaN, double.NaN, double.NaN, double.NaN);
        double mean = sum / finite;
        return new TensorStatistics(count, nans, infinite, min, max, shift + mean, Math.Sqrt(Math.Max(0, (squares / finite) - (mean * mean))));
    }

    public override string ToString()
    {
        string finite = NanCount + InfiniteCount == Count
            ? "no finite value"
            : $"min {ViewMarkup.Short(Min)}, max {ViewMarkup.Short(Max)}, mean {ViewMarkup.Short(Mean)}, deviation {ViewMarkup.Short(Deviation)}";
        return finite
            + (NanCount > 0 ? $", {ViewMarkup.Grouped(NanCount)} NaN" : "")
            + (InfiniteCount > 0 ? $", {ViewMarkup.Grouped(InfiniteCount)} infinite" : "");
    }
}
