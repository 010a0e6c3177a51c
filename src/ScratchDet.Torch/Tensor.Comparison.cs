using ScratchDet.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => Operators.eq_Tensor.Call(this, target);

        public Tensor eq(Scalar target) => Operators.eq_Scalar.Call(this, target);

        public Tensor ne(Tensor target) => Operators.ne_Tensor.Call(this, target);

        public Tensor ne(Scalar target) => Operators.ne_Scalar.Call(this, target);

        public Tensor gt(Tensor target) => Operators.gt_Tensor.Call(this, target);

        public Tensor gt(Scalar target) => Operators.gt_Scalar.Call(this, target);

        public Tensor lt(Tensor target) => Operators.lt_Tensor.Call(this, target);

        public Tensor lt(Scalar target) => Operators.lt_Scalar.Call(this, target);

        public Tensor ge(Tensor target) => Operators.ge_Tensor.Call(this, target);

        public Tensor ge(Scalar target) => Operators.ge_Scalar.Call(this, target);

        public Tensor le(Tensor target) => Operators.le_Tensor.Call(this, target);

        public Tensor le(Scalar target) => Operators.le_Scalar.Call(this, target);

        public Tensor eq_(Tensor target) => InPlace(Operators.eq__Tensor, this, target);

        public Tensor eq_(Scalar target) => InPlace(Operators.eq__Scalar, this, target);

        public Tensor logical_and(Tensor other) => Operators.logical_and.Call(this, other);

        public Tensor logical_or(Tensor other) => Operators.logical_or.Call(this, other);

        public Tensor logical_xor(Tensor other) => Operators.logical_xor.Call(this, other);

        public Tensor logical_not() => Operators.logical_not.Call(this);

        public Tensor isnan() => Operators.isnan.Call(this);

        public Tensor isinf() => Operators.isinf.Call(this);

        public Tensor isfinite() => Operators.isfinite.Call(this);

        public Tensor isclose(Tensor other, double rtol = 1E-05, double atol = 1E-08, bool nanEqual = false) =>
            Operators.isclose.Call(this, other, rtol, atol, nanEqual);

        public bool allclose(Tensor target, double rtol = 1E-05, double atol = 1E-08, bool equal_nan = false) =>
            Operators.allclose.CallForBool(this, target, rtol, atol, equal_nan);

        public Tensor where(Tensor condition, Tensor y) => Operators.where_self.Call(condition, this, y);
    }
}
