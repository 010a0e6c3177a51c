using ScratchDet.Models;
using ScratchDet.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ScratchDet.Training;

/// <summary>Where and in which number format a detector runs. Weights and losses are float32 always.</summary>
public sealed class Execution
{
    /// <param name="precision"><see cref="Precision.Auto"/> takes bfloat16 where the device computes it fast.</param>
    /// <exception cref="ArgumentException">A CUDA device was asked for that is not there.</exception>
    public Execution(Device device, Precision precision)
    {
        if (device.type == DeviceType.CUDA && Math.Max(device.index, 0) >= cuda.device_count())
            throw new ArgumentException($"{device}: this machine has {cuda.device_count()} CUDA devices");
        Device = device;
        UsesBFloat16 = precision == Precision.BFloat16 || (precision == Precision.Auto && TorchSettings.Bf16Pays(device));
        // oneDNN's float32 kernels are as fast or faster on planar memory; its bfloat16 ones and cuDNN want channels last.
        UsesChannelsLast = UsesBFloat16 || device.type == DeviceType.CUDA;
    }

    public Device Device { get; }

    public bool UsesBFloat16 { get; }

    public bool UsesChannelsLast { get; }

    /// <summary>As runs record it.</summary>
    public string PrecisionName => UsesBFloat16 ? "bfloat16" : "float32";

    /// <inheritdoc cref="PrecisionName"/>
    public string MemoryLayoutName => UsesChannelsLast ? "channels last" : "channels first";

    /// <summary>Moves a detector to the device and lays its weights out; before its optimizer is made.</summary>
    public void Prepare(Detector detector)
    {
        detector.to(Device);
        if (UsesChannelsLast) detector.ToChannelsLast();
    }

    public Tensor ToDevice(Tensor tensor) => Device.type == DeviceType.CPU ? tensor : tensor.to(Device, non_blocking: true);

    /// <summary>Images (N, 3, S, S) on the device -> raw outputs there, float32.</summary>
    public RawDetections Forward(Detector detector, Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = UsesChannelsLast ? images.ToChannelsLast() : images;
        RawDetections raw;
        if (UsesBFloat16)
        {
            using (Autocast.Enter(Device.type, ScalarType.BFloat16)) raw = detector.call(input);
        }
        else
        {
            raw = detector.call(input);
        }
        return new RawDetections(Float(raw.BoxRegression), Float(raw.ClassLogits));
    }

    /// <summary>Images on the CPU -> contiguous raw outputs on the CPU, float32, without gradients.</summary>
    public RawDetections Infer(Detector detector, Tensor images)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        RawDetections raw = Forward(detector, ToDevice(images));
        return new RawDetections(
            raw.BoxRegression.cpu().contiguous().MoveToOuterDisposeScope(), raw.ClassLogits.cpu().contiguous().MoveToOuterDisposeScope());
    }

    private static Tensor Float(Tensor tensor) => tensor.to(ScalarType.Float32).MoveToOuterDisposeScope();
}
