#!/usr/bin/env dotnet
#:project ../src/ScratchDet.Cli/ScratchDet.Cli.csproj

// COCO 2017 from the publisher: DIR/annotations, DIR/train2017, DIR/val2017.
using System.CommandLine;
using ScratchDet.Cli;
using ScratchDet.Data.Fetch;

var splits = new Option<string>("--splits")
{
    Description = "Which images; the annotations are always of both",
    DefaultValueFactory = _ => "train+val",
};
splits.AcceptOnlyFromAmong("val", "train", "train+val");

var script = new FetchScript("fetch-coco.cs", "Fetch COCO 2017: annotations (0.25 GB), val (0.8 GB), train (19 GB)", "--out coco", "--out coco --splits val");
return await script.With(splits).RunAsync(args, (parsed, request, stop) => CocoFetch.RunAsync(request, parsed.GetValue(splits) switch
{
    "val" => [CocoFetch.Annotations2017, CocoFetch.Val2017],
    "train" => [CocoFetch.Annotations2017, CocoFetch.Train2017],
    _ => [CocoFetch.Annotations2017, CocoFetch.Val2017, CocoFetch.Train2017],
}, stop));
