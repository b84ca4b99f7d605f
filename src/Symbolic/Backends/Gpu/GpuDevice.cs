using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using DeepSym.Kernels;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace DeepSym.Backends.Gpu;

/// <summary>An opened device: its queue, its memory, and the kernels that were compiled for it, by structure.</summary>
sealed class GpuDevice
{
    const int MaxGroup = 128;

    readonly ConcurrentDictionary<LoopNest, GpuKernel> _kernels = [];
    readonly ConcurrentDictionary<MethodInfo, GpuKernel> _written = [];
    readonly ConcurrentDictionary<ProductKernel, GpuKernel> _products = [];
    readonly Lock _loading = new();
    readonly Retired _retired;
    readonly Lazy<Blas?> _blas;

    /// <summary>Opens a device; <paramref name="memoryLimit"/>, <paramref name="queue"/> and <paramref name="blas"/> are for tests.</summary>
    public GpuDevice(Accelerator accelerator, long memoryLimit = long.MaxValue, Func<DeviceQueue, DeviceQueue>? queue = null, Blas? blas = null)
    {
        _blas = new(() => blas ?? CuBlas.For(this));
        Accelerator = accelerator;
        Stream = accelerator.CreateStream();   // CUDA cannot record its default stream
        Queue = new StreamQueue(Stream);
        if (queue is not null) Queue = queue(Queue);
        Pool = new DevicePool(accelerator) { Limit = memoryLimit };
        _retired = new Retired(Queue);
        GroupSize = 1;
        while (GroupSize * 2 <= Math.Min(MaxGroup, accelerator.MaxNumThreadsPerGroup)) GroupSize *= 2;
        HasFloat64 = accelerator.Capabilities is not CLCapabilityContext { Float64: false };
        IsSimulated = accelerator.AcceleratorType == AcceleratorType.CPU;
    }

    public Accelerator Accelerator { get; }

    /// <summary>Held by the call that uses the device.</summary>
    public Lock Lock { get; } = new();

    /// <summary>Threads of a group: a power of two.</summary>
    public int GroupSize { get; }

    /// <summary>Whether the device is ILGPU's simulation on the processor.</summary>
    public bool IsSimulated { get; }

    /// <summary>Whether it computes in float64; tests say it has not.</summary>
    public bool HasFloat64 { get; init; }

    /// <summary>Whether threads can add 64-bit numbers to one place.</summary>
    public bool HasLongAtomics => Accelerator.Capabilities is not CLCapabilityContext { Int64_Atomics: false };

    public AcceleratorStream Stream { get; }

    /// <summary>What the device is to do.</summary>
    public DeviceQueue Queue { get; }

    /// <summary>The device's memory.</summary>
    public DevicePool Pool { get; }

    /// <summary>Keeps memory of the processor alive that copies use.</summary>
    public void Keep(MemoryBuffer memory) => _retired.Keep(memory);

    /// <summary>Frees it once the copies that were put into the queue are done.</summary>
    public void Retire(MemoryBuffer memory) => _retired.Retire(memory);

    /// <summary>The library for large matrix products; null when there is none.</summary>
    public Blas? Blas => _blas.Value;

    /// <summary>The kernel of a loop nest.</summary>
    public GpuKernel Get(LoopNest nest) => _kernels.GetOrAdd(nest, Load);

    /// <summary>A kernel written by hand.</summary>
    public GpuKernel Get(MethodInfo method) => _written.GetOrAdd(method, m =>
    {
        lock (_loading) return new GpuKernel(Accelerator, m);
    });

    /// <summary>A kernel of a product.</summary>
    public GpuKernel Get(ProductKernel product) => _products.GetOrAdd(product, p =>
    {
        lock (_loading) return new GpuKernel(Accelerator, p.Method());
    });

    GpuKernel Load(LoopNest nest)
    {
        lock (_loading) return new GpuKernel(Accelerator, KernelMethod.Of(nest, GroupSize));
    }

    /// <summary>How many groups run a kernel of so many pieces: one for each group, or for each thread.</summary>
    public KernelConfig Grid(long pieces, bool isGrouped, int groupSize = 0)
    {
        if (groupSize == 0) groupSize = GroupSize;
        var groups = isGrouped ? pieces : (pieces + groupSize - 1) / groupSize;
        var most = IsSimulated ? Math.Max(1, Accelerator.NumMultiprocessors) : 65535;
        return new KernelConfig((int)Math.Clamp(groups, 1, most), groupSize);
    }
}

/// <summary>Memory of the processor that copies use, until they are done.</summary>
sealed class Retired(DeviceQueue queue)
{
    readonly HashSet<MemoryBuffer> _kept = [];
    readonly List<(MemoryBuffer Memory, long Waits)> _retired = [];
    readonly Lock _lock = new();

    public void Keep(MemoryBuffer memory)
    {
        lock (_lock)
        {
            foreach (var (done, _) in _retired.Where(r => r.Waits != queue.Waits)) done.Dispose();
            _retired.RemoveAll(r => r.Waits != queue.Waits);
            _kept.Add(memory);
        }
    }

    public void Retire(MemoryBuffer memory)
    {
        lock (_lock)
            if (_kept.Remove(memory)) _retired.Add((memory, queue.Waits));
    }
}

/// <summary>A compiled kernel, and how to call it with parameters in an array.</summary>
sealed class GpuKernel
{
    readonly Delegate _launcher;
    readonly Action<Delegate, AcceleratorStream, KernelConfig, object[]> _thunk;

    public GpuKernel(Accelerator accelerator, MethodInfo method)
    {
        Method = method;
        Type[] types = [typeof(AcceleratorStream), typeof(KernelConfig), .. method.GetParameters().Select(p => p.ParameterType), typeof(void)];
        var type = Expression.GetDelegateType(types);
        _launcher = accelerator.LoadKernel(method).CreateLauncher(type);
        _thunk = Thunk(type, types);
    }

    /// <summary>What was compiled.</summary>
    public MethodInfo Method { get; }

    public void Launch(AcceleratorStream stream, KernelConfig config, object[] arguments) => _thunk(_launcher, stream, config, arguments);

    // Takes the arguments out of the array and calls the launcher, without reflection.
    static Action<Delegate, AcceleratorStream, KernelConfig, object[]> Thunk(Type type, Type[] types)
    {
        var method = new DynamicMethod("launch", typeof(void), [typeof(Delegate), typeof(AcceleratorStream), typeof(KernelConfig), typeof(object[])], typeof(GpuKernel).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Castclass, type);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        for (var i = 2; i < types.Length - 1; i++)
        {
            il.Emit(OpCodes.Ldarg_3);
            il.Emit(OpCodes.Ldc_I4, i - 2);
            il.Emit(OpCodes.Ldelem_Ref);
            il.Emit(OpCodes.Unbox_Any, types[i]);
        }
        il.Emit(OpCodes.Callvirt, type.GetMethod("Invoke")!);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Action<Delegate, AcceleratorStream, KernelConfig, object[]>>();
    }
}

static class Launchers
{
    static readonly MethodInfo Create = typeof(Kernel).GetMethod(nameof(Kernel.CreateLauncherDelegate))!;

    public static Delegate CreateLauncher(this Kernel kernel, Type type) => (Delegate)Create.MakeGenericMethod(type).Invoke(kernel, null)!;
}
