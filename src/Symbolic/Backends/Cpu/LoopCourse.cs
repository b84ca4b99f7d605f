namespace DeepSym.Backends.Cpu;

/// <summary>The memory that a loop works in: of the processor, or of a device.</summary>
interface ILoopMemory<TPlace>
{
    /// <summary>Room for so many bytes, until the next call.</summary>
    TPlace Reserve(long bytes);

    /// <summary>So many bytes from an offset on.</summary>
    TPlace At(TPlace place, long offset, long bytes);

    void Copy(TPlace from, TPlace to, long bytes);

    void Clear(TPlace place, long bytes);

    bool ReadBool(TPlace place);

    void Write(TPlace place, long value);
}

/// <summary>
/// Where a loop's body reads and writes in each step: rows of sequences where they are, rows of traces and outputs where they belong. A carry without a
/// trace alternates between places.
/// </summary>
sealed class LoopCourse<TPlace, TMemory> where TMemory : struct, ILoopMemory<TPlace>
{
    readonly ScanCode _code;
    readonly Scan _scan;
    readonly TPlace[] _inputs, _outputs;   // of the body's arena
    readonly Rows[] _sequences;
    readonly Rows[] _stacked;              // of traces (from row 1) and outputs that are used, by result of the body
    readonly long[] _places;               // in the reserve, of each result of the body that goes nowhere else
    TMemory _memory;
    TPlace[] _current, _next;
    TPlace _reserve = default!;
    ScanCode.LoopPlan? _plan;

    public LoopCourse(ScanCode code, TMemory memory, TPlace[] inputs, TPlace[] outputs)
    {
        (_code, _scan, _memory, _inputs, _outputs) = (code, code.Scan, memory, inputs, outputs);
        _sequences = new Rows[_scan.Sequences];
        _stacked = new Rows[_scan.Body.Results.Count];
        _places = new long[_scan.Body.Results.Count];
        (_current, _next) = (new TPlace[_scan.Carries], new TPlace[_scan.Carries]);
    }

    /// <summary>Rows of a tensor in the order of the steps.</summary>
    struct Rows
    {
        public bool IsUsed;
        public TPlace Tensor;
        public long Offset, Stride;
    }

    int Stop => _scan.HasStop ? _scan.Body.Results.Count - 1 : -1;

    /// <summary>Makes the course fit sizes.</summary>
    public void Use(ScanCode.LoopPlan plan)
    {
        _plan = plan;
        var total = 0L;
        for (var r = 0; r < _places.Length; r++)
        {
            _places[r] = total;
            total += Spaced(plan.ResultBytes[r]) * (r < _scan.Carries ? _code.Places : 1);
        }
        _reserve = _memory.Reserve(total);
    }

    static long Spaced(long bytes) => (bytes + Storage.Alignment - 1) / Storage.Alignment * Storage.Alignment;

    /// <summary>Before the first step; <paramref name="buffers"/> has the place of every buffer of the program around the loop.</summary>
    public void Begin(TPlace[] buffers)
    {
        var (plan, carries) = (_plan!, _scan.Carries);
        for (var i = 0; i < _code.Inputs.Length; i++)
        {
            var place = buffers[_code.Inputs[i]];
            if (i < carries) _current[i] = place;
            else if (!_scan.IsSequence(i)) _inputs[i] = place;
            else
            {
                var stride = plan.ParameterBytes[i] * _code.Rows[i - carries].Step;
                var first = plan.Starts[i - carries] * plan.ParameterBytes[i];
                _sequences[i - carries] = new Rows { Tensor = place, Offset = _scan.IsBackwards ? first + (plan.Length - 1) * stride : first, Stride = _scan.IsBackwards ? -stride : stride };
            }
        }
        for (var r = 0; r < _stacked.Length; r++)
        {
            var part = r < carries ? _scan.Trace(r) : r < carries + _scan.Outputs ? _scan.Output(r - carries) : -1;
            _stacked[r] = default;
            if (part < 0 || _code.Results[part] < 0) continue;
            var (place, bytes) = (buffers[_code.Results[part]], r < carries ? plan.ParameterBytes[r] : plan.ResultBytes[r]);
            if (r < carries) _memory.Copy(_current[r], _memory.At(place, _scan.IsBackwards ? plan.Length * bytes : 0, bytes), bytes);
            var first = _scan.IsBackwards ? (plan.Length - 1) * bytes : r < carries ? bytes : 0;
            _stacked[r] = new Rows { IsUsed = true, Tensor = place, Offset = first, Stride = _scan.IsBackwards ? -bytes : bytes };
        }
    }

    /// <summary>Aims the body's inputs and outputs for step t.</summary>
    public void Aim(long t)
    {
        var (plan, carries) = (_plan!, _scan.Carries);
        for (var i = 0; i < carries; i++) _inputs[i] = _current[i];
        for (var j = 0; j < _sequences.Length; j++)
        {
            ref var sequence = ref _sequences[j];
            _inputs[carries + j] = _memory.At(sequence.Tensor, sequence.Offset, plan.ParameterBytes[carries + j]);
            sequence.Offset += sequence.Stride;
        }
        for (var r = 0; r < _places.Length; r++) AimResult(r, t);
    }

    void AimResult(int r, long t)
    {
        ref var stacked = ref _stacked[r];
        var bytes = stacked.IsUsed ? Math.Abs(stacked.Stride) : _plan!.ResultBytes[r];
        var place = stacked.IsUsed ? _memory.At(stacked.Tensor, stacked.Offset, bytes) : _memory.At(_reserve, _places[r] + (r < _scan.Carries ? t % _code.Places * Spaced(bytes) : 0), bytes);
        if (r < _scan.Carries && _code.Passed[r] is >= 0 and var source)
        {
            _next[r] = _current[source];
            if (stacked.IsUsed) _memory.Copy(_current[source], place, bytes);
        }
        else
        {
            if (r < _scan.Carries) _next[r] = place;
            if (_code.BodyOutputs[r] is >= 0 and var output) _outputs[output] = place;
        }
        stacked.Offset += stacked.Stride;
    }

    /// <summary>After the body has run: whether there may be a next step.</summary>
    public bool Goes()
    {
        (_current, _next) = (_next, _current);
        return Stop < 0 || !_memory.ReadBool(_memory.At(_reserve, _places[Stop], 1));
    }

    /// <summary>After so many steps.</summary>
    public void End(TPlace[] buffers, long steps)
    {
        var plan = _plan!;
        for (var i = 0; i < _scan.Carries; i++)
            if (_code.Results[Scan.Final(i)] is >= 0 and var final) _memory.Copy(_current[i], buffers[final], plan.ParameterBytes[i]);
        var left = plan.Length - steps;   // rows after a stop
        if (left > 0)
            foreach (var rows in _stacked)
                if (rows.IsUsed)
                {
                    var bytes = left * Math.Abs(rows.Stride);
                    _memory.Clear(_memory.At(rows.Tensor, rows.Stride > 0 ? rows.Offset : rows.Offset + (left - 1) * rows.Stride, bytes), bytes);
                }
        if (_scan.HasStop && _code.Results[_scan.Steps] is >= 0 and var count) _memory.Write(buffers[count], steps);
    }
}
