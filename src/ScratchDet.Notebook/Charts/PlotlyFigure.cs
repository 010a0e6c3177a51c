using System.Globalization;
using System.Text.Json.Nodes;

namespace ScratchDet.Notebook;

/// <summary>A figure as Plotly's <c>{data, layout, config}</c>, in the colours of light paper.</summary>
internal static class PlotlyFigure
{
    public static JsonObject Of(FigurePlan plan)
    {
        (var traces, var annotations, var shapes) = (new JsonArray(), new JsonArray(), new JsonArray());
        HashSet<string> inLegend = [];
        (double left, double right) = (plan.Panels[0].Left, plan.Width - plan.Panels.Max(panel => panel.Left + panel.Width));
        (double top, double bottom) = (plan.Panels[0].Top, plan.Height - plan.Panels.Max(panel => panel.Top + panel.Height));
        (double innerWidth, double innerHeight) = (plan.Width - left - right, plan.Height - top - bottom);
        var layout = new JsonObject
        {
            ["height"] = PlotlyPanel.Number(Math.Round(plan.Height)),
            ["margin"] = new JsonObject { ["l"] = Math.Round(left), ["r"] = Math.Round(right), ["t"] = Math.Round(top), ["b"] = Math.Round(bottom) },
            ["paper_bgcolor"] = FigureTheme.Paper,
            ["plot_bgcolor"] = FigureTheme.Paper,
            ["font"] = new JsonObject { ["family"] = FigureTheme.Font, ["size"] = 12, ["color"] = FigureTheme.Soft },
            ["hovermode"] = "closest",
            ["hoverlabel"] = new JsonObject { ["align"] = "left" },
        };
        if (plan.Title.Length > 0)
        {
            layout["title"] = new JsonObject
            {
                ["text"] = $"<b>{PlotlyPanel.Escape(plan.Title)}</b>",
                ["x"] = 0,
                ["xref"] = "paper",
                ["xanchor"] = "left",
                ["yref"] = "container",
                ["y"] = PlotlyPanel.Number(1 - (8 / plan.Height)),
                ["yanchor"] = "top",
                ["font"] = new JsonObject { ["size"] = 14, ["color"] = FigureTheme.Ink },
            };
        }
        layout["showlegend"] = plan.Legend.Count > 0;
        if (plan.Legend.Count > 0)
        {
            layout["legend"] = new JsonObject
            {
                ["orientation"] = "h",
                ["x"] = 0,
                ["xanchor"] = "left",
                ["y"] = PlotlyPanel.Number(-(plan.LegendTop - plan.Panels.Max(panel => panel.Top + panel.Height) - 6) / innerHeight),
                ["yanchor"] = "top",
                ["bgcolor"] = "rgba(0,0,0,0)",
                ["tracegroupgap"] = 0,
                ["font"] = new JsonObject { ["color"] = FigureTheme.Name },
            };
        }
        for (int index = 0; index < plan.Panels.Count; index++)
        {
            PanelPlan panel = plan.Panels[index];
            string axis = index == 0 ? "" : (index + 1).ToString(CultureInfo.InvariantCulture);
            var canvas = new PlotlyPanel(plan, panel, axis, traces, annotations, shapes, inLegend);
            foreach (Mark mark in panel.Chart.Marks) mark.AddTo(canvas);
            layout["xaxis" + axis] = XAxis(plan, panel, axis, ((panel.Left - left) / innerWidth, (panel.Left - left + panel.Width) / innerWidth));
            layout["yaxis" + axis] = YAxis(panel, axis, (1 - ((panel.Top - top + panel.Height) / innerHeight), 1 - ((panel.Top - top) / innerHeight)));
            if (panel.YLabel.Length > 0) annotations.Add((JsonNode)Label(axis, PlotlyPanel.Escape(panel.YLabel), shift: 4, FigureTheme.Soft));
            if (plan.IsGrid && panel.Frame.Title.Length > 0)
                annotations.Add((JsonNode)Label(axis, $"<b>{PlotlyPanel.Escape(panel.Frame.Title)}</b>", panel.Frame.Y.Label.Length > 0 ? 21 : 4, FigureTheme.Name));
            if (SvgFigure.IsEmpty(panel)) annotations.Add((JsonNode)Empty(axis));
        }
        if (annotations.Count > 0) layout["annotations"] = annotations;
        if (shapes.Count > 0) layout["shapes"] = shapes;
        return new JsonObject
        {
            ["data"] = traces,
            ["layout"] = layout,
            ["config"] = new JsonObject
            {
                ["responsive"] = true,
                ["displaylogo"] = false,
                ["modeBarButtonsToRemove"] = new JsonArray("select2d", "lasso2d", "autoScale2d"),
            },
        };
    }

    private static JsonObject XAxis(FigurePlan plan, PanelPlan panel, string axis, (double From, double To) domain)
    {
        JsonObject x = Axis(panel.X, "y" + axis, domain, panel.LabelsX, panel.XTicks);
        x["showgrid"] = false;
        if (panel.X.Categories is { } names)
        {
            x["ticktext"] = new JsonArray([.. names.Select(name => (JsonNode)string.Join("<br>", LabelText.Wrap(name, plan.SlotLetters(names.Count)).Select(PlotlyPanel.Escape)))]);
        }
        else
        {
            x["ticks"] = "outside";
            x["tickcolor"] = FigureTheme.Axis;
            x["ticklen"] = 4;
            x["tickangle"] = 0;
        }
        if (panel.Y.Categories is null)
        {
            x["showline"] = true;
            x["linecolor"] = FigureTheme.Axis;
        }
        if (panel.LabelsX && panel.Frame.X.Label.Length > 0)
            x["title"] = new JsonObject { ["text"] = PlotlyPanel.Escape(panel.Frame.X.Label), ["standoff"] = 6, ["font"] = new JsonObject { ["size"] = 12 } };
        return x;
    }

    private static JsonObject YAxis(PanelPlan panel, string axis, (double From, double To) domain)
    {
        JsonObject y = Axis(panel.Y, "x" + axis, domain, panel.LabelsY, panel.YTicks);
        y["ticksuffix"] = " ";
        if (panel.Y.Categories is { } names)
        {
            y["ticktext"] = new JsonArray([.. names.Select(name => (JsonNode)PlotlyPanel.Text(LabelText.Row(name) + "\u00a0"))]);
            y["showgrid"] = false;
        }
        else
        {
            y["gridcolor"] = FigureTheme.Grid;
        }
        return y;
    }

    private static JsonObject Axis(AxisScale scale, string anchor, (double From, double To) domain, bool labelled, int wanted)
    {
        var axis = new JsonObject
        {
            ["anchor"] = anchor,
            ["domain"] = new JsonArray(PlotlyPanel.Number(Math.Max(0, domain.From)), PlotlyPanel.Number(Math.Min(1, domain.To))),
            ["range"] = new JsonArray(PlotlyPanel.Number(scale.Low), PlotlyPanel.Number(scale.High)),
            ["zeroline"] = false,
        };
        if (scale.IsLog)
        {
            axis["type"] = "log";
            // Plotly's own choice writes the digits 2 to 9 between the powers of ten.
            (bool within, int stride) = scale.LogStep(wanted);
            axis["dtick"] = within ? "D2" : stride;
            axis["tick0"] = 0;
            if (scale.Low >= 0) axis["tickformat"] = "~s";
            else if (scale.High < 5 && scale.Low > -5) axis["tickformat"] = "~g";
        }
        else
        {
            axis["nticks"] = wanted + 1;
        }
        if (!labelled) axis["showticklabels"] = false;
        if (scale.Categories is not null)
        {
            axis["ticks"] = "";
            axis["tickmode"] = "array";
            axis["tickvals"] = PlotlyPanel.Numbers(scale.Ticks(wanted: 0));
        }
        return axis;
    }

    /// <summary>Above the upper left corner of a panel.</summary>
    private static JsonObject Label(string axis, string text, int shift, string colour) => new()
    {
        ["xref"] = $"x{axis} domain",
        ["yref"] = $"y{axis} domain",
        ["x"] = 0,
        ["y"] = 1,
        ["xanchor"] = "left",
        ["yanchor"] = "bottom",
        ["yshift"] = shift,
        ["text"] = text,
        ["showarrow"] = false,
        ["font"] = new JsonObject { ["color"] = colour },
    };

    private static JsonObject Empty(string axis) => new()
    {
        ["xref"] = $"x{axis} domain",
        ["yref"] = $"y{axis} domain",
        ["x"] = 0.5,
        ["y"] = 0.5,
        ["text"] = "no data",
        ["showarrow"] = false,
    };
}
