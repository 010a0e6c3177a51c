#!/usr/bin/env dotnet
#:project ../src/ScratchDet.Cli/ScratchDet.Cli.csproj

// BCCD, blood cells, from its repository; VOC layout.
using ScratchDet.Cli;
using ScratchDet.Data.Fetch;

var script = new FetchScript("fetch-bccd.cs", "Fetch BCCD (8 MB), 364 microscope photos of blood with three kinds of cells, VOC layout", "--out bccd");
return await script.RunAsync(args, async (_, request, stop) => [await BccdFetch.RunAsync(request, source: null, stop)]);
