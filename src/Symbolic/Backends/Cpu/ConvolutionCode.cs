using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>A convolution or one of its gradients as implicit matrix products.</summary>
sealed unsafe class ConvolutionCode : StepCode
{
    readonly LibraryStep _step;
    readonly Convolution _op;
    readonly int _first, _second, _output;
    readonly Numerics _numerics;
    readonly int _threads;

    public ConvolutionCode(LibraryStep step, CpuProgram program)
    {
        (_step, _op, _numerics, _threads) = (step, (Convolution)step.Op, program.Numerics, program.Threads);
        (_first, _second) = (program.Buffers.IndexOf(step.Inputs[0].Buffer), program.Buffers.IndexOf(step.Inputs[1].Buffer));
        _output = program.Buffers.IndexOf(step.Output.Buffer);
    }

    public override StepPlan Plan(DimBinding binding)
    {
        // Images x, filters w and results y: which operand is which depends on the mode.
        var (x, w, y) = _op.Mode switch
        {
            ConvolutionMode.Forward => (_step.Inputs[0].Shape, _step.Inputs[1].Shape, _step.Output.Shape),
            ConvolutionMode.DataGradient => (_step.Output.Shape, _step.Inputs[1].Shape, _step.Inputs[0].Shape),
            _ => (_step.Inputs[0].Shape, _step.Output.Shape, _step.Inputs[1].Shape),
        };
        var rank = _op.Geometry.Rank;
        return new Sizes
        {
            Shape = new ConvolutionShape(binding.Evaluate(x[0]), binding.Evaluate(x[1]), binding.Evaluate(w[0]), rank > 1 ? Axis(rank - 2) : ConvolutionAxis.One, Axis(rank - 1))
            {
                Depth = rank > 2 ? Axis(0) : ConvolutionAxis.One,
                Groups = _op.Geometry.Groups,
                Flip = _op.Geometry.Flip,
            },
        };

        ConvolutionAxis Axis(int axis)
        {
            var (before, after) = _op.Geometry.Widths(axis, x[axis + 2], w[axis + 2]);
            return new ConvolutionAxis(binding.Evaluate(x[axis + 2]), binding.Evaluate(w[axis + 2]), _op.Geometry.Strides[axis], _op.Geometry.Dilations[axis], binding.Evaluate(before), binding.Evaluate(after));
        }
    }

    /// <summary>The sizes of a plan.</summary>
    public static ConvolutionShape ShapeOf(StepPlan plan) => ((Sizes)plan).Shape;

    public override StepState NewState() => new State(this);

    sealed class Sizes : StepPlan
    {
        public required ConvolutionShape Shape { get; init; }
    }

    sealed class State(ConvolutionCode code) : StepState
    {
        ConvolutionShape _shape;

        public override void Use(StepPlan plan) => _shape = ((Sizes)plan).Shape;

        public override void Run(nint[] pointers)
        {
            if (code._step.Output.Buffer.DType == DType.Float32) Run<float>(pointers[code._first], pointers[code._second], pointers[code._output]);
            else Run<double>(pointers[code._first], pointers[code._second], pointers[code._output]);
        }

        void Run<TElement>(nint first, nint second, nint output) where TElement : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TElement>
        {
            switch (code._op.Mode)
            {
                case ConvolutionMode.Forward: ImplicitProducts.Forward(_shape, (TElement*)first, (TElement*)second, (TElement*)output, null, code._numerics, code._threads); break;
                case ConvolutionMode.DataGradient: ImplicitProducts.DataGradient(_shape, (TElement*)first, (TElement*)second, (TElement*)output, code._numerics, code._threads); break;
                default: ImplicitProducts.FilterGradient(_shape, (TElement*)first, (TElement*)second, (TElement*)output, code._numerics, code._threads); break;
            }
        }
    }
}
