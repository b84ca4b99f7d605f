using System.Diagnostics;
using DeepSym.Backends.Cpu;
using DeepSym.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>The memory of a program on its device, and on the processor what steps that run there need.</summary>
sealed unsafe class GpuArena
{
    readonly CpuProgram _host;
    readonly GpuDevice _device;
    readonly DeviceMemory _intermediate;
    readonly GpuStepState[] _states;
    readonly Storage?[] _mirrors;            // what steps on the processor see of a buffer

    public GpuArena(GpuProgram program)
    {
        (_host, _device) = (program.Host, program.Device);
        _intermediate = new DeviceMemory(program.Holding);
        Sizes = new SizeTable(program.Holding);
        ChecksAtOnce = _host.IsBody || _host.Watching.IsOn;
        _states = [.. program.Steps.Select(step => step.NewState())];
        _mirrors = new Storage?[_host.Buffers.Length];
        Views = new ArrayView<byte>[_host.Buffers.Length];
        Pointers = new nint[_host.Buffers.Length];
        Inputs = new ArrayView<byte>[_host.Graph.Inputs.Length];
        Outputs = new ArrayView<byte>[_host.Graph.Outputs.Length];
        for (var i = 0; i < Views.Length; i++)
        {
            if (_host.Constants[i] is not { } constant) continue;
            Views[i] = new DeviceMemory(program.Holding).View(constant.Bytes, "constants");
            Transfer.Up(_device, constant, Views[i]);
        }
    }

    public CpuPlan? Plan { get; private set; }

    /// <summary>Where the inputs are.</summary>
    public ArrayView<byte>[] Inputs { get; }

    /// <summary>Where the outputs go.</summary>
    public ArrayView<byte>[] Outputs { get; }

    /// <summary>The memory of every buffer on the device.</summary>
    public ArrayView<byte>[] Views { get; }

    /// <summary>The memory of buffers on the processor, where steps run there.</summary>
    public nint[] Pointers { get; }

    /// <summary>The sizes that kernels read, and the error codes that they write.</summary>
    public SizeTable Sizes { get; }

    /// <summary>Whether the error code of a kernel is looked at after the kernel, and not later with those of others.</summary>
    public bool ChecksAtOnce { get; set; }

    /// <summary>Makes the arena fit a plan.</summary>
    public void Use(CpuPlan plan)
    {
        Plan = null;   // until all of it fits
        var arena = _intermediate.View(plan.ArenaBytes, "intermediate values");
        foreach (var (buffer, region) in _host.Roles.Computed) Views[buffer] = arena.SubView(plan.Offsets[region], plan.Bytes(_host.Buffers[buffer]));
        Plan = plan;
        Sizes.Clear();
        var values = Sizes.Add(plan.SizeValues.AsSpan());
        for (var i = 0; i < _states.Length; i++) _states[i].Use(plan.Steps[i], this);
        Sizes.Upload();
        Views[_host.Roles.Sizes] = Sizes.View(values, plan.SizeValues.Length);
    }

    /// <summary>Computes the outputs of a body from its inputs, both where they have been said to be.</summary>
    public void Execute()
    {
        Begin();
        for (var k = 0; k < Outputs.Length; k++)
            if (_host.Roles.Outputs[k].IsEarly) CopyOut(k);
        Run(0, _states.Length);
        for (var k = 0; k < Outputs.Length; k++)
            if (!_host.Roles.Outputs[k].IsEarly) CopyOut(k);
    }

    /// <summary>Gives the buffers of inputs and outputs their memory.</summary>
    public void Begin()
    {
        foreach (var (buffer, input) in _host.Roles.Inputs) Views[buffer] = Inputs[input];
        foreach (var (buffer, output) in _host.Roles.Written) Views[buffer] = Outputs[output];
    }

    /// <summary>About how many kernels some steps launch; all of them by default.</summary>
    public long LaunchesOf(int begin = 0, int? end = null)
    {
        var launches = 0L;
        for (var step = begin; step < (end ?? _states.Length); step++) launches += _states[step].Launches;
        return launches;
    }

    /// <summary>Runs some of the steps.</summary>
    public void Run(int begin, int end)
    {
        var step = begin;
        try
        {
            if (_host.Watching.IsOn) RunWatched(ref step);
            else
                for (; step < end; step++) _states[step].Run(this);
        }
        catch (Exception e) when (Failure.CanBeNamed(e) && !(e is NonFiniteException && _host.Schedule.Steps[step] is not (LoopStep or BranchStep)))
        {
            foreach (var buffer in _host.Schedule.Steps[step].Reads) Fetch(buffer);
            throw StepReplay.Explain(e, _host, Plan!, _host.Schedule.Steps[step], Pointers);
        }
    }

    void RunWatched(ref int step)
    {
        var (watching, steps, began) = (_host.Watching, _host.Schedule.Steps, Stopwatch.GetTimestamp());
        if (watching.KeepsMemory)
            foreach (var buffer in _host.Buffers)
                if (buffer.Kind != BufferKind.Computed) Fetch(buffer);
        var expected = watching.Checks ? KernelCheck.Expect(_host, Plan!, Pointers) : null;
        if (watching.NaNGuard != NaNGuard.Off && !_host.IsBody) NaNCheck.Leaves(_host, Plan!, Pointers);
        for (; step < _states.Length; step++)
        {
            var before = Stopwatch.GetTimestamp();
            _states[step].Run(this);
            if (watching.Profiles) _device.Queue.Wait();
            _host.Times?.Add(step, Stopwatch.GetTimestamp() - before, Plan!.StepBytes[step]);
            if (!watching.KeepsMemory) continue;
            foreach (var buffer in steps[step].Reads.Concat(steps[step].Writes)) Fetch(buffer);
            if (watching.NaNGuard != NaNGuard.Off) NaNCheck.Step(_host, Plan!, steps[step], Pointers);
            if (expected is not null) KernelCheck.Compare(_host, Plan!, steps[step], expected, Pointers);
        }
        _host.Times?.AddCall(Stopwatch.GetTimestamp() - began);
    }

    // What the device has of a buffer, for a look at it here.
    void Fetch(Kernels.Buffer buffer)
    {
        var (number, bytes) = (_host.Buffers.IndexOf(buffer), Plan!.Bytes(buffer));
        Pointers[number] = (nint)Mirror(number, bytes);
        Transfer.Down(_device, Views[number], (byte*)Pointers[number], bytes);
    }

    /// <summary>The memory on the processor for a buffer, of its size.</summary>
    public byte* Mirror(int buffer, long bytes)
    {
        if (_mirrors[buffer] is not { } storage || storage.Bytes < bytes) _mirrors[buffer] = storage = Storage.Uninitialized(Math.Max(8, bytes));
        return storage.Pointer;
    }

    /// <summary>Puts the memory of a buffer among the arguments of a kernel.</summary>
    public void Bind(KernelArguments arguments, int place, int buffer) => arguments.Bind(place, Views[buffer], _host.Buffers[buffer].DType);

    /// <summary>Bytes as a view of elements.</summary>
    public static object Typed(ArrayView<byte> bytes, DType dtype) => dtype switch
    {
        DType.Float32 => bytes.Cast<float>(),
        DType.Float64 => bytes.Cast<double>(),
        _ => dtype.Size() switch { 1 => bytes, 2 => bytes.Cast<short>(), 4 => bytes.Cast<int>(), _ => bytes.Cast<long>() },
    };

    void CopyOut(int output)
    {
        var (from, to) = (Views[_host.Roles.Outputs[output].Buffer], Outputs[output]);
        if (!KernelArguments.AreSame(from, to)) _device.Queue.Copy(from, to, Plan!.OutputBytes[output]);
    }
}
