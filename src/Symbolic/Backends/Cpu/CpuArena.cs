using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>The memory of one call at a time: intermediate values, pointers, blocks of sizes.</summary>
sealed unsafe class CpuArena
{
    readonly CpuProgram _program;
    readonly nint[] _pointers;     // of every buffer
    readonly StepState[] _states;
    readonly Tensor[] _sizes;      // the block of sizes that are values
    readonly (int Buffer, int Region)[] _computed;
    readonly int[] _outputBuffers;
    readonly int[] _updateBuffers;
    readonly bool[] _isEarlyCopy;
    readonly bool[] _isInPlace;
    Storage _memory = Storage.Uninitialized(0);

    public CpuArena(CpuProgram program, int signatureLength)
    {
        _program = program;
        Signature = new long[signatureLength];
        _pointers = new nint[program.Buffers.Length];
        _states = [.. program.Steps.Select(step => step.NewState())];
        _sizes = [Tensor.Zeros<long>(Math.Max(1, program.Schedule.Sizes.Values.Length))];
        var (buffers, memory, schedule) = (program.Buffers, program.Memory, program.Schedule);
        var regions = memory.Regions.ToList();
        _computed = [.. Enumerable.Range(0, buffers.Length).Where(i => buffers[i].Kind == BufferKind.Computed).Select(i => (i, regions.IndexOf(memory.RegionOf(buffers[i]))))];
        _outputBuffers = [.. schedule.Outputs.Select(o => buffers.IndexOf(o.Buffer))];
        _updateBuffers = [.. schedule.Updates.Select(u => buffers.IndexOf(u.Value.Buffer))];
        _isEarlyCopy = [.. schedule.Outputs.Select(o => o.Buffer.Kind != BufferKind.Computed)];
        _isInPlace = [.. schedule.Updates.Select(u => u.Value.Buffer.Kind == BufferKind.Computed && memory.RegionOf(u.Value.Buffer).Shared == u.Variable)];
        for (var i = 0; i < buffers.Length; i++)
            if (program.Constants[i] is { } constant) _pointers[i] = (nint)constant.Pointer;
    }

    public long[] Signature { get; }

    public CpuPlan? Plan { get; private set; }

    /// <summary>Makes the arena fit a plan.</summary>
    public void Use(CpuPlan plan)
    {
        if (_memory.Bytes < plan.ArenaBytes) _memory = Storage.Uninitialized(plan.ArenaBytes);
        for (var i = 0; i < plan.SizeValues.Length; i++) _sizes[0].AsSpan<long>()[i] = plan.SizeValues[i];
        for (var i = 0; i < _states.Length; i++) _states[i].Use(plan.Steps[i]);
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
        FillPointers(inputs, outputs);
        for (var k = 0; k < outputs.Length; k++)
            if (_isEarlyCopy[k]) CopyOut(_outputBuffers[k], outputs[k]!);
        for (var i = 0; i < _states.Length; i++)
        {
            _states[i].Run(_pointers);
            if (_program.IsChecked) KernelCheck.Compare(_program, _program.Schedule.Steps[i], inputs, _pointers);
        }
        for (var k = 0; k < outputs.Length; k++)
            if (!_isEarlyCopy[k]) CopyOut(_outputBuffers[k], outputs[k]!);
        Commit(plan);
        foreach (var input in inputs) GC.KeepAlive(input);
    }

    void FillPointers(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        var buffers = _program.Buffers;
        for (var i = 0; i < buffers.Length; i++)
            switch (buffers[i].Kind)
            {
                case BufferKind.Input: _pointers[i] = (nint)inputs[buffers[i].Index].Pointer; break;
                case BufferKind.Shared: _pointers[i] = (nint)((SharedVariable)buffers[i].Value!).Storage.Pointer; break;
                case BufferKind.Sizes: _pointers[i] = (nint)_sizes[0].Pointer; break;
            }
        foreach (var (buffer, number) in _computed)
        {
            var region = _program.Memory.Regions[number];
            _pointers[buffer] = region.Output >= 0 ? (nint)outputs[region.Output]!.Pointer
                : region.Shared is { } shared ? (nint)shared.StorageToWrite().Pointer
                : (nint)(_memory.Pointer + Plan!.Offsets[number]);
        }
    }

    void CopyOut(int buffer, Tensor output)
    {
        var from = (void*)_pointers[buffer];
        if (from == output.Pointer) return;
        if (_program.Buffers[buffer].Kind == BufferKind.Literals) throw new CompileException("DeepSym broke an invariant: an output is a literal. Please report this.");
        System.Buffer.MemoryCopy(from, output.Pointer, output.Bytes, output.Bytes);
    }

    // Writes the updates that were not computed in place. All of them are first staged where one reads what another writes.
    void Commit(CpuPlan plan)
    {
        var updates = _program.Graph.Updates;
        for (var i = 0; i < updates.Length; i++)
        {
            if (_isInPlace[i]) continue;
            var variable = updates[i].Variable;
            var shape = plan.UpdateShapes[i];
            if (!variable.Extents.SequenceEqual(shape)) variable.Storage = Tensor.Empty(variable.DType, shape);
            var storage = variable.StorageToWrite();
            System.Buffer.MemoryCopy((void*)_pointers[_updateBuffers[i]], storage.Pointer, storage.Bytes, storage.Bytes);
        }
    }
}
