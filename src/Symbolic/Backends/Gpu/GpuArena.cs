using System.Collections.Immutable;
using DeepSym.Backends.Cpu;
using DeepSym.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>The memory of a program on its device, and on the processor what steps that run there need.</summary>
sealed unsafe class GpuArena
{
    readonly GpuProgram _program;
    readonly GpuDevice _device;
    readonly ImmutableArray<Kernels.Buffer> _buffers;
    readonly Dictionary<Region, int> _regions;
    readonly DeviceMemory _intermediate;
    readonly DeviceMemory[] _own;            // of inputs, constants, sizes, and regions outside of the arena; by buffer
    readonly Dictionary<Region, DeviceMemory> _outputs = [];
    readonly GpuStepState[] _states;
    readonly Storage?[] _mirrors;            // what steps on the processor see of a buffer
    readonly Tensor _sizes;
    bool _hasConstants;

    public GpuArena(GpuProgram program)
    {
        (_program, _device, _buffers) = (program, program.Device, program.Host.Buffers);
        _regions = program.Host.Memory.Regions.Index().ToDictionary(r => r.Item, r => r.Index);
        _intermediate = new DeviceMemory(_device);
        _own = [.. _buffers.Select(_ => new DeviceMemory(_device))];
        _states = [.. program.Steps.Select(step => step.NewState())];
        _mirrors = new Storage?[_buffers.Length];
        Views = new ArrayView<byte>[_buffers.Length];
        Pointers = new nint[_buffers.Length];
        _sizes = Tensor.Zeros<long>(Math.Max(1, program.Host.Schedule.Sizes.Values.Length));
    }

    public CpuPlan? Plan { get; private set; }

    /// <summary>The memory of every buffer on the device.</summary>
    public ArrayView<byte>[] Views { get; }

    /// <summary>The memory of buffers on the processor, where steps run there.</summary>
    public nint[] Pointers { get; }

    public void Run(CpuPlan plan, ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs)
    {
        var graph = _program.Host.Graph;
        var schedule = _program.Host.Schedule;
        for (var k = 0; k < outputs.Length; k++)
        {
            var (shape, dtype) = (plan.OutputShapes[k], graph.Outputs[k].DType);
            if (outputs[k] is { } given && (given.DType != dtype || !given.Shape.SequenceEqual(shape)))
                throw new ShapeException($"Output {k} is {dtype.Name()}[{string.Join(",", shape)}], and the tensor given for it is {given.Describe()}.");
            outputs[k] ??= Tensor.Empty(dtype, shape);
        }
        Use(plan, inputs);
        for (var k = 0; k < outputs.Length; k++)
            if (schedule.Outputs[k].Buffer.Kind != BufferKind.Computed) Fetch(schedule.Outputs[k].Buffer, outputs[k]!);
        for (var i = 0; i < _states.Length; i++) _states[i].Run(this);
        for (var k = 0; k < outputs.Length; k++)
            if (schedule.Outputs[k].Buffer.Kind == BufferKind.Computed) Fetch(schedule.Outputs[k].Buffer, outputs[k]!);
        Commit(plan);
        _device.Stream.Synchronize();
        foreach (var input in inputs) GC.KeepAlive(input);
    }

    /// <summary>The memory on the processor for a buffer, of its size.</summary>
    public byte* Mirror(int buffer, long bytes)
    {
        if (_mirrors[buffer] is not { } storage || storage.Bytes < bytes) _mirrors[buffer] = storage = Storage.Uninitialized(Math.Max(8, bytes));
        return storage.Pointer;
    }

    /// <summary>The memory of a buffer as a view of its elements.</summary>
    public object Typed(int buffer) => _buffers[buffer].DType switch
    {
        DType.Float32 => Views[buffer].Cast<float>(),
        DType.Float64 => Views[buffer].Cast<double>(),
        DType.Int64 => Views[buffer].Cast<long>(),
        DType.Bool => Views[buffer],
        _ => Views[buffer].Cast<int>(),
    };

    void Use(CpuPlan plan, ReadOnlySpan<Tensor> inputs)
    {
        var memory = _program.Host.Memory;
        var isNew = !ReferenceEquals(Plan, plan);
        var arena = isNew ? _intermediate.View(plan.ArenaBytes, "intermediate values") : default;
        for (var i = 0; i < _buffers.Length; i++)
        {
            var buffer = _buffers[i];
            switch (buffer.Kind)
            {
                case BufferKind.Input:
                    var input = inputs[buffer.Index];
                    if (isNew) Views[i] = _own[i].View(input.Bytes, $"input '{buffer.Value!.Name}'");
                    Transfer.Up(_device, input, Views[i]);
                    break;
                case BufferKind.Shared:
                    Views[i] = DeviceResidence.Of((SharedVariable)buffer.Value!, _device).View;
                    break;
                case BufferKind.Constant or BufferKind.Literals when !_hasConstants:
                    Views[i] = _own[i].View(_program.Host.Constants[i]!.Bytes, "constants");
                    Transfer.Up(_device, _program.Host.Constants[i]!, Views[i]);
                    break;
                case BufferKind.Sizes when isNew:
                    Views[i] = _own[i].View(_sizes.Bytes, "sizes");
                    for (var k = 0; k < plan.SizeValues.Length; k++) _sizes.AsSpan<long>()[k] = plan.SizeValues[k];
                    Transfer.Up(_device, _sizes, Views[i]);
                    break;
                case BufferKind.Computed:
                    var region = memory.RegionOf(buffer);
                    if (region.Shared is { } variable) Views[i] = Written(variable);
                    else if (!isNew) break;
                    else if (region.IsInArena) Views[i] = arena.SubView(plan.Offsets[_regions[region]], plan.Bytes(buffer));
                    else
                    {
                        if (!_outputs.TryGetValue(region, out var own)) _outputs[region] = own = new DeviceMemory(_device);
                        Views[i] = own.View(plan.Bytes(buffer), "outputs");
                    }
                    break;
            }
        }
        _hasConstants = true;
        if (isNew)
            for (var i = 0; i < _states.Length; i++) _states[i].Use(plan.Steps[i], this);
        Plan = plan;

        ArrayView<byte> Written(SharedVariable variable)
        {
            var residence = DeviceResidence.Of(variable, _device);
            residence.Written();
            return residence.View;
        }
    }

    void Fetch(Kernels.Buffer buffer, Tensor output) => Transfer.Down(_device, Views[_buffers.IndexOf(buffer)], output);

    // Updates that were not computed in place: all are read before any is written, as they may read each other's variables.
    void Commit(CpuPlan plan)
    {
        var updates = _program.Host.Schedule.Updates;
        for (var i = 0; i < updates.Length; i++)
        {
            var (variable, value) = updates[i];
            if (value.Buffer.Kind == BufferKind.Computed && _program.Host.Memory.RegionOf(value.Buffer).Shared == variable) continue;
            var shape = plan.UpdateShapes[i];
            if (!variable.Extents.SequenceEqual(shape)) variable.Storage = Tensor.Empty(variable.DType, shape);
            var residence = DeviceResidence.Of(variable, _device);
            var bytes = variable.Extents.Aggregate(variable.DType.Size());
            var target = residence.View.SubView(0, bytes);
            Views[_buffers.IndexOf(value.Buffer)].SubView(0, bytes).CopyTo(_device.Stream, in target);
            residence.Written();
        }
    }
}

static class Sizes
{
    /// <summary>The bytes of a shape.</summary>
    public static long Aggregate(this ReadOnlySpan<int> shape, int elementSize)
    {
        long bytes = elementSize;
        foreach (var size in shape) bytes *= size;
        return bytes;
    }
}
