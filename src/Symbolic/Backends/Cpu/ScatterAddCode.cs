using System.Numerics.Tensors;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>Rows added at the places that an index array names along axis 0: the gradient of an embedding. In order, so that the result is always the same.</summary>
sealed unsafe class ScatterAddCode : StepCode
{
    readonly LibraryStep _step;
    readonly int _values, _indices, _output;

    public ScatterAddCode(LibraryStep step, CpuProgram program)
    {
        _step = step;
        (_values, _indices) = (program.Buffers.IndexOf(step.Inputs[0].Buffer), program.Buffers.IndexOf(step.Inputs[1].Buffer));
        _output = program.Buffers.IndexOf(step.Output.Buffer);
    }

    /// <summary>Whether the step has the form that this kernel is for.</summary>
    public static bool Fits(LibraryStep step) => step.Op is ScatterAdd { Gather: { Axes: [0], Position: 0 } } && step.Output.Buffer.DType.IsFloating();

    public override StepPlan Plan(DimBinding binding)
    {
        var shape = binding.Evaluate(_step.Output.Shape);
        return new Sizes { Rows = shape[0], Row = shape.Skip(1).Aggregate(1, (p, n) => p * n), Count = binding.Evaluate(_step.Inputs[1].Shape.Length) };
    }

    public override StepState NewState() => new State(this);

    sealed class Sizes : StepPlan
    {
        public required int Rows { get; init; }

        public required int Row { get; init; }

        public required long Count { get; init; }
    }

    sealed class State(ScatterAddCode code) : StepState
    {
        Sizes? _sizes;

        public override void Use(StepPlan plan) => _sizes = (Sizes)plan;

        public override void Run(nint[] pointers)
        {
            if (code._step.Output.Buffer.DType == DType.Float32) Add((float*)pointers[code._values], (float*)pointers[code._output], pointers[code._indices]);
            else Add((double*)pointers[code._values], (double*)pointers[code._output], pointers[code._indices]);
        }

        // Touches rows 0 to Rows - 1 of Row elements each in the output, and Count rows of the values.
        void Add<TElement>(TElement* values, TElement* output, nint indices) where TElement : unmanaged, System.Numerics.INumber<TElement>
        {
            var (rows, row, count) = (_sizes!.Rows, _sizes.Row, _sizes.Count);
            System.Runtime.InteropServices.NativeMemory.Clear(output, (nuint)((long)rows * row * sizeof(TElement)));
            var isLong = code._step.Inputs[1].Buffer.DType == DType.Int64;
            for (var i = 0L; i < count; i++)
            {
                var index = isLong ? ((long*)indices)[i] : ((int*)indices)[i];
                if (index < -rows || index >= rows) throw IndexWalk.OutOfBounds(index, 0, rows);
                var target = new Span<TElement>(output + (index < 0 ? index + rows : index) * row, row);
                TensorPrimitives.Add(target, new ReadOnlySpan<TElement>(values + i * row, row), target);
            }
        }
    }
}
