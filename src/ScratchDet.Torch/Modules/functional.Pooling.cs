using ScratchDet.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                max_pool2d(input, Pair(kernel_size), Pair(stride), Pair(padding), Pair(dilation), ceil_mode);

            public static Tensor max_pool2d(Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
                (long, long)? dilation = null, bool ceil_mode = false) =>
                max_pool2d(input, Pair(kernel_size), Pair(stride), Pair(padding), Pair(dilation), ceil_mode);

            /// <param name="strides">Null for the kernel's size.</param>
            public static Tensor max_pool2d(Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null, long[]? dilation = null,
                bool ceil_mode = false) =>
                Operators.max_pool2d.Call(input, kernel_size, strides ?? kernel_size, padding ?? Zero, dilation ?? One, ceil_mode);

            /// <summary>The maxima and where each lies: row times width plus column of the input.</summary>
            public static (Tensor output, Tensor indices) max_pool2d_with_indices(Tensor input, long[] kernel_size, long[]? strides = null,
                long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
                Operators.max_pool2d_with_indices.CallForTwo(input, kernel_size, strides ?? kernel_size, padding ?? Zero, dilation ?? One, ceil_mode);

            public static Tensor avg_pool2d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) =>
                Operators.avg_pool2d.Call(input, kernel_size, stride ?? kernel_size, padding ?? Zero, ceil_mode, count_include_pad, divisor_override);

            public static Tensor avg_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) =>
                avg_pool2d(input, Pair(kernel_size), Pair(stride), Pair(padding), ceil_mode, count_include_pad, divisor_override);

            public static Tensor avg_pool2d(Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
                bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                avg_pool2d(input, Pair(kernel_size), Pair(stride), Pair(padding), ceil_mode, count_include_pad, divisor_override);

            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) => Operators.adaptive_avg_pool2d.Call(input, output_size);

            public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) => adaptive_avg_pool2d(input, Pair(output_size));

            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => adaptive_avg_pool2d(input, Pair(output_size));

            /// <summary>Resizes images [batch, channels, height, width].</summary>
            /// <param name="size">Height and width wanted; or give <paramref name="scale_factor"/>.</param>
            /// <param name="scale_factor">One factor, or one each for height and width.</param>
            /// <param name="align_corners">Whether the centres of the corner pixels stay in place (bilinear and bicubic only).</param>
            /// <param name="recompute_scale_factor">Whether sampling uses the factor that the rounded sizes give.</param>
            /// <exception cref="ArgumentException">Not an image batch, both or neither of size and factor, or an option that the mode lacks.</exception>
            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest,
                bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
            {
                if (x.Dimensions != 4) throw new ArgumentException($"interpolate takes [batch, channels, height, width], not {x.Dimensions} dimensions", nameof(x));
                if (size is null == scale_factor is null) throw new ArgumentException("give either size or scale_factor", nameof(size));
                bool smooth = mode is InterpolationMode.Bilinear or InterpolationMode.Bicubic;
                if (align_corners is not null && !smooth) throw new ArgumentException($"align_corners has no meaning for {mode}", nameof(align_corners));
                if (antialias && !smooth) throw new ArgumentException($"antialias has no meaning for {mode}", nameof(antialias));
                long[]? wanted = size is null ? null : Both(size);
                double[]? factors = scale_factor is null ? null : Both(scale_factor);
                if (factors is not null && (recompute_scale_factor || mode == InterpolationMode.Area))
                {
                    wanted = [(long)Math.Floor(x.size(2) * factors[0]), (long)Math.Floor(x.size(3) * factors[1])];
                    factors = null;
                }
                bool corners = align_corners ?? false;
                return mode switch
                {
                    InterpolationMode.Nearest => Operators.upsample_nearest2d_vec.Call(x, wanted, factors),
                    InterpolationMode.NearestExact => Operators._upsample_nearest_exact2d_vec.Call(x, wanted, factors),
                    InterpolationMode.Bilinear when antialias => Operators._upsample_bilinear2d_aa_vec.Call(x, wanted, corners, factors),
                    InterpolationMode.Bilinear => Operators.upsample_bilinear2d_vec.Call(x, wanted, corners, factors),
                    InterpolationMode.Bicubic when antialias => Operators._upsample_bicubic2d_aa_vec.Call(x, wanted, corners, factors),
                    InterpolationMode.Bicubic => Operators.upsample_bicubic2d_vec.Call(x, wanted, corners, factors),
                    InterpolationMode.Area => adaptive_avg_pool2d(x, wanted!),
                    _ => throw new ArgumentException($"images [batch, channels, height, width] cannot be resized by {mode}", nameof(mode)),
                };
            }

            private static T[] Both<T>(T[] values) => values.Length switch
            {
                1 => [values[0], values[0]],
                2 => values,
                _ => throw new ArgumentException($"{values.Length} sizes or factors for height and width"),
            };
        }
    }
}
