using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>The value of a shared variable on a device. The newer of it and the tensor counts.</summary>
sealed class DeviceResidence : Residence
{
    readonly GpuDevice _device;
    readonly DeviceHolding _holding;
    bool _isNewer;

    DeviceResidence(SharedVariable variable, GpuDevice device, long bytes)
    {
        _device = device;
        _holding = new DeviceHolding(device, $"shared variable '{variable.Name}'");
        View = new DeviceMemory(_holding).View(bytes, "its value");
    }

    public ArrayView<byte> View { get; }

    /// <summary>The value of a variable on a device, brought there if need be.</summary>
    public static DeviceResidence Of(SharedVariable variable, GpuDevice device)
    {
        if (variable.Residence is DeviceResidence known && known._device == device) return known;
        var tensor = variable.Storage;
        var residence = new DeviceResidence(variable, device, tensor.Bytes);
        Transfer.Up(device, tensor, residence.View);
        variable.Residence = residence;
        return residence;
    }

    /// <summary>Room on the device for a value of another shape.</summary>
    public static DeviceResidence Reshaped(SharedVariable variable, GpuDevice device, int[] shape)
    {
        var tensor = Tensor.Empty(variable.DType, shape);
        var residence = new DeviceResidence(variable, device, tensor.Bytes);
        variable.Storage = tensor;   // once there is room: without it the old value stays
        variable.Residence = residence;
        return residence;
    }

    /// <summary>Says that the device has written the value.</summary>
    public void Written() => _isNewer = true;

    public override void BringHome(Tensor value)
    {
        lock (_device.Lock)
        {
            if (!_isNewer) return;
            Transfer.Down(_device, View, value);
            _isNewer = false;
        }
    }

    public override void Leave() => _holding.Release();
}
