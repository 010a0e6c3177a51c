namespace ScratchDet.Data;

/// <summary>Annotated images with the names of their classes. <c>ClassNames[i]</c> belongs to class index i; background is not among them.</summary>
public sealed record DetectionDataset(IReadOnlyList<string> ClassNames, IReadOnlyList<Sample> Samples)
{
    /// <summary>
    /// The share <paramref name="fraction"/> in (0, 1] of the images, at least one, chosen by seed and nested: with one
    /// seed, 10% contain the 1%. The order of the images is kept.
    /// </summary>
    public DetectionDataset Fraction(double fraction, ulong seed)
    {
        if (fraction is not (> 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "the fraction of the data is above 0 and at most 1");
        if (fraction == 1) return this;
        int[] order = Permutation.Of(Samples.Count, Seeds.Generator(seed, "fraction"));
        int count = Math.Max(1, (int)Math.Round(fraction * Samples.Count));
        Array.Sort(order, 0, count);
        var chosen = new Sample[count];
        for (int i = 0; i < count; i++) chosen[i] = Samples[order[i]];
        return this with { Samples = chosen };
    }

    /// <summary>The images whose ids a list file names (one a line), in the order of the list.</summary>
    /// <exception cref="BadInputException">The list is absent or empty, or names an image that is not here.</exception>
    public DetectionDataset Only(string listPath)
    {
        var byId = new Dictionary<string, Sample>(StringComparer.Ordinal);
        foreach (Sample sample in Samples) byId.TryAdd(sample.Id, sample);
        IReadOnlyList<string> ids = VocLayout.ReadIds(listPath, "give a list of image names, one a line");
        var chosen = new Sample[ids.Count];
        for (int i = 0; i < chosen.Length; i++)
        {
            chosen[i] = byId.TryGetValue(ids[i], out Sample? sample)
                ? sample
                : throw new BadInputException(listPath, $"entry {i + 1}", $"the image '{ids[i]}' is not in the data", "take it out of the list, or choose the image set that holds it");
        }
        return this with { Samples = chosen };
    }

    /// <summary>
    /// Repeats the images of rare classes (repeat-factor sampling, LVIS, Gupta et al. 2019, section 4.3): a class in
    /// the share f of the images has the factor max(1, sqrt(threshold / f)); an image has the greatest factor of its
    /// classes. The fractional part is one more copy with that probability, by seed.
    /// </summary>
    public DetectionDataset RepeatRare(double threshold, ulong seed)
    {
        double[] factors = RepeatFactors(threshold);
        Random random = Seeds.Generator(seed, "repeat");
        var repeated = new List<Sample>(Samples.Count);
        for (int i = 0; i < factors.Length; i++)
        {
            int whole = (int)factors[i];
            int copies = random.NextDouble() < factors[i] - whole ? whole + 1 : whole;
            for (int copy = 0; copy < copies; copy++) repeated.Add(Samples[i]);
        }
        return this with { Samples = repeated };
    }

    /// <summary>The repeat factor of each image, at least 1; see <see cref="RepeatRare"/>.</summary>
    public double[] RepeatFactors(double threshold)
    {
        if (threshold is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "the threshold is a share of the images, 0 to 1");
        var imagesOfClass = new int[ClassNames.Count];
        var lastImageOfClass = new int[ClassNames.Count];
        Array.Fill(lastImageOfClass, -1);
        for (int i = 0; i < Samples.Count; i++)
        {
            foreach (ObjectAnnotation item in Samples[i].Objects)
            {
                if (lastImageOfClass[item.ClassIndex] == i) continue;
                lastImageOfClass[item.ClassIndex] = i;
                imagesOfClass[item.ClassIndex]++;
            }
        }
        var factors = new double[Samples.Count];
        for (int i = 0; i < factors.Length; i++)
        {
            factors[i] = 1;
            foreach (ObjectAnnotation item in Samples[i].Objects)
            {
                double share = (double)imagesOfClass[item.ClassIndex] / Samples.Count;
                factors[i] = Math.Max(factors[i], Math.Sqrt(threshold / share));
            }
        }
        return factors;
    }
}
