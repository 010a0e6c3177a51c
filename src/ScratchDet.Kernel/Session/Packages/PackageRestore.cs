using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ScratchDet.Kernel.Session;

/// <summary>
/// Brings packages as any project does: by `dotnet restore` of a project made for them, in a child process. The list of
/// files that it gives is kept in the user's cache, so that the next session starts without the network.
/// </summary>
/// <param name="asked">What the cell asks for, for messages.</param>
/// <param name="packages">These and those of earlier cells, whose versions must go together.</param>
/// <param name="sources">Addresses and folders besides those that the user has set up.</param>
/// <param name="folder">The notebook's: package settings (nuget.config) are looked for from there upwards.</param>
internal sealed partial class PackageRestore(
    IReadOnlyList<PackageRequest> asked, IReadOnlyList<PackageRequest> packages, IReadOnlyList<string> sources, string folder)
{
    private const string ProjectName = "notebook.csproj";
    private const string AssetsPath = "obj/project.assets.json";

    private static readonly string RuntimeIdentifier =
        $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    private static readonly string Framework = $"net{Environment.Version.Major}.{Environment.Version.Minor}";

    /// <param name="progress">Is told what the restore says, line by line.</param>
    /// <exception cref="PackageException">Unknown package, no network, no SDK, or the limit is over.</exception>
    public async Task<RestoredPackages> RunAsync(TimeSpan limit, Action<string> progress, CancellationToken stop)
    {
        string cache = CacheFolder();
        string kept = Path.Combine(cache, Key());
        if (packages.All(package => package.IsExact) && RestoredPackages.TryRead(Path.Combine(kept, AssetsPath)) is { } known) return known;

        Directory.CreateDirectory(cache);
        string work = Path.Combine(cache, $"restoring-{Environment.ProcessId}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(work);
        try
        {
            WriteProject(work);
            await RestoreAsync(work, limit, progress, stop).ConfigureAwait(false);
            RestoredPackages restored = RestoredPackages.TryRead(Path.Combine(work, AssetsPath))
                ?? throw new PackageException($"{Names()}: the restore ended well but left no list of files; try again, or clear the packages with `dotnet nuget locals all --clear`");
            Keep(work, kept);
            return restored;
        }
        finally
        {
            Remove(work);
        }
    }

    /// <summary>A file that a killed child has still written there must not take the place of what is to be told.</summary>
    private static void Remove(string work)
    {
        try
        {
            if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        }
        catch (IOException busy)
        {
            Trace.TraceWarning($"{work}: {busy.Message}"); // a few kilobytes in the user's cache
        }
    }

    private string Names() => string.Join(", ", asked);

    private static string CacheFolder()
    {
        string root = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set
                ? set
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(root, "scratchdet", "packages");
    }

    private string Key()
    {
        IEnumerable<string> parts = [Framework, RuntimeIdentifier, .. packages.Select(package => package.ToString().ToLowerInvariant()).Order(StringComparer.Ordinal), .. sources];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..32];
    }

    /// <summary>Another session may have been faster: then its list stays.</summary>
    private static void Keep(string work, string kept)
    {
        try
        {
            if (Directory.Exists(kept)) Directory.Delete(kept, recursive: true);
            Directory.Move(work, kept);
        }
        catch (IOException) when (Directory.Exists(kept))
        {
            return;
        }
    }

    private void WriteProject(string work)
    {
        var project = new XElement("Project",
            new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement("PropertyGroup",
                new XElement("TargetFramework", Framework),
                new XElement("RuntimeIdentifier", RuntimeIdentifier),
                new XElement("SelfContained", "false"),
                new XElement("UseAppHost", "false"),
                new XElement("NuGetAudit", "false"),
                new XElement("RestoreAdditionalProjectSources", string.Join(';', sources)),
                NearestSettings() is { } settings ? new XElement("RestoreConfigFile", settings) : null),
            new XElement("ItemGroup", packages.Select(package =>
                new XElement("PackageReference", new XAttribute("Include", package.Name), new XAttribute("Version", package.Version)))));
        File.WriteAllText(Path.Combine(work, ProjectName), project.ToString());
        // A build file in a folder above the cache must not change this project.
        foreach (string name in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
            File.WriteAllText(Path.Combine(work, name), "<Project />");
    }

    private string? NearestSettings()
    {
        for (DirectoryInfo? place = new(folder); place is not null; place = place.Parent)
        {
            if (!place.Exists) continue;
            if (place.EnumerateFiles().FirstOrDefault(file => file.Name.Equals("nuget.config", StringComparison.OrdinalIgnoreCase)) is { } found) return found.FullName;
        }
        return null;
    }

    private async Task RestoreAsync(string work, TimeSpan limit, Action<string> progress, CancellationToken stop)
    {
        using Process process = Start(work);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        end.CancelAfter(limit);
        var said = new List<string>();
        Task reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
        try
        {
            await process.WaitForExitAsync(end.Token).ConfigureAwait(false);
            // Within the limit, too: what the restore has started may keep its streams open.
            await reading.WaitAsync(end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            // Its folder is removed next; it must not write there any more.
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            stop.ThrowIfCancellationRequested();
            string? last;
            lock (said) last = said.LastOrDefault();
            throw new PackageException(FormattableString.Invariant($"{Names()}: not restored within {limit.TotalSeconds:0} s; check the network, or give a nearer source with #i \"nuget: SOURCE\"")
                + (last is null ? "" : $" (the restore's last words: {last})"));
        }
        if (process.ExitCode != 0) throw Failed(said);

        async Task ReadAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
            {
                if (string.IsNullOrWhiteSpace(line)) continue;
                // The project is nothing that the author knows of.
                string text = line.Replace(Path.Combine(work, ProjectName), "", StringComparison.Ordinal).Trim(' ', ':');
                lock (said) said.Add(text);
                progress(text);
            }
        }
    }

    private Process Start(string work)
    {
        var start = new ProcessStartInfo(ChildProcess.DotnetProgram)
        {
            WorkingDirectory = work,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            ArgumentList = { "restore", ProjectName, "--nologo", "--verbosity", "minimal", "--disable-build-servers" },
            Environment = { ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1", ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["MSBUILDTERMINALLOGGER"] = "off" },
        };
        try
        {
            Process process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new PackageException($"{Names()}: `dotnet` could not be started ({failure.Message}); packages need the .NET SDK on the PATH, or take a DLL with #r \"FILE.dll\"");
        }
    }

    private PackageException Failed(IReadOnlyList<string> said)
    {
        string first = said.FirstOrDefault(line => ErrorCode().IsMatch(line)) ?? said.LastOrDefault() ?? "the restore said nothing";
        Match code = ErrorCode().Match(first);
        // One error may go over several lines, each with its code.
        string reason = code.Success ? $"{code.Groups["code"].Value}: {string.Join(", ", said.Where(line => line.Contains(code.Value, StringComparison.Ordinal)).Select(AfterCode).Distinct())}" : first;
        string advice = code.Groups["code"].Value switch
        {
            "NU1101" => "check the name, or give the source that has it with #i \"nuget: SOURCE\"",
            "NU1102" or "NU1103" => "ask for a version that there is",
            "NU1301" => "check the network, or give a folder with packages with #i \"nuget: FOLDER\"",
            "NU1107" or "NU1605" => "ask for versions that go together, in one cell",
            _ => "correct the #r line, or take a DLL with #r \"FILE.dll\"",
        };
        return new PackageException($"{Names()} could not be restored: {reason}; {advice}");
    }

    private static string AfterCode(string line)
    {
        Match code = ErrorCode().Match(line);
        return line[(code.Index + code.Length)..].Trim(' ', '-', '.');
    }

    [GeneratedRegex(@"\berror (?<code>[A-Z]+\d{4}): ")]
    private static partial Regex ErrorCode();
}
