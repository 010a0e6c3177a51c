using System.Diagnostics;
using ScratchDet.Kernel.Session;

namespace ScratchDet.Tests.Kernel.Session;

public class ReferenceTests
{
    [Fact]
    public async Task A_dll_is_found_relative_to_the_notebook_and_stays_for_later_cells()
    {
        using var notebook = new TestNotebook();
        string folder = Directory.CreateDirectory(Path.Combine(notebook.Folder, "lib")).FullName;
        TestAssemblies.Build(folder, "Pets", "public class Dog { public string Says => \"woof\"; }");

        RecordedCell cell = await notebook.RunAll("#r \"lib/Pets.dll\"\nvar dog = new Dog();\ndog.Says", "new Dog().Says + dog.Says");

        Assert.Equal("woofwoof", cell.Value);
    }

    [Fact]
    public async Task What_a_dll_needs_from_its_own_folder_is_found()
    {
        using var notebook = new TestNotebook();
        string folder = Directory.CreateDirectory(Path.Combine(notebook.Folder, "lib")).FullName;
        string inner = TestAssemblies.Build(folder, "Inner", "public class Core { public int Value => 5; }");
        TestAssemblies.Build(folder, "Outer", "public class Shell { public Core Core => new(); public static int Total => new Core().Value * 2; }", inner);

        RecordedCell cell = await notebook.RunAll("#r \"lib/Outer.dll\"", "Shell.Total + new Shell().Core.Value");

        Assert.Equal("15", cell.Value);
    }

    [Fact]
    public async Task A_dll_of_the_host_gives_the_very_types_that_the_kernel_uses()
    {
        using var notebook = new TestNotebook();
        // As a notebook that lies beside a build refers to it.
        string built = typeof(ScratchDet.Notebook.Cell).Assembly.Location;
        File.Copy(built, Path.Combine(notebook.Folder, "ScratchDet.Notebook.dll"));

        RecordedCell cell = await notebook.RunAll("#r \"ScratchDet.Notebook.dll\"\nusing ScratchDet.Notebook;\ntypeof(Cell).Assembly.Location");
        using var stop = new CancellationTokenSource();
        RecordedCell stoppable = await notebook.Run("Cell.Stop.CanBeCanceled", stop: stop.Token);
        RecordedCell shown = await notebook.RunAll("var live = Cell.Show(new MimeBundle(\"one\")); live.Update(new MimeBundle(\"two\"));");

        Assert.Equal(built, cell.Value);
        Assert.Equal("", cell.ErrorOutput);
        Assert.Equal("True", stoppable.Value);
        Assert.Equal(["one", "two"], shown.Shown.Select(one => one.Content.Text));
    }

    [Fact]
    public async Task A_dll_of_the_notebook_and_the_host_share_the_hosts_types()
    {
        using var notebook = new TestNotebook();
        string host = typeof(ScratchDet.Notebook.Cell).Assembly.Location;
        TestAssemblies.Build(notebook.Folder, "Plugin", "public static class Plugin { public static bool CanStop => ScratchDet.Notebook.Cell.Stop.CanBeCanceled; }", host);
        File.Copy(host, Path.Combine(notebook.Folder, "ScratchDet.Notebook.dll"));
        using var stop = new CancellationTokenSource();

        Assert.Equal("True", (await notebook.Run("#r \"Plugin.dll\"\nPlugin.CanStop", stop: stop.Token)).Value);
    }

    [Fact]
    public async Task Kit_dlls_of_another_build_are_pointed_out()
    {
        using var notebook = new TestNotebook();
        TestAssemblies.Build(notebook.Folder, "ScratchDet", "public class Impostor;");

        RecordedCell cell = await notebook.RunAll("#r \"ScratchDet.dll\"\ntypeof(ScratchDet.Seeds).Name");

        Assert.Equal("Seeds", cell.Value);
        Assert.Contains("differs from ScratchDet.dll", cell.ErrorOutput);
        Assert.Contains("uses the one of the running kernel", cell.ErrorOutput);
    }

    [Fact]
    public async Task A_rebuilt_dll_is_pointed_out_and_the_session_goes_on_with_the_old_one()
    {
        using var notebook = new TestNotebook();
        TestAssemblies.Build(notebook.Folder, "Pets", "public class Dog { public string Says => \"woof\"; }");
        await notebook.RunAll("#r \"Pets.dll\"", "new Dog().Says");
        TestAssemblies.Build(notebook.Folder, "Pets", "public class Dog { public string Says => \"miaow\"; }");

        RecordedCell cell = await notebook.RunAll("#r \"Pets.dll\"\nnew Dog().Says");

        Assert.Equal("woof", cell.Value);
        Assert.Contains("was rebuilt since the kernel started; restart the kernel to use it", cell.ErrorOutput);
    }

    [Fact]
    public async Task A_missing_dll_is_one_clear_line_and_nothing_runs()
    {
        using var notebook = new TestNotebook();

        RecordedCell cell = await notebook.Run("Console.WriteLine(1);\n#r \"lib/None.dll\"");

        Assert.Equal("ReferenceError", cell.Error?.Name);
        Assert.Equal(
            $"(2,1): #r \"lib/None.dll\": there is no file {Path.Combine(notebook.Folder, "lib/None.dll")}; build what it comes from, or correct the path (relative paths start at {notebook.Folder})",
            cell.Error?.Message);
        Assert.Empty(cell.Output);
    }

    [Fact]
    public async Task A_file_that_is_no_assembly_is_refused()
    {
        using var notebook = new TestNotebook();
        notebook.Write("text.dll", "this is text");

        CellError error = await notebook.Fail("#r \"text.dll\"");

        Assert.Contains("cannot be used", error.Message);
        Assert.EndsWith("name a .NET assembly (.dll)", error.Message);
    }

    [Fact]
    public async Task Assemblies_of_the_framework_go_by_their_names()
    {
        using var notebook = new TestNotebook();

        Assert.Equal("3", (await notebook.RunAll("#r \"System.Xml.XDocument\"\n#r \"System.Text.Json.dll\"\nSystem.Xml.Linq.XDocument.Parse(\"<a b='3'/>\").Root.Attribute(\"b\").Value")).Value);
    }

    [Fact]
    public async Task A_reference_line_within_a_text_is_text()
    {
        using var notebook = new TestNotebook();

        Assert.Equal("#r \"none.dll\"", (await notebook.RunAll("var text = \"\"\"\n#r \"none.dll\"\n\"\"\";\ntext")).Value);
    }

    [Fact]
    public async Task Load_compiles_a_file_with_paths_relative_to_it()
    {
        using var notebook = new TestNotebook();
        Directory.CreateDirectory(Path.Combine(notebook.Folder, "code/lib"));
        TestAssemblies.Build(Path.Combine(notebook.Folder, "code/lib"), "Pets", "public class Dog { public string Says => \"woof\"; }");
        notebook.Write("code/pets.csx", "#r \"lib/Pets.dll\"\n#load \"more.csx\"\nstring Speak() => new Dog().Says + more;");
        notebook.Write("code/more.csx", "var more = \"!\";");

        Assert.Equal("woof!", (await notebook.RunAll("#load \"code/pets.csx\"\nSpeak()")).Value);
        Assert.Equal("woof!", (await notebook.RunAll("Speak()")).Value);
    }

    [Fact]
    public async Task Errors_of_a_loaded_file_name_it_and_say_what_is_missing()
    {
        using var notebook = new TestNotebook();
        notebook.Write("bad.csx", "int x = \"a\";");
        notebook.Write("lacking.csx", "#r \"none.dll\"");

        Assert.StartsWith("bad.csx(1,9): error CS0029", (await notebook.Fail("#load \"bad.csx\"")).Message);
        Assert.Contains($"there is no file {Path.Combine(notebook.Folder, "none.dll")}", (await notebook.Fail("#load \"lacking.csx\"")).Message);
        Assert.Contains("none.csx", (await notebook.Fail("#load \"none.csx\"")).Message);
    }

    [Fact]
    public async Task An_unknown_package_is_named_with_the_reason_and_what_to_do()
    {
        if (!HasDotnet()) Assert.Skip("there is no `dotnet` on the PATH");
        using var notebook = new TestNotebook();
        // A source of its own, empty: the answer does not depend on the network.
        Directory.CreateDirectory(Path.Combine(notebook.Folder, "packages"));
        notebook.Write("nuget.config", "<configuration><packageSources><clear /><add key=\"here\" value=\"packages\" /></packageSources></configuration>");

        RecordedCell cell = await notebook.Run("#r \"nuget: ScratchDet.No.Such.Package, 1.2.3\"");

        Assert.Equal("PackageError", cell.Error?.Name);
        Assert.StartsWith("ScratchDet.No.Such.Package 1.2.3 could not be restored: NU1101: Unable to find package ScratchDet.No.Such.Package", cell.Error?.Message);
        Assert.EndsWith("check the name, or give the source that has it with #i \"nuget: SOURCE\"", cell.Error?.Message);
        Assert.Equal("Restoring ScratchDet.No.Such.Package 1.2.3 ...", cell.Shown[0].Content.Text);
        Assert.Equal("Could not restore ScratchDet.No.Such.Package 1.2.3", cell.Shown[^1].Content.Text);
    }

    [Fact]
    public async Task A_restore_ends_when_its_time_is_over()
    {
        if (!HasDotnet()) Assert.Skip("there is no `dotnet` on the PATH");
        using var notebook = new TestNotebook();
        notebook.Session.PackageLimit = TimeSpan.FromMilliseconds(50);

        CellError error = await notebook.Fail("#r \"nuget: ScratchDet.No.Such.Package, 1.2.3\"");

        Assert.StartsWith("ScratchDet.No.Such.Package 1.2.3: not restored within 0 s", error.Message);
    }

    [Theory]
    [InlineData("#r \"nuget:\"", "names no package")]
    [InlineData("#r \"nuget: A B\"", "names no package")]
    [InlineData("#i \"somewhere\"", "names no package source")]
    [InlineData("#i \"nuget: nowhere\"", "there is no folder")]
    public async Task Package_lines_that_say_nothing_are_refused(string line, string expected)
    {
        using var notebook = new TestNotebook();

        CellError error = await notebook.Fail("\n" + line);

        Assert.Equal("PackageError", error.Name);
        Assert.StartsWith("(2,1): ", error.Message);
        Assert.Contains(expected, error.Message);
    }

    private static bool HasDotnet()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
