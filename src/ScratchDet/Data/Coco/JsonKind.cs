namespace ScratchDet.Data.Coco;

/// <summary>What a JSON value is; the last three are no JSON, but Python writes them for numbers that are not finite.</summary>
internal enum JsonKind : byte
{
    Object,
    Array,
    Text,
    Number,
    True,
    False,
    Null,
    NotANumber,
    Infinity,
    MinusInfinity,
}
