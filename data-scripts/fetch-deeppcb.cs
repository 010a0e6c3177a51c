#!/usr/bin/env dotnet
#:project ../src/ScratchDet.Cli/ScratchDet.Cli.csproj

// DeepPCB, defects of printed circuit boards, from its repository into VOC layout.
using System.CommandLine;
using ScratchDet.Cli;
using ScratchDet.Data.Fetch;

var half = new Option<bool>("--half") { Description = "Images of 320 pixels instead of 640, in grey, with their boxes" };

var script = new FetchScript("fetch-deeppcb.cs", "Fetch DeepPCB (91 MB), 1,500 circuit boards with six kinds of defects, into VOC layout", "--out deeppcb", "--out deeppcb-320 --half");
return await script.With(half).RunAsync(args, async (parsed, request, stop) => [await DeepPcbFetch.RunAsync(request, parsed.GetValue(half), source: null, stop)]);
