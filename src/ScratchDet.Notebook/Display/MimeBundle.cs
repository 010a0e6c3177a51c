using System.Text.Json.Nodes;

namespace ScratchDet.Notebook;

/// <summary>
/// One output in several forms, by MIME type; a reader takes the richest that it knows. The first form is always text.
/// </summary>
/// <remarks>Text is a JSON string, binary content a JSON string in base64, and JSON types (Plotly) a JSON object.</remarks>
public sealed class MimeBundle
{
    public const string PlainText = "text/plain";
    public const string Html = "text/html";
    public const string Svg = "image/svg+xml";
    public const string Png = "image/png";
    public const string Plotly = "application/vnd.plotly.v1+json";

    private readonly List<KeyValuePair<string, JsonNode>> forms = [];

    /// <param name="plainText">For terminals, logs and readers that cannot see pictures.</param>
    public MimeBundle(string plainText) => forms.Add(new(PlainText, JsonValue.Create(plainText)));

    private MimeBundle(IEnumerable<KeyValuePair<string, JsonNode>> forms) => this.forms = [.. forms];

    /// <summary>In the order in which they were given.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonNode>> Forms => forms;

    public string Text => forms[0].Value.GetValue<string>();

    /// <summary>The same bundle with one more form; a form of the same type is replaced.</summary>
    public MimeBundle With(string mimeType, JsonNode content)
    {
        int place = forms.FindIndex(form => form.Key == mimeType);
        KeyValuePair<string, JsonNode> added = new(mimeType, content);
        return new MimeBundle(place < 0 ? [.. forms, added] : [.. forms[..place], added, .. forms[(place + 1)..]]);
    }

    public MimeBundle With(string mimeType, string content) => With(mimeType, (JsonNode)JsonValue.Create(content));

    public JsonNode? Find(string mimeType) => forms.Find(form => form.Key == mimeType).Value;

    /// <summary>As the `data` of a Jupyter message or a stored output: a new object, free to be put into a tree.</summary>
    public JsonObject ToJson()
    {
        var data = new JsonObject();
        foreach ((string mimeType, JsonNode content) in forms) data[mimeType] = content.DeepClone();
        return data;
    }
}
