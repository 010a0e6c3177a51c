using System.Text;

namespace ScratchDet.Kernel.Session;

/// <summary>
/// Stands before the console of the process: what the code of a cell writes goes to that cell's output, everything else
/// to where it went before.
/// </summary>
internal static class ConsoleCapture
{
    private static readonly Lock Gate = new();
    private static bool installed;

    /// <summary>Once a process; a cell that sets its own writer keeps it.</summary>
    public static void Install()
    {
        if (Volatile.Read(ref installed)) return;
        lock (Gate)
        {
            if (installed) return;
            Console.SetOut(new CellWriter(Console.Out, ConsoleStream.Output));
            Console.SetError(new CellWriter(Console.Error, ConsoleStream.Error));
            Console.SetIn(new CellReader(Console.In));
            Volatile.Write(ref installed, true);
        }
    }

    private sealed class CellWriter(TextWriter outside, ConsoleStream stream) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write(new ReadOnlySpan<char>(in value));

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void Write(string? value) => Write(value.AsSpan());

        public override void Write(ReadOnlySpan<char> buffer)
        {
            if (CellScope.Current is { } cell) cell.Write(stream, buffer);
            else outside.Write(buffer);
        }

        public override void WriteLine(string? value)
        {
            Write(value.AsSpan());
            Write(CoreNewLine);
        }

        public override void Flush()
        {
            if (CellScope.Current is { } cell) cell.Flush();
            else outside.Flush();
        }
    }

    /// <summary>Reads whole lines from whoever sits at the notebook, and hands them out also by the character.</summary>
    private sealed class CellReader(TextReader outside) : TextReader
    {
        private CellScope? asked;
        private string rest = "";
        private int place;

        public override string? ReadLine()
        {
            if (CellScope.Current is not { } cell) return outside.ReadLine();
            if (!HasRest(cell)) return cell.ReadInput("", isPassword: false);
            string line = rest[place..].TrimEnd('\n');
            place = rest.Length;
            return line;
        }

        public override int Read()
        {
            if (CellScope.Current is null) return outside.Read();
            int next = Peek();
            place++;
            return next;
        }

        public override int Peek()
        {
            if (CellScope.Current is not { } cell) return outside.Peek();
            if (!HasRest(cell))
            {
                rest = cell.ReadInput("", isPassword: false) + "\n";
                place = 0;
                asked = cell;
            }
            return rest[place];
        }

        /// <summary>What one cell has left of its line is not for the next.</summary>
        private bool HasRest(CellScope cell) => asked == cell && place < rest.Length;
    }
}
