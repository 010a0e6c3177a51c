using System.Text.Json;

namespace ScratchDet.Kernel.Jupyter;

/// <summary>How a client wants code to be run.</summary>
/// <param name="Silent">Nothing but the state is published, and nothing counted.</param>
/// <param name="StoreHistory">The code counts and is remembered.</param>
/// <param name="StopOnError">When it fails, what waits behind it is not run.</param>
/// <param name="Expressions">To be evaluated after it, by name.</param>
internal sealed record ExecuteOptions(bool Silent, bool StoreHistory, bool AllowStdin, bool StopOnError, IReadOnlyList<KeyValuePair<string, string>> Expressions)
{
    /// <exception cref="RequestException">A field is of the wrong type.</exception>
    public static ExecuteOptions Of(JupyterMessage request)
    {
        bool silent = request.Flag("silent", false);
        return new ExecuteOptions(
            silent,
            !silent && request.Flag("store_history", true),
            request.Flag("allow_stdin", false),
            request.Flag("stop_on_error", true),
            ExpressionsOf(request));
    }

    private static List<KeyValuePair<string, string>> ExpressionsOf(JupyterMessage request)
    {
        List<KeyValuePair<string, string>> expressions = [];
        if (!request.Content.TryGetProperty("user_expressions", out JsonElement given) || given.ValueKind == JsonValueKind.Null) return expressions;
        if (given.ValueKind != JsonValueKind.Object) throw new RequestException("execute_request: user_expressions is not an object");
        foreach (JsonProperty expression in given.EnumerateObject())
        {
            if (expression.Value.ValueKind != JsonValueKind.String) throw new RequestException($"execute_request: the user expression {expression.Name} is not a text");
            expressions.Add(new(expression.Name, expression.Value.GetString()!));
        }
        return expressions;
    }
}
