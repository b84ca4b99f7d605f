using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>What a function or a shared variable holds of a device's memory. It goes back to the pool when it is released, or else with the garbage collector's help.</summary>
/// <param name="device">The device.</param>
/// <param name="holder">Whose it is, for messages.</param>
sealed class DeviceHolding(GpuDevice device, string holder)
{
    readonly List<DeviceMemory> _parts = [];

    ~DeviceHolding() => Release();

    public GpuDevice Device => device;

    /// <summary>How often memory was taken or given back: addresses that were noted at another count may be others' now.</summary>
    public long Moves { get; private set; }

    /// <summary>Gives everything back.</summary>
    public void Release()
    {
        foreach (var part in _parts) part.Release();
        _parts.Clear();
        Moves++;
    }

    /// <summary>Counts a part, which is given back with the others.</summary>
    public void Add(DeviceMemory part) => _parts.Add(part);

    /// <summary>A block for a part.</summary>
    public MemoryBuffer Rent(long bytes, string what)
    {
        Moves++;
        return device.Pool.Rent(bytes, what, holder);
    }
}

/// <summary>Memory of a device that grows when it must.</summary>
sealed class DeviceMemory
{
    readonly DeviceHolding _holding;
    MemoryBuffer? _block;

    public DeviceMemory(DeviceHolding holding)
    {
        _holding = holding;
        holding.Add(this);
    }

    /// <summary>The first bytes, at least eight.</summary>
    /// <exception cref="InsufficientMemoryException">The device has no room.</exception>
    public ArrayView<byte> View(long bytes, string what)
    {
        bytes = Math.Max(bytes, 8);
        if (_block is null || _block.LengthInBytes < bytes)
        {
            Release();
            _block = _holding.Rent(bytes, what);
        }
        return _block.AsRawArrayView(0, bytes);
    }

    /// <summary>Gives the block back.</summary>
    public void Release()
    {
        if (_block is { } block) _holding.Device.Pool.Return(block);
        _block = null;
    }
}
