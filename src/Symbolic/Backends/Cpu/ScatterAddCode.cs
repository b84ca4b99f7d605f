using System.Numerics;
using System.Runtime.CompilerServices;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// Rows added at the places that an index array names along axis 0, to zeros or to another array: the gradient of an embedding. Threads share the places, by
/// blocks, so that each sum has the order of the indices and no two write the same memory. All indices are checked before anything is written.
/// </summary>
sealed unsafe class ScatterAddCode : StepCode
{
    const long BytesOfRows = 1 << 18;        // for one task
    const long FewestBytesOfARow = 128;      // less is added faster than it is put in order
    const long BytesOfABlock = 4096;         // rows next to each other that belong to one share: processors fetch ahead up to here
    const int SharesPerThread = 2;

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
        readonly Adding _adding;
        readonly bool _isSingle, _hasLongIndices;
        readonly long[] _ends;           // for each share, where its indices end in the order
        long _rows, _row, _count;
        int _blockShift;
        byte* _base, _values, _output, _indices;
        long* _order;                    // the numbers of the indices, share by share; null: there is one share

        public State(ScatterAddCode code)
        {
            (_code, _preparation, _adding) = (code, new Preparation(this), new Adding(this));
            _ends = new long[BitOperations.RoundUpToPowerOf2((uint)(SharesPerThread * code._threads))];
            (_isSingle, _hasLongIndices) = (code._step.Output.Buffer.DType == DType.Float32, code._step.Inputs[^1].Buffer.DType == DType.Int64);
        }

        public override void Use(StepPlan plan)
        {
            var sizes = (Sizes)plan;
            (_rows, _row, _count) = (sizes.Rows, sizes.Row, sizes.Count);
            var rowsOfABlock = Math.Clamp(BytesOfABlock / Math.Max(1, _row * ElementSize), 1, Math.Max(1, _rows / (4 * _ends.Length)));
            _blockShift = BitOperations.Log2((ulong)rowsOfABlock);
        }

        int ElementSize => _isSingle ? sizeof(float) : sizeof(double);

        public override void Run(nint[] pointers)
        {
            _values = (byte*)pointers[_code._values];
            _output = (byte*)pointers[_code._output];
            _indices = (byte*)pointers[_code._indices];
            _base = _code._base < 0 ? null : (byte*)pointers[_code._base];
            var isShared = _code._threads > 1 && _row * ElementSize >= FewestBytesOfARow && _count * _row * ElementSize > BytesOfRows;
            Check();
            if (_base != _output) WorkerPool.Shared.For(_preparation, _rows * _row * ElementSize, BytesOfRows, _code._threads);
            using var scratch = Scratch.Rent(isShared ? _count * sizeof(long) : 0);
            _order = (long*)scratch.Pointer;
            if (isShared)
            {
                Order();
                WorkerPool.Shared.For(_adding, _ends.Length, 1, _code._threads);
            }
            else Add(0, _count);
        }

        void Check()
        {
            var (count, rows) = (_count, _rows);
            for (var i = 0L; i < count; i++)
                if (Index(i) is var index && (index < -rows || index >= rows)) throw IndexWalk.OutOfBounds(index, 0, rows);
        }

        // Counts the indices of each share, and puts them where those of the shares before end.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Order()
        {
            var (count, rows, shift, ends, order) = (_count, _rows, _blockShift, _ends, (nint)_order);
            Array.Clear(ends);
            for (var i = 0L; i < count; i++) ends[ShareOf(Index(i), rows, shift, ends)]++;
            var begin = 0L;
            for (var share = 0; share < ends.Length; share++) (ends[share], begin) = (begin, begin + ends[share]);
            for (var i = 0L; i < count; i++) ((long*)order)[ends[ShareOf(Index(i), rows, shift, ends)]++] = i;
        }

        static int ShareOf(long index, long rows, int shift, long[] ends) => (int)((index < 0 ? index + rows : index) >> shift) & (ends.Length - 1);

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

        sealed class Adding(State state) : ParallelWork
        {
            protected internal override void Execute(long begin, long end) => state.Add(begin == 0 ? 0 : state._ends[begin - 1], state._ends[end - 1]);
        }

        // The rows that some of the indices name, in their order.
        void Add(long begin, long end)
        {
            if (_isSingle) Add((float*)_values, (float*)_output, begin, end);
            else Add((double*)_values, (double*)_output, begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Add<TElement>(TElement* values, TElement* output, long begin, long end) where TElement : unmanaged, INumber<TElement>
        {
            var (row, rows, order) = (_row, _rows, (nint)_order);
            for (var place = begin; place < end; place++)
            {
                var i = order == 0 ? place : ((long*)order)[place];
                var index = Index(i);
                TElement* source = values + i * row, target = output + (index < 0 ? index + rows : index) * row;
                var column = 0L;
                for (; column + Vector<TElement>.Count <= row; column += Vector<TElement>.Count) Vector.Store(Vector.Load(target + column) + Vector.Load(source + column), target + column);
                for (; column < row; column++) target[column] += source[column];
            }
        }
    }
}
