using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// Memory of the processor that a device's copies read or write while the processor goes on: page-locked, where the device asks for that. It lasts until no copy can be on its
/// way any more.
/// </summary>
sealed unsafe class HostBlock(GpuDevice device)
{
    /// <summary>What is larger is copied from and to where it lies, and waited for.</summary>
    public const long MostBytes = 64 << 20;

    CPUMemoryBuffer? _memory, _exact;
    long _used = -1;

    ~HostBlock() => Retire();

    public byte* Pointer => (byte*)_memory!.NativePtr;

    /// <summary>The first bytes, which may be written as soon as the call returns.</summary>
    public ArrayView<byte> Take(long bytes)
    {
        if (_used == device.Queue.Waits) device.Queue.Wait();   // what was copied last may still be on its way
        if (_memory is null || _memory.LengthInBytes < bytes)
        {
            Retire();
            device.Accelerator.Bind();   // ILGPU locks pages for whatever device the thread is bound to
            _memory = CPUMemoryBuffer.CreatePageLocked(device.Accelerator, DevicePool.SizeOf(bytes), 1);
            device.Keep(_memory);
        }
        if (_exact?.LengthInBytes != bytes) _exact = CPUMemoryBuffer.Create(device.Accelerator, _memory.NativePtr, bytes, 1);   // OpenCL copies all of a buffer, whatever the view
        _used = device.Queue.Waits;
        return _exact.AsRawArrayView();
    }

    void Retire()
    {
        if (_memory is { } memory) device.Retire(memory);
        (_memory, _exact) = (null, null);
    }
}

/// <summary>An argument on its way to a device, by two blocks in turn: one is filled while the other is copied, and the device works.</summary>
sealed unsafe class Upload(GpuDevice device)
{
    readonly HostBlock[] _blocks = [new(device), new(device)];
    int _turn;

    /// <summary>Puts the copy into the queue; the tensor may be changed as soon as the call returns.</summary>
    public void Send(Tensor tensor, ArrayView<byte> to)
    {
        if (tensor.Bytes > HostBlock.MostBytes)
        {
            Transfer.Up(device, tensor, to);
            return;
        }
        if (tensor.Bytes == 0) return;
        _turn ^= 1;
        var view = _blocks[_turn].Take(tensor.Bytes);
        System.Buffer.MemoryCopy(tensor.Pointer, _blocks[_turn].Pointer, tensor.Bytes, tensor.Bytes);
        GC.KeepAlive(tensor);
        device.Queue.Copy(view, to.SubView(0, tensor.Bytes));
    }
}

/// <summary>A result on its way from a device: put into the queue, then received once that was waited for.</summary>
sealed unsafe class Download(GpuDevice device)
{
    readonly HostBlock _block = new(device);
    ArrayView<byte> _from;
    long _sent = -1;

    /// <summary>Puts the copy into the queue.</summary>
    public void Send(ArrayView<byte> from)
    {
        (_from, _sent) = (from, device.Queue.Waits);
        if (from.Length is > 0 and <= HostBlock.MostBytes) device.Queue.Copy(from, _block.Take(from.Length));
    }

    /// <summary>Whether the copy may still be on its way.</summary>
    public bool IsPending => _sent == device.Queue.Waits;

    /// <summary>Gives what was copied to a tensor.</summary>
    public void Receive(Tensor to)
    {
        if (_from.Length > HostBlock.MostBytes) Transfer.Down(device, _from, to);
        else if (_from.Length > 0) System.Buffer.MemoryCopy(_block.Pointer, to.Pointer, to.Bytes, to.Bytes);
        GC.KeepAlive(to);
    }
}
