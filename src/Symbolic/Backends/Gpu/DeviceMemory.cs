using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>Memory of a device that grows when it must. What is no longer reached is freed with the garbage collector's help.</summary>
sealed class DeviceMemory(GpuDevice device)
{
    MemoryBuffer1D<byte, Stride1D.Dense>? _memory;

    /// <summary>The first bytes, at least one.</summary>
    /// <exception cref="InsufficientMemoryException">The device has no room; the message says what was asked for and what is there.</exception>
    public ArrayView<byte> View(long bytes, string what)
    {
        bytes = Math.Max(bytes, 8);
        if (_memory is null || _memory.LengthInBytes < bytes)
        {
            _memory?.Dispose();
            _memory = null;
            try
            {
                _memory = device.Accelerator.Allocate1D<byte>(bytes);
            }
            catch (Exception e) when (e is AcceleratorException or OutOfMemoryException)
            {
                throw new InsufficientMemoryException($"{device.Accelerator.Name} has no {bytes:N0} bytes for {what}; it has {device.Accelerator.MemorySize:N0} in all. Use smaller batches.", e);
            }
        }
        return _memory.View.SubView(0, bytes);
    }
}

/// <summary>The value of a shared variable on a device. The newer of it and the tensor counts.</summary>
sealed class DeviceResidence(GpuDevice device) : Residence
{
    readonly DeviceMemory _memory = new(device);
    ArrayView<byte> _view;
    bool _isNewer;

    public GpuDevice Device => device;

    /// <summary>The value of a variable on a device, brought there if need be.</summary>
    public static DeviceResidence Of(SharedVariable variable, GpuDevice device)
    {
        if (variable.Residence is DeviceResidence known && known.Device == device) return known;
        var residence = new DeviceResidence(device);
        var tensor = variable.Storage;
        residence._view = residence._memory.View(tensor.Bytes, $"shared variable '{variable.Name}'");
        Transfer.Up(device, tensor, residence._view);
        variable.Residence = residence;
        return residence;
    }

    public ArrayView<byte> View => _view;

    /// <summary>Says that the device has written the value.</summary>
    public void Written() => _isNewer = true;

    public override void BringHome(Tensor value)
    {
        lock (device.Lock)
        {
            if (!_isNewer) return;
            Transfer.Down(device, _view, value);
            _isNewer = false;
        }
    }
}

/// <summary>Copies between tensors and devices.</summary>
static unsafe class Transfer
{
    public static void Up(GpuDevice device, Tensor tensor, ArrayView<byte> view) => Up(device, tensor.Pointer, tensor.Bytes, view);

    public static void Up(GpuDevice device, byte* from, long bytes, ArrayView<byte> view)
    {
        if (bytes > 0) view.CopyFromCPU(device.Stream, ref *from, bytes);
    }

    public static void Down(GpuDevice device, ArrayView<byte> view, Tensor tensor)
    {
        Down(device, view, tensor.Pointer, tensor.Bytes);
        GC.KeepAlive(tensor);
    }

    public static void Down(GpuDevice device, ArrayView<byte> view, byte* to, long bytes)
    {
        if (bytes > 0) view.CopyToCPU(device.Stream, ref *to, bytes);
    }

    /// <summary>A truth value, once everything before it is done.</summary>
    public static bool ReadBool(GpuDevice device, ArrayView<byte> view)
    {
        byte value = 0;
        Down(device, view, &value, 1);
        return value != 0;
    }

    /// <summary>Copies the first bytes from one place of the device to another.</summary>
    public static void Across(GpuDevice device, ArrayView<byte> from, ArrayView<byte> to, long bytes)
    {
        if (bytes > 0) from.SubView(0, bytes).CopyTo(device.Stream, to.SubView(0, bytes));
    }
}
