using System.Collections.Immutable;
using System.Diagnostics;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>The memory of one call at a time: intermediate values, pointers, blocks of sizes.</summary>
sealed unsafe class CpuArena
{
    readonly CpuProgram _program;
    readonly nint[] _pointers;     // of every buffer
    readonly StepState[] _states;
    readonly Tensor _sizes;        // the block of sizes that are values
    Storage _memory = Storage.Uninitialized(0);

    public CpuArena(CpuProgram program, int signatureLength)
    {
        _program = program;
        Signature = new long[signatureLength];
        _pointers = new nint[program.Buffers.Length];
        _states = [.. program.Steps.Select(step => step.NewState())];
        _sizes = Tensor.Zeros<long>(Math.Max(1, program.Schedule.Sizes.Values.Length));
        Inputs = new nint[program.Graph.Inputs.Length];
        Outputs = new nint[program.Graph.Outputs.Length];
        for (var i = 0; i < _pointers.Length; i++)
            if (program.Constants[i] is { } constant) _pointers[i] = (nint)constant.Pointer;
        _pointers[program.Roles.Sizes] = (nint)_sizes.Pointer;
    }

    public long[] Signature { get; }

    /// <summary>Where the inputs are.</summary>
    public nint[] Inputs { get; }

    /// <summary>Where the outputs go.</summary>
    public nint[] Outputs { get; }

    /// <summary>For a body whose sizes depend on its arguments: how they are computed.</summary>
    public OwnSizes? OwnSizes { get; set; }

    public CpuPlan? Plan { get; private set; }

    /// <summary>Makes the arena fit a plan.</summary>
    public void Use(CpuPlan plan)
    {
        if (_memory.Bytes < plan.ArenaBytes) _memory = Storage.Uninitialized(plan.ArenaBytes);
        for (var i = 0; i < plan.SizeValues.Length; i++) _sizes.AsSpan<long>()[i] = plan.SizeValues[i];
        for (var i = 0; i < _states.Length; i++) _states[i].Use(plan.Steps[i]);
        foreach (var (buffer, region) in _program.Roles.Computed) _pointers[buffer] = (nint)(_memory.Pointer + plan.Offsets[region]);
        Plan = plan;
    }

    public void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs)
    {
        var plan = Plan!;
        var graph = _program.Graph;
        for (var k = 0; k < outputs.Length; k++)
        {
            var shape = plan.OutputShapes[k];
            var dtype = graph.Outputs[k].DType;
            if (outputs[k] is { } given && (given.DType != dtype || !given.Shape.SequenceEqual(shape)))
                throw new ShapeException($"Output {k} is {dtype.Name()}[{string.Join(",", shape)}], and the tensor given for it is {given.Describe()}.");
            outputs[k] ??= Tensor.Empty(dtype, shape);
        }
        for (var i = 0; i < inputs.Length; i++) Inputs[i] = (nint)inputs[i].Pointer;
        for (var k = 0; k < outputs.Length; k++) Outputs[k] = (nint)outputs[k]!.Pointer;
        foreach (var (buffer, variable, isWritten) in _program.Roles.Shared) _pointers[buffer] = (nint)(isWritten ? variable.StorageToWrite() : variable.Storage).Pointer;
        Execute();
        Commit(plan);
        foreach (var input in inputs) GC.KeepAlive(input);
    }

    /// <summary>Packs the right operands of contractions for so many executions during which they stay where and as they are.</summary>
    public void Pack(ImmutableArray<int> contractions, long executions)
    {
        PointAtInputs();
        foreach (var step in contractions) ((ContractCode.State)_states[step]).Pack(_pointers, executions);
    }

    void PointAtInputs()
    {
        foreach (var (buffer, input) in _program.Roles.Inputs) _pointers[buffer] = Inputs[input];
    }

    /// <summary>Computes the outputs from the inputs, both where they have been said to be.</summary>
    public void Execute()
    {
        PointAtInputs();
        foreach (var (buffer, output) in _program.Roles.Written) _pointers[buffer] = Outputs[output];
        for (var k = 0; k < Outputs.Length; k++)
            if (_program.Roles.Outputs[k].IsEarly) CopyOut(k);
        var step = 0;
        try
        {
            if (_program.Watching.IsOn) RunWatched(ref step);
            else
                for (; step < _states.Length; step++) _states[step].Run(_pointers);
        }
        catch (Exception e) when (Failure.CanBeNamed(e) && !(e is NonFiniteException && _program.Schedule.Steps[step] is not (LoopStep or BranchStep)))
        {
            throw StepReplay.Explain(e, _program, Plan!, _program.Schedule.Steps[step], _pointers);
        }
        for (var k = 0; k < Outputs.Length; k++)
            if (!_program.Roles.Outputs[k].IsEarly) CopyOut(k);
    }

    void RunWatched(ref int step)
    {
        var (watching, plan, began) = (_program.Watching, Plan!, Stopwatch.GetTimestamp());
        var expected = watching.Checks ? KernelCheck.Expect(_program, plan, _pointers) : null;
        if (watching.NaNGuard != NaNGuard.Off && !_program.IsBody) NaNCheck.Leaves(_program, plan, _pointers);
        for (; step < _states.Length; step++)
        {
            var before = Stopwatch.GetTimestamp();
            _states[step].Run(_pointers);
            _program.Times?.Add(step, Stopwatch.GetTimestamp() - before, plan.StepBytes[step]);
            if (watching.NaNGuard != NaNGuard.Off) NaNCheck.Step(_program, plan, _program.Schedule.Steps[step], _pointers);
            if (expected is not null) KernelCheck.Compare(_program, plan, _program.Schedule.Steps[step], expected, _pointers);
        }
        _program.Times?.AddCall(Stopwatch.GetTimestamp() - began);
    }

    void CopyOut(int output)
    {
        var buffer = _program.Roles.Outputs[output].Buffer;
        var (from, to, bytes) = (_pointers[buffer], Outputs[output], Plan!.OutputBytes[output]);
        if (from == to) return;
        if (_program.Buffers[buffer].Kind == BufferKind.Literals) throw new CompileException("DeepSym broke an invariant: an output is a literal. Please report this.");
        System.Buffer.MemoryCopy((void*)from, (void*)to, bytes, bytes);
    }

    // Writes the updates that were not computed in place. All of them are first staged where one reads what another writes.
    void Commit(CpuPlan plan)
    {
        var updates = _program.Graph.Updates;
        for (var i = 0; i < updates.Length; i++)
        {
            var (buffer, isInPlace) = _program.Roles.Updates[i];
            if (isInPlace) continue;
            var variable = updates[i].Variable;
            var shape = plan.UpdateShapes[i];
            if (!variable.Extents.SequenceEqual(shape)) variable.Storage = Tensor.Empty(variable.DType, shape);
            var storage = variable.StorageToWrite();
            System.Buffer.MemoryCopy((void*)_pointers[buffer], storage.Pointer, storage.Bytes, storage.Bytes);
        }
    }
}
