namespace ScratchDet.Data.Synthetic;

/// <summary>
/// One class of <see cref="SyntheticShapes"/>. All classes have <see cref="KeypointCount"/> keypoints, so that one
/// keypoint head serves them all.
/// </summary>
/// <param name="KeypointNames">In the order of the annotations; sides are those of the picture.</param>
/// <param name="Skeleton">Pairs of 0-based keypoints that are joined when drawn.</param>
/// <param name="FlippedKeypoints">Keypoint k of the mirrored picture is keypoint <c>FlippedKeypoints[k]</c> of the original.</param>
public sealed record ShapeCategory(
    string Name, IReadOnlyList<string> KeypointNames, IReadOnlyList<(int From, int To)> Skeleton, IReadOnlyList<int> FlippedKeypoints)
{
    public const int KeypointCount = 5;

    /// <summary>The outline as one closed polygon (even-odd rule), in units of about the radius; y points down.</summary>
    internal IReadOnlyList<Point> Outline { get; init; } = [];

    /// <summary>Where the keypoints lie on the outline, in the same units.</summary>
    internal IReadOnlyList<Point> KeypointPlaces { get; init; } = [];

    /// <summary>A turn would move the keypoints but leave no trace in the picture, so round shapes are not turned.</summary>
    internal bool IsRound => Name is "circle" or "ring";

    private const double RingHole = 0.5, CrossArm = 0.32, StarValley = 0.42;

    private static readonly (int, int)[] Spokes = [(0, 1), (0, 2), (0, 3), (0, 4)];
    private static readonly (int, int)[] Loop = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)];
    private static readonly (int, int)[] LoopOfFour = [(0, 1), (1, 2), (2, 3), (3, 0)];

    internal static ShapeCategory[] All { get; } =
    [
        new("circle", ["center", "top", "right", "bottom", "left"], Spokes, [0, 1, 4, 3, 2])
        {
            Outline = Circle(1),
            KeypointPlaces = [new(0, 0), new(0, -1), new(1, 0), new(0, 1), new(-1, 0)],
        },
        new("square", ["top-left", "top-right", "bottom-right", "bottom-left", "center"], LoopOfFour, [1, 0, 3, 2, 4])
        {
            Outline = [new(-1, -1), new(1, -1), new(1, 1), new(-1, 1)],
            KeypointPlaces = [new(-1, -1), new(1, -1), new(1, 1), new(-1, 1), new(0, 0)],
        },
        new("triangle", ["apex", "right-corner", "base-middle", "left-corner", "center"], LoopOfFour, [0, 3, 2, 1, 4])
        {
            Outline = [new(0, -1), new(1, 0.8), new(-1, 0.8)],
            KeypointPlaces = [new(0, -1), new(1, 0.8), new(0, 0.8), new(-1, 0.8), new(0, 0.2)],
        },
        new("star", ["top", "upper-right", "lower-right", "lower-left", "upper-left"], Loop, [0, 4, 3, 2, 1])
        {
            Outline = Star(),
            KeypointPlaces = [.. Enumerable.Range(0, 5).Select(tip => Tip(2 * tip, 1))],
        },
        new("cross", ["center", "top", "right", "bottom", "left"], Spokes, [0, 1, 4, 3, 2])
        {
            Outline =
            [
                new(-CrossArm, -1), new(CrossArm, -1), new(CrossArm, -CrossArm), new(1, -CrossArm), new(1, CrossArm), new(CrossArm, CrossArm),
                new(CrossArm, 1), new(-CrossArm, 1), new(-CrossArm, CrossArm), new(-1, CrossArm), new(-1, -CrossArm), new(-CrossArm, -CrossArm),
            ],
            KeypointPlaces = [new(0, 0), new(0, -1), new(1, 0), new(0, 1), new(-1, 0)],
        },
        new("ring", ["top", "right", "bottom", "left", "inner-top"], LoopOfFour, [0, 3, 2, 1, 4])
        {
            // Outer and inner circle in one polygon: the seam is walked twice and cancels under the even-odd rule.
            Outline = [.. Circle(1), Circle(1)[0], .. Circle(RingHole), Circle(RingHole)[0]],
            KeypointPlaces = [new(0, -1), new(1, 0), new(0, 1), new(-1, 0), new(0, -RingHole)],
        },
    ];

    private static Point[] Circle(double radius) =>
        [.. Enumerable.Range(0, 48).Select(i => Point.Unit(2 * Math.PI * i / 48) * radius)];

    private static Point[] Star() => [.. Enumerable.Range(0, 10).Select(i => Tip(i, i % 2 == 0 ? 1 : StarValley))];

    private static Point Tip(int tenth, double radius) => Point.Unit(-Math.PI / 2 + 2 * Math.PI * tenth / 10) * radius;
}
