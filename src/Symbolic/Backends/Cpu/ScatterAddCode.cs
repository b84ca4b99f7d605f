using System.Numerics;
using System.Runtime.CompilerServices;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// Rows added at the places that an index array names along axis 0, to zeros or to another array: the gradient of an embedding. Threads share the columns, so that
/// each sum has the order of the indices. All indices are checked before anything is written.
/// </summary>
sealed unsafe class ScatterAddCode : StepCode
{
    const long BytesOfColumns = 256;         // of a row, for one task
    const long BytesOfRows = 1 << 18;        // of whole rows, for one task

    readonly LibraryStep _step;
    readonly int _base;                      // -1: zeros
    readonly int _values, _indices, _output;
    readonly int _threads;

    public ScatterAddCode(LibraryStep step, CpuProgram program)
    {
        (_step, _threads) = (step, program.Threads);
        var first = step.Op is ScatterOnto ? 1 : 0;
        _base = first == 1 ? program.Buffers.IndexOf(step.Inputs[0].Buffer) : -1;
        (_values, _indices) = (program.Buffers.IndexOf(step.Inputs[first].Buffer), program.Buffers.IndexOf(step.Inputs[first + 1].Buffer));
        _output = program.Buffers.IndexOf(step.Output.Buffer);
    }

    /// <summary>Whether the step has the form that this kernel is for.</summary>
    public static bool Fits(LibraryStep step) =>
        (step.Op as ScatterAdd ?? (step.Op as ScatterOnto)?.Scatter) is { Gather: { Axes: [0], Position: 0 } } && step.Output.Buffer.DType.IsFloating();

    public override StepPlan Plan(DimBinding binding)
    {
        var shape = binding.Evaluate(_step.Output.Shape);
        return new Sizes { Rows = shape[0], Row = shape.Skip(1).Aggregate(1L, (p, n) => p * n), Count = binding.Evaluate(_step.Inputs[^1].Shape.Length) };
    }

    public override StepState NewState() => new State(this);

    sealed class Sizes : StepPlan
    {
        public required long Rows { get; init; }

        public required long Row { get; init; }

        public required long Count { get; init; }
    }

    sealed class State : StepState
    {
        readonly ScatterAddCode _code;
        readonly Preparation _preparation;
        readonly Columns _columns;
        readonly bool _isSingle, _hasLongIndices;
        long _rows, _row, _count;
        byte* _base, _values, _output, _indices;

        public State(ScatterAddCode code)
        {
            (_code, _preparation, _columns) = (code, new Preparation(this), new Columns(this));
            (_isSingle, _hasLongIndices) = (code._step.Output.Buffer.DType == DType.Float32, code._step.Inputs[^1].Buffer.DType == DType.Int64);
        }

        public override void Use(StepPlan plan)
        {
            var sizes = (Sizes)plan;
            (_rows, _row, _count) = (sizes.Rows, sizes.Row, sizes.Count);
        }

        public override void Run(nint[] pointers)
        {
            _values = (byte*)pointers[_code._values];
            _output = (byte*)pointers[_code._output];
            _indices = (byte*)pointers[_code._indices];
            _base = _code._base < 0 ? null : (byte*)pointers[_code._base];
            for (var i = 0L; i < _count; i++)
                if (Index(i) is var index && (index < -_rows || index >= _rows)) throw IndexWalk.OutOfBounds(index, 0, _rows);
            var elementSize = _isSingle ? sizeof(float) : sizeof(double);
            if (_base != _output) WorkerPool.Shared.For(_preparation, _rows * _row * elementSize, BytesOfRows, _code._threads);
            var columns = _count * _row * elementSize > BytesOfRows ? BytesOfColumns / elementSize : _row;
            WorkerPool.Shared.For(_columns, _row, Math.Max(1, columns), _code._threads);
        }

        long Index(long i) => _hasLongIndices ? ((long*)_indices)[i] : ((int*)_indices)[i];

        // Zeros, or a copy of what is added to: bytes begin to end.
        sealed class Preparation(State state) : ParallelWork
        {
            protected internal override void Execute(long begin, long end)
            {
                if (state._base == null) System.Runtime.InteropServices.NativeMemory.Clear(state._output + begin, (nuint)(end - begin));
                else System.Buffer.MemoryCopy(state._base + begin, state._output + begin, end - begin, end - begin);
            }
        }

        // Columns begin to end of all rows.
        sealed class Columns(State state) : ParallelWork
        {
            protected internal override void Execute(long begin, long end)
            {
                if (state._isSingle) state.Add((float*)state._values, (float*)state._output, begin, end);
                else state.Add((double*)state._values, (double*)state._output, begin, end);
            }
        }

        // Touches columns begin to end of the rows that the indices name, and of as many rows of values.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Add<TElement>(TElement* values, TElement* output, long begin, long end) where TElement : unmanaged, INumber<TElement>
        {
            for (var i = 0L; i < _count; i++, values += _row)
            {
                var index = Index(i);
                var target = output + (index < 0 ? index + _rows : index) * _row;
                var column = begin;
                for (; column + Vector<TElement>.Count <= end; column += Vector<TElement>.Count) Vector.Store(Vector.Load(target + column) + Vector.Load(values + column), target + column);
                for (; column < end; column++) target[column] += values[column];
            }
        }
    }
}
