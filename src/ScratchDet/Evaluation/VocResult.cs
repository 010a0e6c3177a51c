namespace ScratchDet.Evaluation;

/// <summary>
/// Score of one class. Detections count by falling score; those that hit a difficult object stay in the arrays without
/// changing either number, as in the devkit.
/// </summary>
/// <param name="ObjectCount">Objects that are not difficult.</param>
/// <param name="Ap07">11-point average precision (VOC2007), 0 to 1; null for a class without such objects.</param>
/// <param name="ApArea">Area under the monotone precision-recall curve (VOC2010 on); null likewise.</param>
/// <param name="Scores">One per detection, falling; the same length as the two arrays after it.</param>
/// <param name="Precision">True positives / (true and false positives) so far; empty for a class without objects.</param>
/// <param name="Recall">True positives so far / ObjectCount; empty for a class without objects.</param>
public sealed record VocClassResult(
    string ClassName, int ObjectCount, double? Ap07, double? ApArea,
    IReadOnlyList<double> Scores, IReadOnlyList<double> Precision, IReadOnlyList<double> Recall);

/// <summary>Whose rules the VOC metric follows where programs differ.</summary>
public enum VocRules
{
    /// <summary>The devkit: an IoU of exactly the threshold is a match; the recall levels of its language's 0:0.1:1.</summary>
    Devkit,

    /// <summary>py-faster-rcnn's voc_eval and its many descendants: the IoU must be above the threshold; levels i * 0.1.</summary>
    PyFasterRcnn,
}

/// <summary>VOC mean average precision: the mean over the classes that have objects, 0 to 1.</summary>
/// <param name="Map07">By the 11-point rule; null when no class has an object.</param>
/// <param name="MapArea">By the area rule; null likewise.</param>
/// <param name="Classes">One per class name, in its order.</param>
public sealed record VocResult(double? Map07, double? MapArea, IReadOnlyList<VocClassResult> Classes)
{
    /// <summary>One line that names the classes without objects, which the mean leaves out; null when there is none.</summary>
    public string? LeftOut
    {
        get
        {
            string[] names = [.. Classes.Where(one => one.ObjectCount == 0).Select(one => one.ClassName)];
            return names.Length == 0 ? null : $"left out of the mean, having no objects that count: {string.Join(", ", names)}";
        }
    }
}
