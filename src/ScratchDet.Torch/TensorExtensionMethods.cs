namespace TorchSharp;

public static class TensorExtensionMethods
{
    public static float ToSingle(this torch.Tensor value) => value.item<float>();

    public static double ToDouble(this torch.Tensor value) => value.item<double>();

    public static int ToInt32(this torch.Tensor value) => value.item<int>();

    public static long ToInt64(this torch.Tensor value) => value.item<long>();

    public static bool ToBoolean(this torch.Tensor value) => value.item<bool>();

    public static byte ToByte(this torch.Tensor value) => value.item<byte>();

    public static long TotalSize(this IEnumerable<long> shape) => shape.Aggregate(1L, (product, length) => checked(product * length));
}
