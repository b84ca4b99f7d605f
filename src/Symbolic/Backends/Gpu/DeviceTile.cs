using System.ComponentModel;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

#pragma warning disable CS1591 // the names say it, and nobody calls them by hand
#pragma warning disable CA1051 // devices read fields

namespace DeepSym.Backends.Gpu;

/// <summary>Four neighbouring numbers of shared memory, which devices move at once. Public because generated code can call nothing else.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct Quad<T> where T : unmanaged
{
    public T First, Second, Third, Fourth;
}

/// <summary>What generated products call.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class DeviceTile
{
    /// <summary>Shared memory as quads from an index on that is a multiple of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ArrayView<Quad<T>> Quads<T>(ArrayView<T> view, int first) where T : unmanaged => view.SubView(first).Cast<Quad<T>>().AsAligned(16);
}
