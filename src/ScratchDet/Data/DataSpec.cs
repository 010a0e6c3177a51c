using System.ComponentModel.DataAnnotations;

namespace ScratchDet.Data;

/// <summary>Where a study's images come from.</summary>
public enum DataSource
{
    /// <summary>A folder in VOC layout that the user names.</summary>
    VocFolder,

    /// <summary>Synthetic circuit boards with six kinds of small defects, made on the spot.</summary>
    Boards,

    /// <summary>Synthetic coloured shapes on textured noise, made on the spot.</summary>
    Shapes,
}

/// <summary>The data of an experiment. Where a folder lies is no part of it; what it holds is (<see cref="Fingerprint"/>).</summary>
public sealed record DataSpec
{
    public DataSource Source { get; init; } = DataSource.VocFolder;

    /// <summary>For synthetic data: images made, of which 70% train, 15% val, 15% test.</summary>
    [Range(1, 1_000_000)]
    public int SyntheticImages { get; init; } = 1000;

    /// <summary>For synthetic data: side in pixels.</summary>
    [Range(64, 2048)]
    public int SyntheticSize { get; init; } = 320;

    /// <summary>For synthetic data: all seeds of a study see the same images.</summary>
    public int SyntheticSeed { get; init; } = 1;

    /// <summary>As VocDataset.Read takes it: "trainval", "VOC2007:trainval+VOC2012:trainval".</summary>
    [VocSplit]
    public string TrainSplit { get; init; } = "trainval";

    [VocSplit]
    public string TestSplit { get; init; } = "test";

    /// <summary>File with the names of the training images to use, one a line; empty: all of the split.</summary>
    public string TrainList { get; init; } = "";

    /// <summary>Share of the training images that is used, chosen by seed 0 and nested.</summary>
    [Range(1e-6, 1.0)]
    public double Fraction { get; init; } = 1;

    /// <summary>Classes in fewer images than this share are repeated (LVIS); 0: none.</summary>
    [Range(0.0, 1.0)]
    public double RepeatThreshold { get; init; }

    /// <summary>The reference trains on objects marked difficult for VOC.</summary>
    public bool TrainOnDifficult { get; init; } = true;

    /// <summary>Hash over names, sizes and file lengths of the images, boxes and classes of a folder that the user named; empty for synthetic data.</summary>
    public string Fingerprint { get; init; } = "";
}
