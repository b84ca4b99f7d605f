using System.Collections.Immutable;
using DeepSym.Backends.Cpu;
using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// A schedule on a device. Sizes, guards and locks are those of the same schedule on the processor, which also runs the steps that the device has no kernel
/// for. Shared variables stay on the device between calls; arguments go up and outputs come down.
/// </summary>
sealed class GpuProgram : Executable
{
    readonly long[] _signature;
    readonly DeviceMemory[] _inputs, _outputs;
    GpuArena? _arena;

    public GpuProgram(CpuProgram host, GpuDevice device)
    {
        (Host, Device) = (host, device);
        Steps = [.. host.Schedule.Steps.Select((step, i) => GpuStep.Of(step, i, this))];
        _signature = host.NewSignature();
        _inputs = [.. host.Graph.Inputs.Select(_ => new DeviceMemory(device))];
        _outputs = [.. host.Graph.Outputs.Select(_ => new DeviceMemory(device))];
    }

    public override Graph Graph => Host.Graph;

    public override CpuProgram Host { get; }

    public GpuDevice Device { get; }

    public ImmutableArray<GpuStep> Steps { get; }

    public override void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs)
    {
        using (Host.Lock())
        lock (Device.Lock)
        {
            Host.Sign(_signature, inputs);
            _arena ??= new GpuArena(this);
            if (_arena.Plan is null || !_arena.Plan.Signature.AsSpan().SequenceEqual(_signature)) _arena.Use(Host.PlanFor(_signature, inputs));
            Run(_arena, inputs, outputs);
        }
    }

    void Run(GpuArena arena, ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs)
    {
        var plan = arena.Plan!;
        for (var k = 0; k < outputs.Length; k++)
        {
            var (shape, dtype) = (plan.OutputShapes[k], Host.Graph.Outputs[k].DType);
            if (outputs[k] is { } given && (given.DType != dtype || !given.Shape.SequenceEqual(shape)))
                throw new ShapeException($"Output {k} is {dtype.Name()}[{string.Join(",", shape)}], and the tensor given for it is {given.Describe()}.");
            outputs[k] ??= Tensor.Empty(dtype, shape);
        }
        for (var i = 0; i < inputs.Length; i++)
        {
            arena.Inputs[i] = _inputs[i].View(inputs[i].Bytes, $"input '{Host.Graph.Inputs[i].Name}'");
            Transfer.Up(Device, inputs[i], arena.Inputs[i]);
        }
        for (var k = 0; k < outputs.Length; k++) arena.Outputs[k] = _outputs[k].View(plan.OutputBytes[k], "outputs");
        foreach (var (buffer, variable, isWritten) in Host.Roles.Shared)
        {
            var residence = DeviceResidence.Of(variable, Device);
            if (isWritten) residence.Written();
            arena.Views[buffer] = residence.View;
        }
        arena.Execute();
        for (var k = 0; k < outputs.Length; k++) Transfer.Down(Device, arena.Outputs[k], outputs[k]!);
        Commit(arena);
        Device.Stream.Synchronize();
        foreach (var input in inputs) GC.KeepAlive(input);
    }

    // Updates that were not computed in place.
    void Commit(GpuArena arena)
    {
        var updates = Host.Schedule.Updates;
        for (var i = 0; i < updates.Length; i++)
        {
            var (buffer, isInPlace) = Host.Roles.Updates[i];
            if (isInPlace) continue;
            var variable = updates[i].Variable;
            var shape = arena.Plan!.UpdateShapes[i];
            if (!variable.Extents.SequenceEqual(shape)) variable.Storage = Tensor.Empty(variable.DType, shape);
            var residence = DeviceResidence.Of(variable, Device);
            Transfer.Across(Device, arena.Views[buffer], residence.View, shape.Aggregate((long)variable.DType.Size(), (bytes, size) => bytes * size));
            residence.Written();
        }
    }
}
