#!/usr/bin/env dotnet
#:project ../src/ScratchDet.Cli/ScratchDet.Cli.csproj

// PASCAL VOC from the publisher: DIR/VOCdevkit/VOC2007 and VOC2012.
using System.CommandLine;
using ScratchDet.Cli;
using ScratchDet.Data.Fetch;

var sets = new Option<string>("--sets")
{
    Description = "2007: trainval and test; 2012: trainval; 07+12: all three, as detectors are trained and tested",
    DefaultValueFactory = _ => "07+12",
};
sets.AcceptOnlyFromAmong("2007", "2012", "07+12");

var script = new FetchScript("fetch-voc.cs", "Fetch PASCAL VOC 2007 (0.9 GB) and 2012 (2 GB) into a VOCdevkit", "--out voc", "--out voc --sets 2007");
return await script.With(sets).RunAsync(args, (parsed, request, stop) => VocFetch.RunAsync(request, parsed.GetValue(sets) switch
{
    "2007" => [VocFetch.Trainval2007, VocFetch.Test2007],
    "2012" => [VocFetch.Trainval2012],
    _ => [VocFetch.Trainval2007, VocFetch.Test2007, VocFetch.Trainval2012],
}, stop));
