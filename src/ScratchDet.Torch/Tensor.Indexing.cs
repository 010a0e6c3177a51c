using System.Runtime.CompilerServices;
using ScratchDet.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>One position of an index expression: a number, a range, everything, a new axis, or a tensor of indices.</summary>
    public readonly struct TensorIndex
    {
        public static readonly TensorIndex Colon = new(Kind.Slice);
        public static readonly TensorIndex Ellipsis = new(Kind.Ellipsis);
        public static readonly TensorIndex None = new(Kind.None);
        public static readonly TensorIndex Null = new(Kind.None);

        internal readonly Kind Type;
        internal readonly long? Start;
        internal readonly long? Stop;
        internal readonly long Step;
        internal readonly Tensor? Indices;

        private TensorIndex(Kind type, long? start = null, long? stop = null, long step = 1, Tensor? indices = null) =>
            (Type, Start, Stop, Step, Indices) = (type, start, stop, step, indices);

        internal enum Kind
        {
            Slice,
            Single,
            Tensor,
            Ellipsis,
            None,
        }

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);

        public static implicit operator TensorIndex((int?, int?) range) => Slice(range.Item1, range.Item2);

        public static TensorIndex Single(long? index) => new(Kind.Single, index ?? throw new ArgumentNullException(nameof(index)));

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Kind.Slice, start, stop, step ?? 1);

        public static TensorIndex Slice((int?, int?) range) => Slice(range.Item1, range.Item2);

        public static TensorIndex Slice(Range range) => Slice(
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            range.End.IsFromEnd ? (range.End.Value == 0 ? null : -range.End.Value) : range.End.Value);

        public static TensorIndex Tensor(Tensor tensor) => new(Kind.Tensor, indices: tensor);
    }

    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, [TensorIndex.Single(i1)]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index([i1, i2]);
            set => index_put_(value, [i1, i2]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index([i1, i2, i3]);
            set => index_put_(value, [i1, i2, i3]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index([i1, i2, i3, i4]);
            set => index_put_(value, [i1, i2, i3, i4]);
        }

        public Tensor index(params TensorIndex[] indices)
        {
            Tensor view = Views(indices, out Tensor?[] tensors);
            if (tensors.Length == 0) return view;
            using (view) return Operators.index_Tensor.Call(view, Argument.OptionalTensors(tensors));
        }

        public Tensor index(params Tensor[] indices) => Operators.index_Tensor.Call(this, Argument.OptionalTensors(indices));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            using Tensor view = Views(indices, out Tensor?[] tensors);
            if (tensors.Length > 0) Operators.index_put_.Run(view, Argument.OptionalTensors(tensors), value, accumulate);
            else if (accumulate) view.add_(value);
            else view.copy_(value);
            return this;
        }

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using Tensor filled = new_full([], value);
            return index_put_(filled, indices, false);
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) =>
            InPlace(Operators.index_put_, this, Argument.OptionalTensors(indices), value, accumulate);

        public Tensor select(long dim, long index) => Operators.select_int.Call(this, dim, index);

        public Tensor slice(long dim, long start, long finish, long step) => Operators.slice_Tensor.Call(this, dim, start, finish, step);

        public Tensor gather(long dim, Tensor index) => Operators.gather.Call(this, dim, index);

        public Tensor scatter(long dim, Tensor index, Tensor src) => Operators.scatter_src.Call(this, dim, index, src);

        public Tensor scatter_(long dim, Tensor index, Tensor src) => InPlace(Operators.scatter__src, this, dim, index, src);

        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Operators.scatter_add.Call(this, dim, index, src);

        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => InPlace(Operators.scatter_add_, this, dim, index, src);

        public Tensor index_select(long dim, Tensor index) => Operators.index_select.Call(this, dim, index);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) =>
            InPlace(Operators.index_add_, this, dim, index, source, alpha);

        public Tensor index_copy_(long dim, Tensor index, Tensor source) => InPlace(Operators.index_copy_, this, dim, index, source);

        public Tensor index_fill_(long dim, Tensor index, Scalar value) =>
            InPlace(Operators.index_fill__int_Scalar, this, dim, index, value);

        public Tensor masked_fill(Tensor mask, Scalar value) => Operators.masked_fill_Scalar.Call(this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value) => InPlace(Operators.masked_fill__Scalar, this, mask, value);

        public Tensor masked_select(Tensor mask) => Operators.masked_select.Call(this, mask);

        public Tensor nonzero() => Operators.nonzero.Call(this);

        /// <summary>Applies numbers, ranges and new axes as views; tensors of indices are given back by dimension, null for none.</summary>
        private Tensor Views(TensorIndex[] indices, out Tensor?[] tensors)
        {
            Tensor?[] byDimension = new Tensor?[indices.Length + (int)Dimensions];
            int used = 0;
            int consumed = indices.Count(index => index.Type is not (TensorIndex.Kind.None or TensorIndex.Kind.Ellipsis));
            int dimension = 0;
            Tensor view = alias();
            try
            {
                foreach (TensorIndex index in indices)
                {
                    Tensor? next = null;
                    switch (index.Type)
                    {
                        case TensorIndex.Kind.Single:
                            next = view.select(dimension, index.Start!.Value);
                            break;
                        case TensorIndex.Kind.Slice:
                            next = Operators.slice_Tensor.Call(view, dimension++, index.Start, index.Stop, index.Step);
                            break;
                        case TensorIndex.Kind.None:
                            next = view.unsqueeze(dimension++);
                            break;
                        case TensorIndex.Kind.Ellipsis:
                            dimension += (int)Dimensions - consumed;
                            break;
                        case TensorIndex.Kind.Tensor:
                            byDimension[dimension++] = index.Indices;
                            used = dimension;
                            break;
                        default:
                            throw new ArgumentOutOfRangeException(nameof(indices));
                    }
                    if (next is null) continue;
                    view.Dispose();
                    view = next;
                }
            }
            catch
            {
                view.Dispose();
                throw;
            }
            tensors = byDimension[..used];
            return view;
        }
    }
}
