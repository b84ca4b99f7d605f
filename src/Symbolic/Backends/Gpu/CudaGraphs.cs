using System.Runtime.InteropServices;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace DeepSym.Backends.Gpu;

/// <summary>Work of a CUDA stream as graphs of its driver, which starts all kernels of a graph with one call. Found in the driver's library by name.</summary>
sealed unsafe class CudaGraphs
{
    const int ThreadLocal = 1;   // CU_STREAM_CAPTURE_MODE_THREAD_LOCAL: other threads may allocate meanwhile

    static readonly nint Driver = NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda" : "libcuda.so.1", out var library) ? library : 0;

    readonly CudaStream _stream;
    readonly delegate* unmanaged<nint, int, int> _begin;
    readonly delegate* unmanaged<nint, nint*, int> _end;
    readonly delegate* unmanaged<nint*, nint, ulong, int> _instantiate;
    readonly delegate* unmanaged<nint, nint, int> _launch;
    readonly delegate* unmanaged<nint, int> _destroy, _destroyInstance;

    CudaGraphs(CudaStream stream)
    {
        _stream = stream;
        _begin = (delegate* unmanaged<nint, int, int>)Export("cuStreamBeginCapture_v2");
        _end = (delegate* unmanaged<nint, nint*, int>)Export("cuStreamEndCapture");
        _instantiate = (delegate* unmanaged<nint*, nint, ulong, int>)Export("cuGraphInstantiateWithFlags");
        _launch = (delegate* unmanaged<nint, nint, int>)Export("cuGraphLaunch");
        _destroy = (delegate* unmanaged<nint, int>)Export("cuGraphDestroy");
        _destroyInstance = (delegate* unmanaged<nint, int>)Export("cuGraphExecDestroy");
    }

    /// <summary>The graphs of a stream; null when it is not CUDA's, or the driver is older than 11.4 and has not all that is needed.</summary>
    public static CudaGraphs? For(AcceleratorStream stream)
    {
        if (stream is not CudaStream cuda || Driver == 0) return null;
        var graphs = new CudaGraphs(cuda);
        return graphs._begin is null || graphs._end is null || graphs._instantiate is null || graphs._launch is null || graphs._destroy is null || graphs._destroyInstance is null ? null : graphs;
    }

    static nint Export(string name) => NativeLibrary.TryGetExport(Driver, name, out var address) ? address : 0;

    /// <summary>Notes what the work puts into the stream; null when the driver refuses some of it.</summary>
    public IRecording? Record(Action work)
    {
        using var binding = _stream.BindScoped();
        if (_begin(_stream.StreamPtr, ThreadLocal) != 0) return null;
        nint graph = 0, instance = 0;
        var isWhole = false;
        try
        {
            work();
            isWhole = true;
        }
        catch (Exception)
        {
            // The driver refuses what it cannot record. What is wrong beyond that is thrown again when the work is done without a recording.
        }
        finally
        {
            isWhole = _end(_stream.StreamPtr, &graph) == 0 && isWhole;
        }
        if (graph == 0) return null;
        isWhole = isWhole && _instantiate(&instance, graph, 0) == 0;
        _ = _destroy(graph);
        return isWhole ? new Recording(this, instance) : null;
    }

    sealed class Recording(CudaGraphs graphs, nint instance) : IRecording
    {
        nint _instance = instance;

        ~Recording() => Dispose();

        public void Replay()
        {
            using var binding = graphs._stream.BindScoped();
            CudaException.ThrowIfFailed((CudaError)graphs._launch(_instance, graphs._stream.StreamPtr));
        }

        public void Dispose()
        {
            GC.SuppressFinalize(this);
            if (Interlocked.Exchange(ref _instance, 0) is not 0 and var held) _ = graphs._destroyInstance(held);   // the driver lets it run to its end
        }
    }
}
