using System.Collections.Immutable;
using DeepSym.Backends.Cpu;
using DeepSym.Kernels;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// A schedule on a device. Sizes, guards and locks are those of the same schedule on the processor, which also runs the steps that the device has no kernel
/// for. Shared variables stay on the device between calls; arguments go up and outputs come down.
/// </summary>
sealed class GpuProgram : Executable
{
    readonly CpuProgram _host;
    readonly GpuDevice _device;
    readonly ImmutableArray<GpuStep> _steps;
    readonly long[] _signature;
    GpuArena? _arena;

    public GpuProgram(CpuProgram host, GpuDevice device)
    {
        (_host, _device) = (host, device);
        _steps = [.. host.Schedule.Steps.Select((step, i) => GpuStep.Of(step, i, this))];
        _signature = host.NewSignature();
    }

    public override Graph Graph => _host.Graph;

    public CpuProgram Host => _host;

    public GpuDevice Device => _device;

    public ImmutableArray<GpuStep> Steps => _steps;

    public override void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs)
    {
        using (_host.Lock())
        lock (_device.Lock)
        {
            _host.Sign(_signature, inputs);
            var plan = _arena?.Plan is { } last && last.Signature.AsSpan().SequenceEqual(_signature) ? last : _host.PlanFor(_signature, inputs);
            _arena ??= new GpuArena(this);
            _arena.Run(plan, inputs, outputs);
        }
    }
}
