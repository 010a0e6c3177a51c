using System.ComponentModel.DataAnnotations;

namespace ScratchDet.Data;

/// <summary>The text names image sets as <see cref="VocDataset.Read"/> takes them.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class VocSplitAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is string text && VocDataset.IsSplit(text);

    public override string FormatErrorMessage(string name) => $"{name} names no image set; {VocLayout.SplitForm}";
}
