using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>The arguments of a kernel. Those that are memory are put anew only when the memory is another than at the last launch, and without garbage.</summary>
sealed class KernelArguments(int count)
{
    readonly ArrayView<byte>[] _bound = new ArrayView<byte>[count];

    /// <summary>What the kernel is launched with.</summary>
    public object[] Values { get; } = new object[count];

    /// <summary>Puts memory in a place.</summary>
    public void Bind(int place, ArrayView<byte> memory, DType dtype)
    {
        ref var bound = ref _bound[place];
        if (Values[place] is not null && AreSame(bound, memory)) return;
        bound = memory;
        Values[place] = Boxed(Values[place], memory, dtype);
    }

    /// <summary>Whether two views are of the same memory.</summary>
    public static bool AreSame<TView>(TView left, TView right) where TView : struct, IContiguousArrayView =>
        left.Buffer == right.Buffer && left.IndexInBytes == right.IndexInBytes && left.LengthInBytes == right.LengthInBytes;

    // The box that is there is written again, where it has the type.
    static object Boxed(object? box, ArrayView<byte> memory, DType dtype)
    {
        switch (box)
        {
            case ArrayView<float>: Unsafe.Unbox<ArrayView<float>>(box) = memory.Cast<float>(); return box;
            case ArrayView<double>: Unsafe.Unbox<ArrayView<double>>(box) = memory.Cast<double>(); return box;
            case ArrayView<long>: Unsafe.Unbox<ArrayView<long>>(box) = memory.Cast<long>(); return box;
            case ArrayView<int>: Unsafe.Unbox<ArrayView<int>>(box) = memory.Cast<int>(); return box;
            case ArrayView<short>: Unsafe.Unbox<ArrayView<short>>(box) = memory.Cast<short>(); return box;
            case ArrayView<byte>: Unsafe.Unbox<ArrayView<byte>>(box) = memory; return box;
            default: return GpuArena.Typed(memory, dtype);
        }
    }
}
