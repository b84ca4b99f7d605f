using System.Collections.Immutable;
using DeepSym.Backends.Cpu;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// A schedule on a device. Sizes, guards and locks are those of the same schedule on the processor, which also runs the steps that the device has no kernel
/// for. Shared variables stay on the device between calls; arguments go up and outputs come down. A call waits for the device only where the processor must see
/// something: outputs, whether a kernel has failed, what a step on the processor reads.
/// </summary>
sealed class GpuProgram : Executable
{
    readonly long[] _signature;
    readonly bool _checksAtEnd;
    GpuArena? _arena;
    CallTraffic? _traffic;
    Recordings? _recordings;
    Action? _meanwhile;

    /// <summary>A function on a device.</summary>
    public GpuProgram(CpuProgram host, GpuDevice device, string name, bool allowsAtomicSums = false) : this(host, new DeviceHolding(device, $"function '{name}'"), allowsAtomicSums)
    {
    }

    /// <summary>A body within a function.</summary>
    public GpuProgram(CpuProgram host, GpuProgram around) : this(host, around.Holding, around.AllowsAtomicSums)
    {
    }

    GpuProgram(CpuProgram host, DeviceHolding holding, bool allowsAtomicSums)
    {
        (Host, Holding, AllowsAtomicSums) = (host, holding, allowsAtomicSums);
        Steps = [.. host.Schedule.Steps.Select((step, i) => GpuStep.Of(step, i, this))];
        (Stretches, _checksAtEnd) = Divide();
        _signature = host.NewSignature();
    }

    public override Graph Graph => Host.Graph;

    public override CpuProgram Host { get; }

    /// <summary>The function's memory.</summary>
    public DeviceHolding Holding { get; }

    public GpuDevice Device => Holding.Device;

    /// <summary>Whether what is scattered may be added up in the order in which threads come.</summary>
    public bool AllowsAtomicSums { get; }

    public ImmutableArray<GpuStep> Steps { get; }

    /// <summary>All steps, cut where the processor must see something.</summary>
    public ImmutableArray<Stretch> Stretches { get; }

    public override void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs) => Call(inputs, outputs, null);

    public override void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, Action meanwhile) => Call(inputs, outputs, meanwhile);

    /// <summary>Gives back what the function holds of the device.</summary>
    public override void Release()
    {
        lock (Device.Lock)
        {
            _recordings?.Clear();
            (_arena, _traffic, _recordings) = (null, null, null);
            Holding.Release();
        }
    }

    void Call(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, Action? meanwhile)
    {
        using (Host.Lock())
        lock (Device.Lock)
        {
            Host.Sign(_signature, inputs);
            _meanwhile = meanwhile;
            try
            {
                _arena ??= new GpuArena(this);
                _traffic ??= new CallTraffic(this);
                _recordings ??= new Recordings(this, _arena);
                if (_arena.Plan is null || !_arena.Plan.Signature.AsSpan().SequenceEqual(_signature)) _arena.Use(Host.PlanFor(_signature, inputs));
                Run(_arena, _traffic, inputs, outputs);
                BeforeWaiting();
            }
            catch (InsufficientMemoryException)
            {
                Release();
                throw;
            }
            finally
            {
                _meanwhile = null;
            }
        }
    }

    void Run(GpuArena arena, CallTraffic traffic, ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs)
    {
        var plan = arena.Plan!;
        for (var k = 0; k < outputs.Length; k++)
        {
            var (shape, dtype) = (plan.OutputShapes[k], Host.Graph.Outputs[k].DType);
            if (outputs[k] is { } given && (given.DType != dtype || !given.Shape.SequenceEqual(shape)))
                throw new ShapeException($"Output {k} is {dtype.Name()}[{string.Join(",", shape)}], and the tensor given for it is {given.Describe()}.");
            outputs[k] ??= Tensor.Empty(dtype, shape);
        }
        traffic.Begin(arena, inputs);
        foreach (var (buffer, variable, isWritten) in Host.Roles.Shared)
        {
            var residence = DeviceResidence.Of(variable, Device);
            if (isWritten) residence.Written();
            arena.Views[buffer] = residence.View;
        }
        arena.Begin();
        traffic.Send(arena, 0);
        for (var i = 0; i < Stretches.Length; i++)
        {
            if (Stretches[i].ChecksBefore) Check(arena, traffic, Stretches[i].Begin);
            if (!Stretches[i].IsQueued) BeforeWaiting();
            _recordings!.Run(i);
        }
        if (_checksAtEnd) Check(arena, traffic, Steps.Length);
        traffic.Send(arena, Steps.Length);
        Commit(arena);
        if (traffic.IsPending) Wait();
        traffic.Receive(outputs);
    }

    // Steps that only fill the queue run together. Error codes are looked at before a shared variable is written, and where the processor sees what was computed.
    (ImmutableArray<Stretch>, bool) Divide()
    {
        if (Host.Watching.IsOn) return ([new Stretch(0, Steps.Length, IsQueued: false, ChecksBefore: false)], false);
        var written = Host.Roles.Shared.Where(s => s.IsWritten).Select(s => Host.Buffers[s.Buffer]).ToHashSet();
        var stretches = ImmutableArray.CreateBuilder<Stretch>();
        var mayHaveFailed = false;
        for (var i = 0; i < Steps.Length; i++)
        {
            var checks = mayHaveFailed && (!Steps[i].IsQueued || Host.Schedule.Steps[i].Writes.Any(written.Contains));
            if (checks) mayHaveFailed = false;
            mayHaveFailed |= Steps[i].IsQueued && Steps[i].CanFail;
            if (checks || stretches.Count == 0 || stretches[^1].IsQueued != Steps[i].IsQueued) stretches.Add(new Stretch(i, i + 1, Steps[i].IsQueued, checks));
            else stretches[^1] = stretches[^1] with { End = i + 1 };
        }
        return (stretches.ToImmutable(), mayHaveFailed);
    }

    // After a failure the steps run once more, one by one, to find the one that it was in: nothing that they read has been overwritten.
    void Check(GpuArena arena, CallTraffic traffic, int step)
    {
        traffic.Send(arena, step);
        arena.Sizes.SendCodes();
        Wait();
        if (!arena.Sizes.AnyFailed()) return;
        arena.ChecksAtOnce = true;
        try
        {
            arena.Run(0, step);
        }
        finally
        {
            arena.ChecksAtOnce = false;
        }
        throw KernelCode.OutOfBounds();
    }

    void Wait()
    {
        BeforeWaiting();
        Device.Queue.Wait();
    }

    // What the caller wants to be done while the device works.
    void BeforeWaiting()
    {
        _meanwhile?.Invoke();
        _meanwhile = null;
    }

    // Updates that were not computed in place.
    void Commit(GpuArena arena)
    {
        var updates = Host.Schedule.Updates;
        for (var i = 0; i < updates.Length; i++)
        {
            var (buffer, isInPlace) = Host.Roles.Updates[i];
            if (isInPlace) continue;
            var (variable, shape) = (updates[i].Variable, arena.Plan!.UpdateShapes[i]);
            var residence = variable.Extents.SequenceEqual(shape) ? DeviceResidence.Of(variable, Device) : DeviceResidence.Reshaped(variable, Device, shape);
            Device.Queue.Copy(arena.Views[buffer], residence.View, arena.Plan.Bytes(Host.Buffers[buffer]));
            residence.Written();
        }
    }
}
