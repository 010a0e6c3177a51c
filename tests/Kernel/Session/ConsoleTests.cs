using ScratchDet.Kernel.Session;

namespace ScratchDet.Tests.Kernel.Session;

public class ConsoleTests
{
    [Fact]
    public async Task Console_text_of_the_cell_of_its_tasks_and_threads_is_its_output()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.RunAll("""
            Console.WriteLine("cell");
            await Task.Run(() => Console.WriteLine("task"));
            var thread = new System.Threading.Thread(() => Console.WriteLine("thread"));
            thread.Start();
            thread.Join();
            Console.Error.WriteLine("error");
            Console.Write("{0:0.0}", 1.5);
            """);

        Assert.Equal("cell\ntask\nthread\n1.5", cell.Output);
        Assert.Equal("error\n", cell.ErrorOutput);
    }

    [Fact]
    public async Task Text_that_a_task_prints_after_its_cell_has_ended_is_still_that_cells()
    {
        using var notebook = new TestNotebook();

        RecordedCell first = await notebook.RunAll("var go = new TaskCompletionSource(); var late = Task.Run(async () => { await go.Task; Console.WriteLine(\"late\"); });");
        RecordedCell second = await notebook.RunAll("go.SetResult(); await late; Console.WriteLine(\"second\");");
        for (int wait = 0; wait < 200 && first.Output.Length == 0; wait++) await Task.Delay(10, TestContext.Current.CancellationToken);

        Assert.Equal("late\n", first.Output);
        Assert.Equal("second\n", second.Output);
    }

    [Fact]
    public async Task Characters_are_gathered_into_few_messages_and_keep_their_order_among_displays()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.RunAll("""
            for (int i = 0; i < 2000; i++) Console.Write('a');
            display("shown");
            for (int i = 0; i < 2000; i++) Console.Write('b');
            Console.Error.Write("c");
            Console.Write("d");
            """);

        Assert.Equal(4001, cell.Output.Length);
        Assert.InRange(cell.Events.Count, 5, 100);
        string order = string.Concat(cell.Events.Select(one => one.StartsWith("display", StringComparison.Ordinal) ? '|' : one.StartsWith("Error", StringComparison.Ordinal) ? 'e' : one[^1]));
        Assert.Matches("^a+\\|b+ed$", order);
    }

    [Fact]
    public async Task Text_appears_while_the_cell_still_runs()
    {
        using var notebook = new TestNotebook();
        using var stop = new CancellationTokenSource();
        var cell = new RecordedCell();

        Task<CellResult> running = notebook.Session.ExecuteAsync("Console.WriteLine(\"started\"); await Task.Delay(-1, ScratchDet.Notebook.Cell.Stop);", "csharp", cell, stop.Token);
        for (int wait = 0; wait < 1000 && cell.Output.Length == 0; wait++) await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Equal("started\n", cell.Output);
        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_hundred_megabytes_stream_through()
    {
        using var notebook = new TestNotebook();
        var output = new CountingOutput();

        CellResult result = await notebook.Session.ExecuteAsync(
            "Console.Write(new string('x', 20_000_000)); for (int i = 0; i < 800; i++) Console.WriteLine(new string('y', 99_999));",
            "csharp", output, TestContext.Current.CancellationToken);

        Assert.Null(result.Error);
        Assert.Equal(100_000_000, output.Characters);
        Assert.InRange(output.Longest, 1, 100_000);
    }

    [Fact]
    public async Task Half_a_character_waits_for_its_other_half()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.RunAll("foreach (char c in string.Concat(Enumerable.Repeat(\"😀\", 10_000))) Console.Write(c);");

        Assert.Equal(20_000, cell.Output.Length);
        Assert.All(cell.Events, one => Assert.False(char.IsHighSurrogate(one[^1])));
    }

    [Fact]
    public async Task Input_is_asked_of_the_reader()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.Run(
            "var name = Console.ReadLine(); var age = await Kernel.GetInputAsync(\"Age?\"); var secret = await Kernel.GetPasswordAsync(\"Word?\"); $\"{name} {age} {secret} {secret.GetClearTextPassword()}\"",
            answer: prompt => prompt switch { "Age?" => "7", "Word?" => "hush", _ => "Ada" });

        Assert.Null(cell.Error);
        Assert.Equal("Ada 7 ******** hush", cell.Value);
        Assert.Equal(["input  False", "input Age? False", "input Word? True"], cell.Events.Take(3));
    }

    [Fact]
    public async Task Single_characters_are_read_from_lines()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.Run("$\"{(char)Console.Read()}{(char)Console.Read()}|{Console.ReadLine()}\"", answer: _ => "abcd");

        Assert.Equal("ab|cd", cell.Value);
    }

    [Fact]
    public async Task Input_where_nobody_can_answer_is_a_clear_error()
    {
        using var notebook = new TestNotebook();

        CellError error = await notebook.Fail("Console.WriteLine(\"Name?\"); Console.ReadLine();");

        Assert.Equal((typeof(InputUnavailableException).FullName, "nobody is here"), (error.Name, error.Message));
    }

    [Fact]
    public async Task A_cell_can_take_away_what_it_has_shown()
    {
        using var notebook = new TestNotebook();

        Assert.Equal(["Output a", "clear True", "Output b"], (await notebook.RunAll("Console.Write('a'); ClearOutput(wait: true); Console.Write('b');")).Events);
    }

    private sealed class CountingOutput : ICellOutput
    {
        public long Characters { get; private set; }

        public int Longest { get; private set; }

        public void Write(ConsoleStream stream, string text)
        {
            Characters += text.Length;
            Longest = Math.Max(Longest, text.Length);
        }

        public void Display(string displayId, ScratchDet.Notebook.MimeBundle content) => throw new NotSupportedException();

        public void Update(string displayId, ScratchDet.Notebook.MimeBundle content) => throw new NotSupportedException();

        public void Result(ScratchDet.Notebook.MimeBundle content) => throw new NotSupportedException();

        public void Clear(bool wait) => throw new NotSupportedException();

        public string ReadInput(string prompt, bool isPassword) => throw new NotSupportedException();
    }
}
