using System.Globalization;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// The memory of a device. Blocks come in few sizes and are used again; what is held is noted under the name of its holder. Work in the queue may still use a block
/// that is given back: whoever gets it next puts his work behind that.
/// </summary>
sealed class DevicePool(Accelerator accelerator)
{
    const long Smallest = 256;
    const int StepsPerDoubling = 8;   // at most an eighth of a block is unused
    const int MostHolders = 6;        // named in an error

    readonly Dictionary<long, Stack<MemoryBuffer>> _idle = [];
    readonly Dictionary<MemoryBuffer, string> _held = [];
    readonly Lock _lock = new();
    long _heldBytes, _idleBytes;

    /// <summary>How many bytes may be taken from the device; no limit beside the device's own by default.</summary>
    public long Limit { get; init; } = long.MaxValue;

    /// <summary>The bytes that somebody holds.</summary>
    public long HeldBytes => Volatile.Read(ref _heldBytes);

    /// <summary>The bytes that wait to be used again.</summary>
    public long IdleBytes => Volatile.Read(ref _idleBytes);

    /// <summary>A block of at least so many bytes.</summary>
    /// <exception cref="InsufficientMemoryException">The device has no room; the message says who asked for how much, and who holds what.</exception>
    public MemoryBuffer Rent(long bytes, string what, string holder)
    {
        var size = SizeOf(bytes);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if (attempt == 2)   // what was dropped and not disposed of comes back
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
            if (attempt > 0) FreeIdle();
            lock (_lock)
            {
                if ((Reused(size) ?? Taken(size)) is not { } block) continue;
                _held[block] = holder;
                _heldBytes += block.LengthInBytes;
                return block;
            }
        }
        throw new InsufficientMemoryException(string.Create(CultureInfo.InvariantCulture,
            $"{accelerator.Name} has no room for {bytes:N0} bytes of {what} for {holder}: of its {Math.Min(Limit, accelerator.MemorySize):N0} bytes {HeldBytes:N0} are held{Holders()}. "
            + $"Use smaller batches, or dispose of functions that are done."));
    }

    /// <summary>Takes a block back.</summary>
    public void Return(MemoryBuffer block)
    {
        lock (_lock)
        {
            if (!_held.Remove(block)) return;
            _heldBytes -= block.LengthInBytes;
            _idleBytes += block.LengthInBytes;
            if (!_idle.TryGetValue(block.LengthInBytes, out var blocks)) _idle[block.LengthInBytes] = blocks = [];
            blocks.Push(block);
        }
    }

    /// <summary>Gives what nobody holds back to the device.</summary>
    public void FreeIdle()
    {
        lock (_lock)
        {
            foreach (var block in _idle.Values.SelectMany(blocks => blocks)) block.Dispose();
            _idle.Clear();
            _idleBytes = 0;
        }
    }

    /// <summary>The size of the block for so many bytes: eight sizes between a power of two and the next.</summary>
    public static long SizeOf(long bytes)
    {
        if (bytes <= Smallest) return Smallest;
        var step = Math.Max(Smallest, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)bytes) / 2 / StepsPerDoubling);
        return (bytes + step - 1) / step * step;
    }

    MemoryBuffer? Reused(long size)
    {
        if (!_idle.TryGetValue(size, out var blocks) || !blocks.TryPop(out var block)) return null;
        _idleBytes -= size;
        return block;
    }

    MemoryBuffer? Taken(long size)
    {
        if (_heldBytes + _idleBytes > Limit - size) return null;
        try
        {
            return accelerator.AllocateRaw(size, 1);
        }
        catch (Exception e) when (IsFull(e))
        {
            return null;
        }
    }

    static bool IsFull(Exception error) => error switch
    {
        CudaException cuda => cuda.Error == nameof(CudaError.CUDA_ERROR_OUT_OF_MEMORY),
        CLException cl => cl.Error is CLError.CL_MEM_OBJECT_ALLOCATION_FAILURE or CLError.CL_OUT_OF_RESOURCES or CLError.CL_OUT_OF_HOST_MEMORY or CLError.CL_INVALID_BUFFER_SIZE,
        _ => error is OutOfMemoryException,
    };

    string Holders()
    {
        lock (_lock)
        {
            var holders = _held.GroupBy(h => h.Value).Select(g => (Name: g.Key, Bytes: g.Sum(h => h.Key.LengthInBytes))).OrderByDescending(h => h.Bytes).ThenBy(h => h.Name, StringComparer.Ordinal).ToArray();
            var named = holders.Take(MostHolders).Select(h => string.Create(CultureInfo.InvariantCulture, $"{h.Bytes:N0} by {h.Name}"));
            var others = holders.Skip(MostHolders).ToArray();
            if (others.Length > 0) named = named.Append(string.Create(CultureInfo.InvariantCulture, $"{others.Sum(h => h.Bytes):N0} by {others.Length} others"));
            return holders.Length == 0 ? "" : ": " + string.Join(", ", named);
        }
    }
}
