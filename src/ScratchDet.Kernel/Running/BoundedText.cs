using System.Globalization;
using System.Text;

namespace ScratchDet.Kernel.Running;

/// <summary>
/// A text of which the beginning and the end are kept, however long it becomes; a line between them says how much is missing.
/// </summary>
/// <param name="limit">Characters that are kept at most, half of them from each end.</param>
internal sealed class BoundedText(int limit)
{
    private readonly StringBuilder head = new();
    private readonly int headLimit = (limit + 1) / 2;
    private readonly int tailLimit = limit / 2;

    // The last tailLimit characters, from `tailStart` on and around the end.
    private char[] tail = [];
    private int tailStart;
    private int tailLength;
    private long dropped;

    /// <summary>Characters that are kept now.</summary>
    public int Length => head.Length + tailLength;

    public void Append(ReadOnlySpan<char> text)
    {
        int toHead = dropped > 0 || tailLength > 0 ? 0 : Math.Min(text.Length, headLimit - head.Length);
        head.Append(text[..toHead]);
        text = text[toHead..];
        if (text.IsEmpty) return;
        if (text.Length >= tailLimit)
        {
            dropped += tailLength + text.Length - tailLimit;
            tail = text[^tailLimit..].ToArray();
            (tailStart, tailLength) = (0, tailLimit);
            return;
        }
        Grow(text.Length);
        int overwritten = Math.Max(0, tailLength + text.Length - tail.Length);
        dropped += overwritten;
        tailStart = (tailStart + overwritten) % tail.Length;
        tailLength -= overwritten;
        int at = (tailStart + tailLength) % tail.Length;
        int untilEnd = Math.Min(text.Length, tail.Length - at);
        text[..untilEnd].CopyTo(tail.AsSpan(at));
        text[untilEnd..].CopyTo(tail);
        tailLength += text.Length;
    }

    public override string ToString()
    {
        string end = string.Concat(Around(tailStart, Math.Min(tailLength, tail.Length - tailStart)), Around(0, Math.Max(0, tailStart + tailLength - tail.Length)));
        if (dropped == 0) return head + end;
        // Half of a surrogate pair at the cut would be no text.
        string start = head.ToString();
        if (start.Length > 0 && char.IsHighSurrogate(start[^1])) start = start[..^1];
        if (end.Length > 0 && char.IsLowSurrogate(end[0])) end = end[1..];
        string note = string.Create(CultureInfo.InvariantCulture, $"[... {dropped:N0} characters were left out here ...]");
        return $"{start}{(start.EndsWith('\n') ? "" : "\n")}{note}{(end.StartsWith('\n') ? "" : "\n")}{end}";
    }

    private ReadOnlySpan<char> Around(int start, int length) => tail.AsSpan(start, length);

    // Doubles, so that short texts cost little; the ring begins to turn only at the full size.
    private void Grow(int more)
    {
        int wanted = Math.Min(tailLimit, tailLength + more);
        if (wanted <= tail.Length) return;
        var larger = new char[Math.Min(tailLimit, Math.Max(wanted, 2 * tail.Length))];
        tail.AsSpan(tailStart, tailLength).CopyTo(larger); // not turned yet: below the full size nothing was dropped
        (tail, tailStart) = (larger, 0);
    }
}
