using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>What a device is to do, in order, while the processor goes on.</summary>
abstract class DeviceQueue
{
    /// <summary>How many kernels were put into it, one by one.</summary>
    public long Launches { get; protected set; }

    /// <summary>How often all that had been put into it was waited for.</summary>
    public long Waits { get; private set; }

    /// <summary>Whether work can be recorded.</summary>
    public abstract bool CanRecord { get; }

    public abstract void Launch(GpuKernel kernel, KernelConfig config, object[] arguments);

    public abstract void Zero(ArrayView<byte> view);

    /// <summary>Copies as many bytes as the target has: within the device, or from or to a <see cref="HostBlock"/>.</summary>
    public abstract void Copy(ArrayView<byte> from, ArrayView<byte> to);

    /// <summary>Copies the first bytes from one place of the device to another.</summary>
    public void Copy(ArrayView<byte> from, ArrayView<byte> to, long bytes)
    {
        if (bytes > 0) Copy(from.SubView(0, bytes), to.SubView(0, bytes));
    }

    /// <summary>Notes the work instead of doing it; null when the driver would not. The work must only put things into the queue.</summary>
    public abstract IRecording? Record(Action work);

    /// <summary>Waits until everything is done.</summary>
    public void Wait()
    {
        Synchronize();
        Waited();
    }

    /// <summary>Says that everything is done.</summary>
    public void Waited() => Waits++;

    protected abstract void Synchronize();
}

/// <summary>Work that a device repeats at once, at the addresses that it was recorded with.</summary>
interface IRecording : IDisposable
{
    /// <summary>Puts the work into the queue.</summary>
    void Replay();
}

/// <summary>The queue of an ILGPU stream.</summary>
sealed class StreamQueue(AcceleratorStream stream) : DeviceQueue
{
    readonly CudaGraphs? _graphs = CudaGraphs.For(stream);

    public override bool CanRecord => _graphs is not null;

    public override void Launch(GpuKernel kernel, KernelConfig config, object[] arguments)
    {
        kernel.Launch(stream, config, arguments);
        Launches++;
    }

    public override void Zero(ArrayView<byte> view) => view.MemSetToZero(stream);

    public override void Copy(ArrayView<byte> from, ArrayView<byte> to) => from.CopyTo(stream, to);

    public override IRecording? Record(Action work) => _graphs?.Record(work);

    protected override void Synchronize() => stream.Synchronize();
}
