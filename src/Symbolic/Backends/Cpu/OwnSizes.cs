namespace DeepSym.Backends.Cpu;

/// <summary>The sizes of a body that depend on its arguments, computed before each step by a program of their own.</summary>
sealed unsafe class OwnSizes
{
    readonly CpuProgram _program;
    readonly CpuArena _arena;
    readonly Storage _scalars;
    readonly long[] _values;

    public OwnSizes(CpuProgram program, int count)
    {
        (_program, _arena, _values) = (program, program.NewArena(), new long[count]);
        _scalars = Storage.Zeroed(count * sizeof(long));
        for (var i = 0; i < count; i++) _arena.Outputs[i] = (nint)(_scalars.Pointer + i * sizeof(long));
    }

    public ReadOnlySpan<long> Values => _values;

    public void Compute(nint[] arguments, DimBinding outer)
    {
        arguments.CopyTo(_arena.Inputs, 0);
        if (_arena.Plan is null || _arena.Plan.Outer != outer || _program.HasOwnSizes) _arena.Use(_program.PlanFor(outer, _arena));
        _arena.Execute();
        for (var i = 0; i < _values.Length; i++) _values[i] = ((long*)_scalars.Pointer)[i];
    }
}
