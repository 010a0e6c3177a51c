namespace ScratchDet.Boxes;

/// <summary>One detected object.</summary>
/// <param name="ClassIndex">0-based among the foreground classes, as in the annotations.</param>
/// <param name="Score">Probability of the class, 0 to 1.</param>
/// <param name="Box">In pixels of the image.</param>
public readonly record struct Detection(int ClassIndex, float Score, Box Box);
