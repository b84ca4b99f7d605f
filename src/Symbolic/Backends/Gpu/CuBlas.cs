using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// NVIDIA's cuBLAS, when its library is installed. Products are computed in their own precision: never in TF32. Its memory is given to it here, so that it
/// allocates nothing later and its results do not depend on what else runs.
/// </summary>
sealed unsafe class CuBlas : Blas
{
    const long Workspace = 32 << 20;

    readonly CudaAccelerator _accelerator;
    readonly MemoryBuffer1D<byte, Stride1D.Dense> _workspace;
    readonly nint _handle;
    readonly delegate* unmanaged<nint, int, int, int, int, int, float*, nint, int, long, nint, int, long, float*, nint, int, long, int, int> _single;
    readonly delegate* unmanaged<nint, int, int, int, int, int, double*, nint, int, long, nint, int, long, double*, nint, int, long, int, int> _double;

    CuBlas(nint library, GpuDevice device)
    {
        _accelerator = (CudaAccelerator)device.Accelerator;
        _workspace = _accelerator.Allocate1D<byte>(Workspace);
        _single = (delegate* unmanaged<nint, int, int, int, int, int, float*, nint, int, long, nint, int, long, float*, nint, int, long, int, int>)NativeLibrary.GetExport(library, "cublasSgemmStridedBatched");
        _double = (delegate* unmanaged<nint, int, int, int, int, int, double*, nint, int, long, nint, int, long, double*, nint, int, long, int, int>)NativeLibrary.GetExport(library, "cublasDgemmStridedBatched");
        var create = (delegate* unmanaged<nint*, int>)NativeLibrary.GetExport(library, "cublasCreate_v2");
        var setStream = (delegate* unmanaged<nint, nint, int>)NativeLibrary.GetExport(library, "cublasSetStream_v2");
        var setWorkspace = (delegate* unmanaged<nint, nint, nint, int>)NativeLibrary.GetExport(library, "cublasSetWorkspace_v2");
        var setMathMode = (delegate* unmanaged<nint, int, int>)NativeLibrary.GetExport(library, "cublasSetMathMode");
        _accelerator.Bind();
        nint handle;
        Succeed(create(&handle));
        _handle = handle;
        Succeed(setStream(_handle, ((CudaStream)device.Stream).StreamPtr));
        Succeed(setWorkspace(_handle, _workspace.View.BaseView.LoadEffectiveAddressAsPtr(), (nint)Workspace));
        Succeed(setMathMode(_handle, 0));   // CUBLAS_DEFAULT_MATH
    }

    /// <summary>The library for a device; null when the device is none of NVIDIA's or no library is installed.</summary>
    public static CuBlas? For(GpuDevice device)
    {
        if (device.Accelerator is not CudaAccelerator) return null;
        foreach (var version in new[] { 13, 12, 11 })
            if (NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? $"cublas64_{version}.dll" : $"libcublas.so.{version}", out var library)) return new CuBlas(library, device);
        return null;
    }

    public override void Multiply(in BlasCall call, DType dtype, ArrayView<byte> first, ArrayView<byte> second, ArrayView<byte> result)
    {
        _accelerator.Bind();
        var (opA, opB) = (call.IsATransposed ? 1 : 0, call.IsBTransposed ? 1 : 0);
        var (a, b, c) = (first.LoadEffectiveAddressAsPtr(), second.LoadEffectiveAddressAsPtr(), result.LoadEffectiveAddressAsPtr());
        if (dtype == DType.Float32)
        {
            float one = 1, zero = 0;
            Succeed(_single(_handle, opA, opB, call.M, call.N, call.K, &one, a, call.LeadingA, call.StrideA, b, call.LeadingB, call.StrideB, &zero, c, call.LeadingC, call.StrideC, call.Batch));
        }
        else
        {
            double one = 1, zero = 0;
            Succeed(_double(_handle, opA, opB, call.M, call.N, call.K, &one, a, call.LeadingA, call.StrideA, b, call.LeadingB, call.StrideB, &zero, c, call.LeadingC, call.StrideC, call.Batch));
        }
    }

    static void Succeed(int status)
    {
        if (status != 0) throw new InvalidOperationException($"cuBLAS failed with status {status}.");
    }
}
