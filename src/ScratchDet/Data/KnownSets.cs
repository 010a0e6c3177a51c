namespace ScratchDet.Data;

/// <summary>Images of the public training sets that the papers use, for plans made before the data is there.</summary>
public static class KnownSets
{
    /// <summary>Images of a split as a specification names it; null where it is not known.</summary>
    public static int? Images(string split) => split switch
    {
        "VOC2007:trainval" => 5_011,
        "VOC2012:trainval" => 11_540,
        "VOC2007:trainval+VOC2012:trainval" => 16_551,
        "train2017" => 118_287,
        _ => null,
    };
}
