using System.Collections.Immutable;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>A library op without a kernel of its own on this backend: its plain definition, on tensors that the operands are copied to and from.</summary>
sealed unsafe class ReferenceCode : StepCode
{
    readonly LibraryStep _step;
    readonly ImmutableArray<int> _inputs;
    readonly int _output;

    public ReferenceCode(LibraryStep step, CpuProgram program)
    {
        _step = step;
        _inputs = [.. step.Inputs.Select(i => program.Buffers.IndexOf(i.Buffer))];
        _output = program.Buffers.IndexOf(step.Output.Buffer);
    }

    public override StepPlan Plan(DimBinding binding) => new Shapes
    {
        Inputs = [.. _step.Inputs.Select(i => binding.Evaluate(i.Shape))],
        Output = binding.Evaluate(_step.Output.Shape),
    };

    /// <summary>The shapes of a plan.</summary>
    public static (int[][] Inputs, int[] Output) ShapesOf(StepPlan plan) => ([.. ((Shapes)plan).Inputs], ((Shapes)plan).Output);

    public override StepState NewState() => new State(this);

    sealed class Shapes : StepPlan
    {
        public required ImmutableArray<int[]> Inputs { get; init; }

        public required int[] Output { get; init; }
    }

    sealed class State(ReferenceCode code) : StepState
    {
        Tensor[] _inputs = [];
        Tensor[] _operands = [];
        Tensor? _output;

        public override void Use(StepPlan plan)
        {
            var shapes = (Shapes)plan;
            _inputs = [.. shapes.Inputs.Select((shape, i) => Tensor.Empty(code._step.Inputs[i].Buffer.DType, shape))];
            _operands = [.. _inputs];
            _output = Tensor.Empty(code._step.Output.Buffer.DType, shapes.Output);
        }

        public override void Run(nint[] pointers)
        {
            for (var i = 0; i < _inputs.Length; i++)
            {
                System.Buffer.MemoryCopy((void*)pointers[code._inputs[i]], _inputs[i].Pointer, _inputs[i].Bytes, _inputs[i].Bytes);
                if (code._step.Inputs[i].Permutation.Count > 0) _operands[i] = Interpreter.Transposed(_inputs[i], code._step.Inputs[i].Permutation);
            }
            code._step.Op.Evaluate(_operands, _output!);
            System.Buffer.MemoryCopy(_output!.Pointer, (void*)pointers[code._output], _output.Bytes, _output.Bytes);
        }
    }
}
