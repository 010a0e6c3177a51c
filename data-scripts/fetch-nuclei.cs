#!/usr/bin/env dotnet
#:project ../src/ScratchDet.Cli/ScratchDet.Cli.csproj

// Nuclei of the Data Science Bowl 2018, from a repository with fixes into COCO layout with masks.
using ScratchDet.Cli;
using ScratchDet.Data.Fetch;

var script = new FetchScript("fetch-nuclei.cs", "Fetch nuclei (72 MB), 664 microscopy images with a mask for each nucleus, into COCO layout", "--out nuclei");
return await script.RunAsync(args, async (_, request, stop) => [await NucleiFetch.RunAsync(request, source: null, stop)]);
