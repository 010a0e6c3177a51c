using ScratchDet.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Operators.sum.Call(this, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) =>
            Operators.sum_dim_IntList.Call(this, dim, keepdim, type);

        public Tensor mean() => Operators.mean.Call(this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            Operators.mean_dim.Call(this, dimensions, keepdim, type);

        public Tensor std(bool unbiased = true) => Operators.std.Call(this, unbiased);

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            std([dim], unbiased, keepdim, type);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            WithType(Operators.std_dim.Call(this, dimensions, unbiased, keepdim), type);

        public Tensor var(bool unbiased = true) => Operators.var.Call(this, unbiased);

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            var([dim], unbiased, keepdim, type);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            WithType(Operators.var_dim.Call(this, dimensions, unbiased, keepdim), type);

        public Tensor max() => Operators.max.Call(this);

        public Tensor max(Tensor other) => Operators.maximum.Call(this, other);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Operators.max_dim.CallForTwo(this, dim, keepdim);

        public Tensor argmax() => Operators.argmax.Call(this);

        public Tensor argmax(long dim, bool keepdim = false) => Operators.argmax.Call(this, dim, keepdim);

        public Tensor amax(params long[] dims) => Operators.amax.Call(this, dims);

        public Tensor min() => Operators.min.Call(this);

        public Tensor min(Tensor other) => Operators.minimum.Call(this, other);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Operators.min_dim.CallForTwo(this, dim, keepdim);

        public Tensor argmin() => Operators.argmin.Call(this);

        public Tensor argmin(long dim, bool keepdim = false) => Operators.argmin.Call(this, dim, keepdim);

        public Tensor amin(params long[] dims) => Operators.amin.Call(this, dims);

        public Tensor all() => Operators.all.Call(this);

        public Tensor all(long dim, bool keepdim = false) => Operators.all_dim.Call(this, dim, keepdim);

        public Tensor any() => Operators.any.Call(this);

        public Tensor any(long dim, bool keepdim = false) => Operators.any_dim.Call(this, dim, keepdim);

        public Tensor norm(float p = 2) => Operators.norm_Scalar.Call(this, (double)p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2) => Operators.norm_ScalarOpt_dim.Call(this, (double)p, new long[] { dim }, keepdim);

        public Tensor prod(ScalarType? type = null) => Operators.prod.Call(this, type);

        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => Operators.prod_dim_int.Call(this, dim, keepdim, type);

        public Tensor cumsum(long dim, ScalarType? type = null) => Operators.cumsum.Call(this, dim, type);

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) =>
            Operators.sort_stable.CallForTwo(this, stable, dim, descending);

        public Tensor argsort(long dim = -1, bool descending = false) => Operators.argsort.Call(this, dim, descending);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            Operators.topk.CallForTwo(this, k, dim, largest, sorted);

        public Tensor median() => Operators.median.Call(this);

        public Tensor count_nonzero(long[]? dims = null) =>
            dims is null ? Operators.count_nonzero.Call(this, Argument.None) : Operators.count_nonzero_dim_IntList.Call(this, dims);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Operators.softmax_int.Call(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Operators.log_softmax_int.Call(this, dim, dtype);

        public Tensor logsumexp(long dim, bool keepdim = false) => Operators.logsumexp.Call(this, new long[] { dim }, keepdim);

        private static Tensor WithType(Tensor result, ScalarType? type)
        {
            if (type is not { } wanted) return result;
            using (result) return result.to_type(wanted);
        }
    }
}
