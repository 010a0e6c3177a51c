using ScratchDet.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Operators.abs.Call(this);

        public Tensor neg() => Operators.neg.Call(this);

        public Tensor exp() => Operators.exp.Call(this);

        public Tensor log() => Operators.log.Call(this);

        public Tensor sqrt() => Operators.sqrt.Call(this);

        public Tensor rsqrt() => Operators.rsqrt.Call(this);

        public Tensor square() => Operators.square.Call(this);

        public Tensor reciprocal() => Operators.reciprocal.Call(this);

        public Tensor sign() => Operators.sign.Call(this);

        public Tensor erf() => Operators.erf.Call(this);

        public Tensor sigmoid() => Operators.sigmoid.Call(this);

        public Tensor tanh() => Operators.tanh.Call(this);

        public Tensor relu() => Operators.relu.Call(this);

        public Tensor relu6() => Operators.relu6.Call(this);

        public Tensor floor() => Operators.floor.Call(this);

        public Tensor ceil() => Operators.ceil.Call(this);

        public Tensor sin() => Operators.sin.Call(this);

        public Tensor cos() => Operators.cos.Call(this);

        public Tensor log1p() => Operators.log1p.Call(this);

        public Tensor abs_() => InPlace(Operators.abs_, this);

        public Tensor neg_() => InPlace(Operators.neg_, this);

        public Tensor exp_() => InPlace(Operators.exp_, this);

        public Tensor log_() => InPlace(Operators.log_, this);

        public Tensor sqrt_() => InPlace(Operators.sqrt_, this);

        public Tensor sigmoid_() => InPlace(Operators.sigmoid_, this);

        public Tensor relu_() => InPlace(Operators.relu_, this);

        public Tensor relu6_() => InPlace(Operators.relu6_, this);

        public Tensor floor_() => InPlace(Operators.floor_, this);

        public Tensor ceil_() => InPlace(Operators.ceil_, this);

        public Tensor round(long decimals = 0) => Operators.round_decimals.Call(this, decimals);

        public Tensor round_(long decimals = 0) => InPlace(Operators.round__decimals, this, decimals);

        public Tensor add(Tensor target) => Operators.add_Tensor.Call(this, target);

        public Tensor add(Scalar scalar) => Operators.add_Scalar.Call(this, scalar);

        public Tensor add_(Tensor target) => InPlace(Operators.add__Tensor, this, target);

        public Tensor add_(Scalar scalar) => InPlace(Operators.add__Scalar, this, scalar);

        public Tensor sub(Tensor target) => Operators.sub_Tensor.Call(this, target);

        public Tensor sub(Scalar target) => Operators.sub_Scalar.Call(this, target);

        public Tensor sub_(Tensor target) => InPlace(Operators.sub__Tensor, this, target);

        public Tensor sub_(Scalar target) => InPlace(Operators.sub__Scalar, this, target);

        public Tensor mul(Tensor target) => Operators.mul_Tensor.Call(this, target);

        public Tensor mul(Scalar target) => Operators.mul_Scalar.Call(this, target);

        public Tensor mul_(Tensor target) => InPlace(Operators.mul__Tensor, this, target);

        public Tensor mul_(Scalar target) => InPlace(Operators.mul__Scalar, this, target);

        public Tensor add(Tensor target, Scalar alpha) => Operators.add_Tensor.Call(this, target, alpha);

        public Tensor add(Scalar scalar, Scalar alpha) => Operators.add_Scalar.Call(this, scalar, alpha);

        public Tensor add_(Tensor target, Scalar alpha) => InPlace(Operators.add__Tensor, this, target, alpha);

        public Tensor add_(Scalar scalar, Scalar alpha) => InPlace(Operators.add__Scalar, this, scalar, alpha);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            Operators.div_Tensor_mode.Call(this, target, Rounding(rounding_mode));

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            InPlace(Operators.div__Tensor_mode, this, target, Rounding(rounding_mode));

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Operators.div_Scalar_mode.Call(this, target, Rounding(rounding_mode));

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            InPlace(Operators.div__Scalar_mode, this, target, Rounding(rounding_mode));

        public Tensor pow(Tensor exponent) => Operators.pow_Tensor_Tensor.Call(this, exponent);

        public Tensor pow_(Tensor exponent) => InPlace(Operators.pow__Tensor, this, exponent);

        public Tensor pow(Scalar exponent) => Operators.pow_Tensor_Scalar.Call(this, exponent);

        public Tensor pow_(Scalar exponent) => InPlace(Operators.pow__Scalar, this, exponent);

        public Tensor fmod(Scalar scalar) => Operators.fmod_Scalar.Call(this, scalar);

        public Tensor fmod(Tensor target) => Operators.fmod_Tensor.Call(this, target);

        public Tensor remainder(Scalar scalar) => Operators.remainder_Scalar.Call(this, scalar);

        public Tensor remainder(Tensor target) => Operators.remainder_Tensor.Call(this, target);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Operators.clamp.Call(this, min, max);

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Operators.clamp_Tensor.Call(this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => InPlace(Operators.clamp_, this, min, max);

        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => InPlace(Operators.clamp__Tensor, this, min, max);

        public Tensor clamp_min(Scalar min) => Operators.clamp_min.Call(this, min);

        public Tensor clamp_max(Scalar max) => Operators.clamp_max.Call(this, max);

        public Tensor clamp_min_(Scalar min) => InPlace(Operators.clamp_min_, this, min);

        public Tensor clamp_max_(Scalar max) => InPlace(Operators.clamp_max_, this, max);

        public Tensor maximum(Tensor other) => Operators.maximum.Call(this, other);

        public Tensor minimum(Tensor other) => Operators.minimum.Call(this, other);

        public Tensor matmul(Tensor target) => Operators.matmul.Call(this, target);

        public Tensor mm(Tensor target) => Operators.mm.Call(this, target);

        public Tensor bmm(Tensor batch2) => Operators.bmm.Call(this, batch2);

        public Tensor dot(Tensor target) => Operators.dot.Call(this, target);

        public Tensor lerp(Tensor end, Tensor weight) => Operators.lerp_Tensor.Call(this, end, weight);

        public Tensor lerp_(Tensor end, Tensor weight) => InPlace(Operators.lerp__Tensor, this, end, weight);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => InPlace(Operators.addcmul_, this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => InPlace(Operators.addcdiv_, this, tensor1, tensor2, value);

        private static string? Rounding(RoundingMode mode) => mode switch
        {
            RoundingMode.None => null,
            RoundingMode.trunc => "trunc",
            RoundingMode.floor => "floor",
            _ => throw new ArgumentOutOfRangeException(nameof(mode)),
        };
    }
}
