using System.Runtime.CompilerServices;
using DeepSym.Backends.Il;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>Compiles the kernels of a schedule on several threads, down to machine code, before the first call asks for one after the other.</summary>
sealed class KernelCompilation : ParallelWork
{
    readonly LoopNest[] _nests;
    readonly KernelBody[] _bodies;

    KernelCompilation(LoopNest[] nests) => (_nests, _bodies) = (nests, new KernelBody[nests.Length]);

    /// <summary>The kernels, which the cache has for as long as this array lives.</summary>
    public static KernelBody[] Of(Schedule schedule, int threads)
    {
        var nests = new List<LoopNest>();
        foreach (var step in schedule.Steps)
            if ((step as KernelStep ?? (step as LibraryStep)?.Epilogue) is { } kernel) nests.Add(kernel.Nest);
        var compilation = new KernelCompilation([.. nests]);
        WorkerPool.Shared.For(compilation, nests.Count, grain: 1, threads);
        return compilation._bodies;
    }

    protected internal override void Execute(long begin, long end)
    {
        for (var i = begin; i < end; i++)
        {
            _bodies[i] = KernelCache.Get(_nests[i]);
            RuntimeHelpers.PrepareDelegate(_bodies[i]);
        }
    }
}
