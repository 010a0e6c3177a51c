using ScratchDet.Data;
using ScratchDet.Notebook;

namespace ScratchDet.Tests.Notebook;

public class StudyViewsTests
{
    [Fact]
    public void Without_a_finished_run_there_is_a_sentence_instead_of_pictures()
    {
        IDisplayable shown = StudyViews.PicturesOfBest([], new DetectionDataset(["circle"], []));

        Assert.StartsWith("No run was trained to its end", shown.ToMimeBundle().Text);
    }
}
