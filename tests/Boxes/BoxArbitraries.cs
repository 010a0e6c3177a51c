using FsCheck;
using FsCheck.Fluent;
using ScratchDet.Boxes;

namespace ScratchDet.Tests.Boxes;

/// <summary>Generated boxes for property tests. Corners are whole pixels, so that equal IoUs (ties) are common.</summary>
internal static class BoxArbitraries
{
    public static Gen<Box> Box(int imageSize) =>
        from x in Gen.Choose(0, imageSize - 1)
        from y in Gen.Choose(0, imageSize - 1)
        from right in Gen.Choose(x + 1, imageSize)
        from bottom in Gen.Choose(y + 1, imageSize)
        select new Box(x, y, right, bottom);

    /// <summary>Checks with a fixed seed, so that a failure repeats.</summary>
    public static void Hold<T>(Gen<T> generator, Func<T, bool> property) =>
        Prop.ForAll(generator.ToArbitrary(), property).Check(Config.QuickThrowOnFailure.WithReplay(7, 13).WithQuietOnSuccess(true));
}
