using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>Copies between the processor's memory and a device's, each done when the call returns. What comes and goes with every call takes <see cref="HostBlock"/>s.</summary>
static unsafe class Transfer
{
    public static void Up(GpuDevice device, Tensor tensor, ArrayView<byte> view)
    {
        Up(device, tensor.Pointer, tensor.Bytes, view);
        GC.KeepAlive(tensor);
    }

    public static void Up(GpuDevice device, byte* from, long bytes, ArrayView<byte> view)
    {
        if (bytes == 0) return;
        view.CopyFromCPU(device.Stream, ref *from, bytes);
        device.Queue.Waited();
    }

    public static void Down(GpuDevice device, ArrayView<byte> view, Tensor tensor)
    {
        Down(device, view, tensor.Pointer, tensor.Bytes);
        GC.KeepAlive(tensor);
    }

    public static void Down(GpuDevice device, ArrayView<byte> view, byte* to, long bytes)
    {
        if (bytes == 0) return;
        view.CopyToCPU(device.Stream, ref *to, bytes);
        device.Queue.Waited();
    }

    /// <summary>A truth value, once everything before it is done.</summary>
    public static bool ReadBool(GpuDevice device, ArrayView<byte> view)
    {
        byte value = 0;
        Down(device, view, &value, 1);
        return value != 0;
    }
}
