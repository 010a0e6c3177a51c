using System.Globalization;

namespace ScratchDet.Data.Coco;

/// <summary>One pass over a file of annotations. Ids are resolved at the end: the lists stand in any order.</summary>
internal sealed class GroundTruthReading(JsonFileReader json, CocoParts parts, CocoIdFaults idFaults)
{
    private const string Form = "give an object with the lists images, annotations and categories";
    private readonly EntryReader entry = new(json);
    private IdTable<CocoImage>? images;
    private IdTable<CocoCategory>? categories;
    private AnnotationList? annotations;

    public CocoGroundTruth Read()
    {
        JsonKind kind = json.Peek();
        if (kind != JsonKind.Object) throw new BadInputException(json.File, null, $"the file {json.SkipInsteadOf("an object", kind)}", Form);
        json.BeginObject();
        while (json.NextKey(out ReadOnlySpan<byte> key))
        {
            // A list that is there twice: the last one counts, as in every reader of JSON.
            if (key.SequenceEqual("images"u8)) ReadImages();
            else if (key.SequenceEqual("annotations"u8)) ReadAnnotations();
            else if (key.SequenceEqual("categories"u8)) ReadCategories();
            else json.Skip();
        }
        json.End();
        if (images is null) throw Missing("images");
        if (annotations is null) throw Missing("annotations");
        if (categories is null) throw Missing("categories");
        return annotations.Resolve(images, categories);
    }

    private BadInputException Missing(string list) => new(json.File, null, $"the list '{list}' is missing", Form);

    private void ReadImages()
    {
        images = new(json.File, "image", idFaults);
        BeginList("images");
        for (int index = 0; json.NextItem(); index++)
        {
            entry.Begin("images", index);
            (long id, bool hasId, int width, int height, string? fileName) = (0, false, 0, 0, null);
            while (json.NextKey(out ReadOnlySpan<byte> key))
            {
                if (key.SequenceEqual("id"u8)) hasId = entry.Id("id", out id);
                else if (key.SequenceEqual("width"u8)) width = entry.Pixels("width");
                else if (key.SequenceEqual("height"u8)) height = entry.Pixels("height");
                else if (key.SequenceEqual("file_name"u8)) fileName = entry.TextOrNull();
                else json.Skip();
            }
            entry.Require(hasId, "id");
            if (entry.IsFaulty) throw entry.Fault(Place("image", "images", hasId, id, index));
            images.Add(id, new CocoImage(id, width, height, fileName));
        }
    }

    private void ReadCategories()
    {
        categories = new(json.File, "category", idFaults);
        BeginList("categories");
        for (int index = 0; json.NextItem(); index++)
        {
            entry.Begin("categories", index);
            (long id, bool hasId, string? name) = (0, false, null);
            while (json.NextKey(out ReadOnlySpan<byte> key))
            {
                if (key.SequenceEqual("id"u8)) hasId = entry.Id("id", out id);
                else if (key.SequenceEqual("name"u8)) name = entry.TextOrNull();
                else json.Skip();
            }
            entry.Require(hasId, "id");
            if (entry.IsFaulty) throw entry.Fault(Place("category", "categories", hasId, id, index));
            categories.Add(id, new CocoCategory(id, name ?? id.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private void ReadAnnotations()
    {
        BeginList("annotations");
        annotations = new(json, parts, idFaults);
        var reader = new AnnotationReader(entry, parts);
        for (int index = 0; json.NextItem(); index++)
        {
            entry.Begin("annotations", index);
            reader.Read();
            if (entry.IsFaulty) throw entry.Fault(Place("annotation", "annotations", reader.HasId, reader.Id, index));
            reader.AddTo(annotations);
        }
    }

    private void BeginList(string name)
    {
        JsonKind kind = json.Peek();
        if (kind != JsonKind.Array) throw new BadInputException(json.File, $"'{name}'", $"it {json.SkipInsteadOf("a list", kind)}", Form);
        json.BeginArray();
    }

    private static string Place(string item, string list, bool hasId, long id, int index) => hasId
        ? string.Create(CultureInfo.InvariantCulture, $"{item} {id}")
        : string.Create(CultureInfo.InvariantCulture, $"entry {index + 1} of {list}");
}
