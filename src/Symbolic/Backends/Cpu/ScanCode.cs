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
    readonly Scan _scan;
    readonly CpuProgram _body;
    readonly ImmutableArray<int> _inputs;
    readonly ImmutableArray<int> _results;       // -1: nothing uses it
    readonly ImmutableArray<int> _passed;        // for each carry the carry that it takes over unchanged, or -1
    readonly ImmutableArray<int> _bodyOutputs;   // for each result of the body its number among the outputs of the program, or -1
    readonly int _places;

    public ScanCode(LoopStep step, CpuProgram program)
    {
        (_step, _scan) = (step, step.Scan);
        var body = _scan.Body;
        _inputs = [.. step.Inputs.Select(buffer => program.Buffers.IndexOf(buffer))];
        _results = [.. step.Results.Select(buffer => buffer is null ? -1 : program.Buffers.IndexOf(buffer))];
        _passed = [.. body.Results.Take(_scan.Carries).Select(result => result is Variable parameter && body.Parameters.ToList().IndexOf(parameter) is var i && i < _scan.Carries ? i : -1)];
        _places = _passed.Any(i => i >= 0) ? _scan.Carries + 2 : 2;
        var outputs = new List<Expr>();
        _bodyOutputs = [.. body.Results.Select((result, i) =>
        {
            var isUsed = i < _scan.Carries ? _passed[i] < 0 : i >= _scan.Carries + _scan.Outputs || _results[_scan.Output(i - _scan.Carries)] >= 0;
            if (!isUsed) return -1;
            outputs.Add(result);
            return outputs.Count - 1;
        })];
        _body = program.Body(new Graph([.. body.Parameters], [.. outputs], []));
    }

    public override StepPlan Plan(DimBinding binding)
    {
        var body = _scan.Body;
        var length = binding.Evaluate(_scan.Length);
        return new LoopPlan
        {
            Length = length >= 0 ? length : throw new ShapeException($"scan: the number of steps ({_scan.Length}) must not be negative, and is {length}."),
            Outer = binding,
            Body = _body.HasOwnSizes ? null : _body.PlanFor(binding, null!),
            ParameterBytes = [.. body.Parameters.Select(p => Bytes(p, binding))],
            ResultBytes = [.. body.Results.Select((r, i) => _bodyOutputs[i] >= 0 ? Bytes(r, binding) : 0)],
            Starts = [.. _step.Rows.Select(rows => binding.Evaluate(rows.Start))],
        };
    }

    static long Bytes(Expr row, DimBinding binding) => binding.Evaluate(row.Shape.Length) * row.DType.Size();

    public override StepState NewState() => new State(this);

    sealed class LoopPlan : StepPlan
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
        readonly Scan _scan;
        readonly CpuArena _arena;
        readonly (nint Row, long Stride)[] _sequences;
        readonly (bool IsUsed, nint Row, long Stride)[] _stacked;   // of traces (from row 1) and outputs that are used, by result of the body
        readonly nint[] _places;                       // of each result of the body that goes nowhere else
        nint[] _current, _next;
        Storage _memory = Storage.Uninitialized(0);
        LoopPlan? _plan;

        public State(ScanCode code)
        {
            (_code, _scan, _arena) = (code, code._scan, code._body.NewArena());
            _sequences = new (nint, long)[_scan.Sequences];
            _stacked = new (bool, nint, long)[_scan.Body.Results.Count];
            _places = new nint[_scan.Body.Results.Count];
            (_current, _next) = (new nint[_scan.Carries], new nint[_scan.Carries]);
        }

        public override void Use(StepPlan plan)
        {
            _plan = (LoopPlan)plan;
            if (_plan.Body is { } body) _arena.Use(body);
            var total = 0L;
            for (var r = 0; r < _places.Length; r++)
            {
                _places[r] = (nint)total;
                total += Spaced(_plan.ResultBytes[r]) * (r < _scan.Carries ? _code._places : 1);
            }
            if (_memory.Bytes < total) _memory = Storage.Uninitialized(total);
            for (var r = 0; r < _places.Length; r++) _places[r] += (nint)_memory.Pointer;
        }

        static long Spaced(long bytes) => (bytes + Storage.Alignment - 1) / Storage.Alignment * Storage.Alignment;

        public override void Run(nint[] pointers)
        {
            var (plan, carries, stop) = (_plan!, _scan.Carries, _scan.HasStop ? _scan.Body.Results.Count - 1 : -1);
            Begin(pointers);
            var t = 0L;
            for (var goesOn = true; goesOn && t < plan.Length; t++)
            {
                for (var i = 0; i < carries; i++) _arena.Inputs[i] = _current[i];
                for (var j = 0; j < _sequences.Length; j++)
                {
                    ref var sequence = ref _sequences[j];
                    _arena.Inputs[carries + j] = sequence.Row;
                    sequence.Row += (nint)sequence.Stride;
                }
                for (var r = 0; r < _places.Length; r++) Aim(r, t);
                if (plan.Body is null) _arena.Use(_code._body.PlanFor(plan.Outer, _arena));
                _arena.Execute();
                (_current, _next) = (_next, _current);
                goesOn = stop < 0 || *(byte*)_places[stop] == 0;
            }
            End(pointers, t);
        }

        void Begin(nint[] pointers)
        {
            var (plan, carries) = (_plan!, _scan.Carries);
            for (var i = 0; i < _code._inputs.Length; i++)
            {
                var place = pointers[_code._inputs[i]];
                if (i < carries) _current[i] = place;
                else if (!_scan.IsSequence(i)) _arena.Inputs[i] = place;
                else
                {
                    var bytes = plan.ParameterBytes[i];
                    var stride = bytes * _code._step.Rows[i - carries].Step;
                    place += (nint)(plan.Starts[i - carries] * bytes);
                    _sequences[i - carries] = _scan.IsBackwards ? (place + (nint)((plan.Length - 1) * stride), -stride) : (place, stride);
                }
            }
            for (var r = 0; r < _stacked.Length; r++)
            {
                var part = r < carries ? _scan.Trace(r) : r < carries + _scan.Outputs ? _scan.Output(r - carries) : -1;
                _stacked[r] = default;
                if (part < 0 || _code._results[part] < 0) continue;
                var (place, bytes) = (pointers[_code._results[part]], r < carries ? plan.ParameterBytes[r] : plan.ResultBytes[r]);
                if (r < carries)
                {
                    System.Buffer.MemoryCopy((void*)_current[r], (void*)(_scan.IsBackwards ? place + (nint)(plan.Length * bytes) : place), bytes, bytes);
                    if (!_scan.IsBackwards) place += (nint)bytes;
                }
                _stacked[r] = _scan.IsBackwards ? (true, place + (nint)((plan.Length - 1) * bytes), -bytes) : (true, place, bytes);
            }
        }

        // Where result r of the body goes in step t.
        void Aim(int r, long t)
        {
            ref var stacked = ref _stacked[r];
            var place = stacked.IsUsed ? stacked.Row : r < _scan.Carries ? _places[r] + (nint)(t % _code._places * Spaced(_plan!.ResultBytes[r])) : _places[r];
            if (r < _scan.Carries && _code._passed[r] is >= 0 and var source)
            {
                _next[r] = _current[source];
                if (stacked.IsUsed) System.Buffer.MemoryCopy((void*)_current[source], (void*)place, Math.Abs(stacked.Stride), Math.Abs(stacked.Stride));
            }
            else
            {
                if (r < _scan.Carries) _next[r] = place;
                if (_code._bodyOutputs[r] is >= 0 and var output) _arena.Outputs[output] = place;
            }
            stacked.Row += (nint)stacked.Stride;
        }

        void End(nint[] pointers, long steps)
        {
            var plan = _plan!;
            for (var i = 0; i < _scan.Carries; i++)
                if (_code._results[Scan.Final(i)] is >= 0 and var final) System.Buffer.MemoryCopy((void*)_current[i], (void*)pointers[final], plan.ParameterBytes[i], plan.ParameterBytes[i]);
            var left = plan.Length - steps;   // rows after a stop
            if (left > 0)
                foreach (var (isUsed, row, stride) in _stacked)
                    if (isUsed) System.Runtime.InteropServices.NativeMemory.Clear((void*)(stride > 0 ? row : row + (nint)((left - 1) * stride)), (nuint)(left * Math.Abs(stride)));
            if (_scan.HasStop && _code._results[_scan.Steps] is >= 0 and var count) *(long*)pointers[count] = steps;
        }
    }
}
