using System.Xml.Linq;

namespace ScratchDet.Cli;

/// <summary>Counts of one test run, and why tests were skipped, from xunit's XML report.</summary>
internal sealed record TestReport(int Passed, int Failed, IReadOnlyList<(string Test, string Reason)> Skipped)
{
    public bool IsEmpty => Passed + Failed + Skipped.Count == 0;

    /// <summary>Reads xunit's v2+ XML; an error outside a test (a class fixture, say) counts as a failure.</summary>
    public static TestReport Read(string file)
    {
        XElement[] assemblies = [.. XDocument.Load(file).Root!.Elements("assembly")];
        (string, string)[] skipped =
        [
            .. from test in assemblies.Descendants("test")
               where (string?)test.Attribute("result") == "Skip"
               select ((string)test.Attribute("name")!, ((string?)test.Element("reason"))?.Trim() ?? "no reason given"),
        ];
        return new TestReport(Sum(assemblies, "passed"), Sum(assemblies, "failed") + Sum(assemblies, "errors"), skipped);
    }

    /// <summary>The skipped tests, then one line of counts.</summary>
    public void Write(TextWriter output)
    {
        foreach ((string test, string reason) in Skipped)
            output.WriteLine($"skipped: {test}: {reason}");
        output.WriteLine($"{Passed} passed, {Failed} failed, {Skipped.Count} skipped");
    }

    private static int Sum(XElement[] assemblies, string attribute) => assemblies.Sum(assembly => (int?)assembly.Attribute(attribute) ?? 0);
}
