using ScratchDet.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor view(params long[] shape) => Operators.view.Call(this, shape);

        public Tensor view_as(Tensor other) => Operators.view.Call(this, other.shape);

        public Tensor reshape(params long[] shape) => Operators.reshape.Call(this, shape);

        public Tensor permute(params long[] permutation) => Operators.permute.Call(this, permutation);

        public Tensor transpose(long dim0, long dim1) => Operators.transpose_int.Call(this, dim0, dim1);

        public Tensor t() => Operators.t.Call(this);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Operators.flatten_using_ints.Call(this, start_dim, end_dim);

        public Tensor squeeze(long? dim = null) => dim is { } one ? Operators.squeeze_dim.Call(this, one) : Operators.squeeze.Call(this);

        public Tensor unsqueeze(long dim) => Operators.unsqueeze.Call(this, dim);

        public Tensor expand(params long[] sizes) => Operators.expand.Call(this, sizes);

        public Tensor expand_as(Tensor other) => Operators.expand.Call(this, other.shape);

        public Tensor repeat(params long[] sizes) => Operators.repeat.Call(this, sizes);

        public Tensor tile(params long[] reps) => Operators.tile.Call(this, reps);

        public Tensor narrow(long dim, long start, long length) => Operators.narrow.Call(this, dim, start, length);

        public Tensor[] split(long size, int dim = 0) => Operators.split_Tensor.CallForList(this, size, dim);

        public Tensor[] split(long[] sizes, long dim = 0) => Operators.split_with_sizes.CallForList(this, sizes, dim);

        public Tensor[] chunk(long chunks, long dim = 0) => Operators.chunk.CallForList(this, chunks, dim);

        public Tensor[] unbind(long dimension = 0) => Operators.unbind_int.CallForList(this, dimension);

        public Tensor contiguous() => Operators.contiguous.Call(this);

        public Tensor clone() => Operators.clone.Call(this);

        public Tensor alias() => Operators.alias.Call(this);

        public Tensor detach() => Operators.detach.Call(this);

        public Tensor detach_() => InPlace(Operators.detach_, this);

        public Tensor flip(params long[] dims) => Operators.flip.Call(this, dims);

        public Tensor roll(long[] shifts, long[] dims) => Operators.roll.Call(this, shifts, dims);

        public Tensor movedim(long[] source, long[] destination) => Operators.movedim_intlist.Call(this, source, destination);

        public Tensor swapaxes(long dim0, long dim1) => Operators.swapaxes.Call(this, dim0, dim1);

        public Tensor triu(long diagonal = 0) => Operators.triu.Call(this, diagonal);

        public Tensor tril(long diagonal = 0) => Operators.tril.Call(this, diagonal);

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0) => Operators.as_strided.Call(this, size, strides, storageOffset);
    }
}
