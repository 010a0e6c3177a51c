namespace ScratchDet.Data.Coco;

/// <summary>Images or categories by id, in the order of the file.</summary>
/// <param name="item">What one of them is called.</param>
internal sealed class IdTable<T>(string file, string item, CocoIdFaults idFaults)
    where T : notnull
{
    private readonly Dictionary<long, int> indexById = [];
    private readonly List<T> items = [];

    public IReadOnlyList<T> Items => items;

    /// <exception cref="BadInputException">The id stands for something else already.</exception>
    public void Add(long id, T value)
    {
        if (indexById.TryAdd(id, items.Count)) items.Add(value);
        else if (idFaults == CocoIdFaults.AsPycocotools) items[indexById[id]] = value;
        else if (!items[indexById[id]].Equals(value))
            throw new BadInputException(file, $"{item} {id}", "the id is used twice, for different entries", "give each entry an id of its own");
    }

    public bool TryIndex(long id, out int index) => indexById.TryGetValue(id, out index);
}
