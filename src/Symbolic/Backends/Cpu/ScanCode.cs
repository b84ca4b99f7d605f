using System.Collections.Immutable;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// A loop. The body is a program of its own, run with other pointers in each step: it reads rows of sequences where they are, and writes rows of traces
/// and outputs where they belong. A carry without a trace alternates between places.
/// </summary>
sealed unsafe class ScanCode : StepCode
{
    readonly LoopStep _step;

    public ScanCode(LoopStep step, CpuProgram program)
    {
        _step = step;
        var body = Scan.Body;
        Inputs = [.. step.Inputs.Select(buffer => program.Buffers.IndexOf(buffer))];
        Results = [.. step.Results.Select(buffer => buffer is null ? -1 : program.Buffers.IndexOf(buffer))];
        Passed = [.. body.Results.Take(Scan.Carries).Select(result => result is Variable parameter && body.Parameters.ToList().IndexOf(parameter) is var i && i < Scan.Carries ? i : -1)];
        Places = Passed.Any(i => i >= 0) ? Scan.Carries + 2 : 2;
        var outputs = new List<Expr>();
        BodyOutputs = [.. body.Results.Select((result, i) =>
        {
            var isUsed = i < Scan.Carries ? Passed[i] < 0 : i >= Scan.Carries + Scan.Outputs || Results[Scan.Output(i - Scan.Carries)] >= 0;
            if (!isUsed) return -1;
            outputs.Add(result);
            return outputs.Count - 1;
        })];
        Body = program.Body(new Graph([.. body.Parameters], [.. outputs], []));
        Packed = [.. Enumerable.Range(0, Body.Steps.Length).Where(i => Body.Steps[i] is ContractCode product && IsCaptured(product.Right))];
    }

    bool IsCaptured(Kernels.Buffer buffer) => buffer.Kind == BufferKind.Constant || buffer.Kind == BufferKind.Input && buffer.Index >= Scan.Carries + Scan.Sequences;

    public Scan Scan => _step.Scan;

    /// <summary>Where the rows of each sequence lie.</summary>
    public ImmutableArray<RowRange> Rows => _step.Rows;

    /// <summary>The program of a step.</summary>
    public CpuProgram Body { get; }

    public override IEnumerable<CpuProgram> Bodies => [Body];

    /// <summary>The steps of the body that are contractions with a right operand that no step changes: it is packed once for all of them.</summary>
    public ImmutableArray<int> Packed { get; }

    /// <summary>The buffers that the loop reads.</summary>
    public ImmutableArray<int> Inputs { get; }

    /// <summary>The buffer of each result; -1: nothing uses it.</summary>
    public ImmutableArray<int> Results { get; }

    /// <summary>For each carry the carry that it takes over unchanged, or -1.</summary>
    public ImmutableArray<int> Passed { get; }

    /// <summary>For each result of the body its number among the outputs of the program, or -1.</summary>
    public ImmutableArray<int> BodyOutputs { get; }

    /// <summary>How many places a carry alternates between.</summary>
    public int Places { get; }

    public override StepPlan Plan(DimBinding binding)
    {
        var body = Scan.Body;
        var length = binding.Evaluate(Scan.Length);
        return new LoopPlan
        {
            Length = length >= 0 ? length : throw new ShapeException($"scan: the number of steps ({Scan.Length}) must not be negative, and is {length}."),
            Outer = binding,
            Body = Body.HasOwnSizes ? null : Body.PlanFor(binding, null!),
            ParameterBytes = [.. body.Parameters.Select(p => Bytes(p, binding))],
            ResultBytes = [.. body.Results.Select((r, i) => BodyOutputs[i] >= 0 ? Bytes(r, binding) : 0)],
            Starts = [.. _step.Rows.Select(rows => binding.Evaluate(rows.Start))],
        };
    }

    static long Bytes(Expr row, DimBinding binding) => binding.Evaluate(row.Shape.Length) * row.DType.Size();

    public override StepState NewState() => new State(this);

    public sealed class LoopPlan : StepPlan
    {
        public required long Length { get; init; }

        public required DimBinding Outer { get; init; }

        /// <summary>The plan of the body; null when its sizes change from step to step.</summary>
        public required CpuPlan? Body { get; init; }

        public required ImmutableArray<long> ParameterBytes { get; init; }

        public required ImmutableArray<long> ResultBytes { get; init; }

        /// <summary>The first row of each sequence.</summary>
        public required ImmutableArray<long> Starts { get; init; }
    }

    sealed class State : StepState
    {
        readonly ScanCode _code;
        readonly CpuArena _arena;
        readonly LoopCourse<nint, Memory> _course;
        LoopPlan? _plan;

        public State(ScanCode code)
        {
            (_code, _arena) = (code, code.Body.NewArena());
            _course = new(code, new Memory(), _arena.Inputs, _arena.Outputs);
        }

        public override void Use(StepPlan plan)
        {
            _plan = (LoopPlan)plan;
            if (_plan.Body is { } body) _arena.Use(body);
            _course.Use(_plan);
        }

        public override void Run(nint[] pointers)
        {
            var plan = _plan!;
            _course.Begin(pointers);
            if (plan.Body is not null) _arena.Pack(_code.Packed, plan.Length);
            var t = 0L;
            for (var goesOn = true; goesOn && t < plan.Length; t++)
            {
                _course.Aim(t);
                if (plan.Body is null) _arena.Use(_code.Body.PlanFor(plan.Outer, _arena));
                _arena.Execute();
                goesOn = _course.Goes();
            }
            _course.End(pointers, t);
        }
    }

    struct Memory() : ILoopMemory<nint>
    {
        Storage _reserve = Storage.Uninitialized(0);

        public nint Reserve(long bytes)
        {
            if (_reserve.Bytes < bytes) _reserve = Storage.Uninitialized(bytes);
            return (nint)_reserve.Pointer;
        }

        public readonly nint At(nint place, long offset, long bytes) => place + (nint)offset;

        public readonly void Copy(nint from, nint to, long bytes) => System.Buffer.MemoryCopy((void*)from, (void*)to, bytes, bytes);

        public readonly void Clear(nint place, long bytes) => System.Runtime.InteropServices.NativeMemory.Clear((void*)place, (nuint)bytes);

        public readonly bool ReadBool(nint place) => *(byte*)place != 0;

        public readonly void Write(nint place, long value) => *(long*)place = value;
    }
}
