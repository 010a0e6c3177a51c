namespace ScratchDet.Data.Coco;

/// <summary>
/// A binary mask as lengths of runs, column after column from the left, each column from the top, beginning with a run of
/// zeros (which may be empty): the encoding of COCO files.
/// </summary>
/// <param name="Height">In pixels.</param>
/// <param name="Width">In pixels.</param>
public sealed record RunLengthMask(int Height, int Width, uint[] Runs)
{
    /// <summary>Pixels that are set.</summary>
    public long Area
    {
        get
        {
            long area = 0;
            for (int i = 1; i < Runs.Length; i += 2) area += Runs[i];
            return area;
        }
    }
}
