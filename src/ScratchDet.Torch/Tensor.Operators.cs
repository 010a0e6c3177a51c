using ScratchDet.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public static Tensor operator +(Tensor left, Tensor right) => Operators.add_Tensor.Call(left, right);

        public static Tensor operator +(Tensor left, Scalar right) => Operators.add_Scalar.Call(left, right);

        public static Tensor operator +(Scalar left, Tensor right) => Operators.add_Scalar.Call(right, left);

        public static Tensor operator +(Tensor left, int right) => Operators.add_Scalar.Call(left, (long)right);

        public static Tensor operator +(int left, Tensor right) => Operators.add_Scalar.Call(right, (long)left);

        public static Tensor operator +(Tensor left, long right) => Operators.add_Scalar.Call(left, right);

        public static Tensor operator +(long left, Tensor right) => Operators.add_Scalar.Call(right, left);

        public static Tensor operator +(Tensor left, float right) => Operators.add_Scalar.Call(left, (double)right);

        public static Tensor operator +(float left, Tensor right) => Operators.add_Scalar.Call(right, (double)left);

        public static Tensor operator +(Tensor left, double right) => Operators.add_Scalar.Call(left, right);

        public static Tensor operator +(double left, Tensor right) => Operators.add_Scalar.Call(right, left);

        public static Tensor operator -(Tensor left, Tensor right) => Operators.sub_Tensor.Call(left, right);

        public static Tensor operator -(Tensor left, Scalar right) => Operators.sub_Scalar.Call(left, right);

        public static Tensor operator -(Scalar left, Tensor right) => Operators.rsub_Scalar.Call(right, left);

        public static Tensor operator -(Tensor left, int right) => Operators.sub_Scalar.Call(left, (long)right);

        public static Tensor operator -(int left, Tensor right) => Operators.rsub_Scalar.Call(right, (long)left);

        public static Tensor operator -(Tensor left, long right) => Operators.sub_Scalar.Call(left, right);

        public static Tensor operator -(long left, Tensor right) => Operators.rsub_Scalar.Call(right, left);

        public static Tensor operator -(Tensor left, float right) => Operators.sub_Scalar.Call(left, (double)right);

        public static Tensor operator -(float left, Tensor right) => Operators.rsub_Scalar.Call(right, (double)left);

        public static Tensor operator -(Tensor left, double right) => Operators.sub_Scalar.Call(left, right);

        public static Tensor operator -(double left, Tensor right) => Operators.rsub_Scalar.Call(right, left);

        public static Tensor operator *(Tensor left, Tensor right) => Operators.mul_Tensor.Call(left, right);

        public static Tensor operator *(Tensor left, Scalar right) => Operators.mul_Scalar.Call(left, right);

        public static Tensor operator *(Scalar left, Tensor right) => Operators.mul_Scalar.Call(right, left);

        public static Tensor operator *(Tensor left, int right) => Operators.mul_Scalar.Call(left, (long)right);

        public static Tensor operator *(int left, Tensor right) => Operators.mul_Scalar.Call(right, (long)left);

        public static Tensor operator *(Tensor left, long right) => Operators.mul_Scalar.Call(left, right);

        public static Tensor operator *(long left, Tensor right) => Operators.mul_Scalar.Call(right, left);

        public static Tensor operator *(Tensor left, float right) => Operators.mul_Scalar.Call(left, (double)right);

        public static Tensor operator *(float left, Tensor right) => Operators.mul_Scalar.Call(right, (double)left);

        public static Tensor operator *(Tensor left, double right) => Operators.mul_Scalar.Call(left, right);

        public static Tensor operator *(double left, Tensor right) => Operators.mul_Scalar.Call(right, left);

        public static Tensor operator /(Tensor left, Tensor right) => Operators.div_Tensor.Call(left, right);

        public static Tensor operator /(Tensor left, Scalar right) => Operators.div_Scalar.Call(left, right);

        public static Tensor operator /(Scalar left, Tensor right) => Over(left, right);

        public static Tensor operator /(Tensor left, int right) => Operators.div_Scalar.Call(left, (long)right);

        public static Tensor operator /(int left, Tensor right) => Over((long)left, right);

        public static Tensor operator /(Tensor left, long right) => Operators.div_Scalar.Call(left, right);

        public static Tensor operator /(long left, Tensor right) => Over(left, right);

        public static Tensor operator /(Tensor left, float right) => Operators.div_Scalar.Call(left, (double)right);

        public static Tensor operator /(float left, Tensor right) => Over((double)left, right);

        public static Tensor operator /(Tensor left, double right) => Operators.div_Scalar.Call(left, right);

        public static Tensor operator /(double left, Tensor right) => Over(left, right);

        public static Tensor operator -(Tensor tensor) => Operators.neg.Call(tensor);

        public static Tensor operator ~(Tensor left) => Operators.bitwise_not.Call(left);

        public static Tensor operator &(Tensor left, Tensor right) => Operators.bitwise_and_Tensor.Call(left, right);

        public static Tensor operator |(Tensor left, Tensor right) => Operators.bitwise_or_Tensor.Call(left, right);

        public static Tensor operator <(Tensor left, Tensor right) => Operators.lt_Tensor.Call(left, right);

        public static Tensor operator <(Tensor left, Scalar right) => Operators.lt_Scalar.Call(left, right);

        public static Tensor operator <(Scalar left, Tensor right) => Operators.gt_Scalar.Call(right, left);

        public static Tensor operator >(Tensor left, Tensor right) => Operators.gt_Tensor.Call(left, right);

        public static Tensor operator >(Tensor left, Scalar right) => Operators.gt_Scalar.Call(left, right);

        public static Tensor operator >(Scalar left, Tensor right) => Operators.lt_Scalar.Call(right, left);

        public static Tensor operator <=(Tensor left, Tensor right) => Operators.le_Tensor.Call(left, right);

        public static Tensor operator <=(Tensor left, Scalar right) => Operators.le_Scalar.Call(left, right);

        public static Tensor operator <=(Scalar left, Tensor right) => Operators.ge_Scalar.Call(right, left);

        public static Tensor operator >=(Tensor left, Tensor right) => Operators.ge_Tensor.Call(left, right);

        public static Tensor operator >=(Tensor left, Scalar right) => Operators.ge_Scalar.Call(left, right);

        public static Tensor operator >=(Scalar left, Tensor right) => Operators.le_Scalar.Call(right, left);

        public static explicit operator float(Tensor value) => value.ToSingle();

        public static explicit operator double(Tensor value) => value.ToDouble();

        public static explicit operator int(Tensor value) => value.ToInt32();

        public static explicit operator long(Tensor value) => value.ToInt64();

        public static explicit operator bool(Tensor value) => value.ToBoolean();

        public static explicit operator byte(Tensor value) => value.ToByte();

        private static Tensor Over(Argument left, Tensor right)
        {
            using Tensor reciprocal = Operators.reciprocal.Call(right);
            return Operators.mul_Scalar.Call(reciprocal, left);
        }
    }
}
