using System.Diagnostics.CodeAnalysis;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public Module _to(Tensor other, bool non_blocking) => _to(other.device, other.dtype, non_blocking);

            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                Move(dtype, device, non_blocking);
                foreach (Module child in ownModules.Values) child._to(device, dtype, non_blocking);
                return this;
            }

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                Move(null, new Device(deviceType, deviceIndex), non_blocking);
                foreach (Module child in ownModules.Values) child._to(deviceType, deviceIndex, non_blocking);
                return this;
            }

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                Move(dtype, null, non_blocking);
                foreach (Module child in ownModules.Values) child._to(dtype, non_blocking);
                return this;
            }

            /// <summary>
            /// Changes the module's own tensors in place, so that optimizers and fields that hold them see the change. Only
            /// tensors of floating-point numbers change their type, as in PyTorch.
            /// </summary>
            private void Move(ScalarType? dtype, Device? device, bool nonBlocking)
            {
                if (dtype is { } wanted && !IsFloatingPoint(wanted))
                    throw new ArgumentException($"a module can be converted to floating-point types only, not to {wanted}", nameof(dtype));
                using IDisposable noGradients = no_grad();
                foreach (Parameter? parameter in ownParameters.Values)
                {
                    if (parameter is not null) Move(parameter, dtype, device, nonBlocking);
                }
                foreach ((Tensor? buffer, bool _) in ownBuffers.Values)
                {
                    if (buffer is not null) Move(buffer, dtype, device, nonBlocking);
                }
            }

            private static void Move(Tensor tensor, ScalarType? dtype, Device? device, bool nonBlocking)
            {
                using Tensor? gradient = tensor.grad;
                bool requiresGradient = tensor.requires_grad;
                if (!TryConvert(tensor, dtype, device, nonBlocking, out Tensor? moved)) return;
                tensor.ReplaceHandle(moved.MoveHandle());
                if (requiresGradient) tensor.requires_grad_();
                if (gradient is null) return;
                bool isNew = TryConvert(gradient, dtype, device, nonBlocking, out Tensor? movedGradient);
                using (movedGradient) tensor.grad = isNew ? movedGradient : gradient;
            }

            /// <summary>False where the tensor already has the type and the device.</summary>
            private static bool TryConvert(Tensor tensor, ScalarType? dtype, Device? device, bool nonBlocking, [NotNullWhen(true)] out Tensor? converted)
            {
                ScalarType present = tensor.dtype;
                ScalarType type = dtype is { } wanted && IsFloatingPoint(present) ? wanted : present;
                Tensor result = device is null ? tensor.to(type, non_blocking: nonBlocking) : tensor.to(type, device, non_blocking: nonBlocking);
                bool changed = result.dtype != present || result.device_type != tensor.device_type || result.device_index != tensor.device_index;
                if (!changed) result.Dispose();
                converted = changed ? result : null;
                return changed;
            }

            private static bool IsFloatingPoint(ScalarType type) =>
                type is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;
        }
    }
}

/// <summary>Moves and converts a module in place and gives it back with its own type.</summary>
public static class ModuleExtensionMethods
{
    public static T to<T>(this T module, torch.Device device, bool non_blocking = false)
        where T : torch.nn.Module => to(module, device.type, device.index, non_blocking);

    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(deviceType, deviceIndex, non_blocking);

    public static T to<T>(this T module, string device, bool non_blocking = false)
        where T : torch.nn.Module => to(module, new torch.Device(device), non_blocking);

    public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(type, non_blocking);

    public static T to<T>(this T module, torch.Device device, torch.ScalarType type, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(device, type, non_blocking);

    public static T to<T>(this T module, torch.Tensor other, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(other, non_blocking);

    public static T cpu<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => to(module, DeviceType.CPU, -1, non_blocking);

    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false)
        where T : torch.nn.Module => to(module, DeviceType.CUDA, deviceIndex, non_blocking);

    public static T half<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => to(module, torch.ScalarType.Float16, non_blocking);

    public static T bfloat16<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => to(module, torch.ScalarType.BFloat16, non_blocking);

    public static T @float<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => to(module, torch.ScalarType.Float32, non_blocking);

    public static T @double<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => to(module, torch.ScalarType.Float64, non_blocking);
}
