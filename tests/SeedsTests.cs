namespace ScratchDet.Tests;

public class SeedsTests
{
    [Fact]
    public void The_same_path_gives_the_same_seed_and_another_path_another()
    {
        Assert.Equal(Seeds.Derive(1, "augment", 2, 3), Seeds.Derive(1, "augment", 2, 3));
        Assert.NotEqual(Seeds.Derive(1, "augment", 2, 3), Seeds.Derive(1, "augment", 3, 2));
        Assert.NotEqual(Seeds.Derive(1, "augment", 2, 3), Seeds.Derive(1, "order", 2, 3));
        Assert.NotEqual(Seeds.Derive(1, "augment", 2, 3), Seeds.Derive(2, "augment", 2, 3));
    }
}
