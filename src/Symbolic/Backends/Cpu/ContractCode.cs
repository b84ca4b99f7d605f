using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>A contraction of floats as a batch of matrix products.</summary>
sealed unsafe class ContractCode : StepCode
{
    readonly LibraryStep _step;
    readonly CpuProgram _program;
    readonly int _left, _right, _output;
    readonly int _threads;

    public ContractCode(LibraryStep step, CpuProgram program)
    {
        (_step, _program, _threads) = (step, program, program.Threads);
        (_left, _right) = (program.Buffers.IndexOf(step.Inputs[0].Buffer), program.Buffers.IndexOf(step.Inputs[1].Buffer));
        _output = program.Buffers.IndexOf(step.Output.Buffer);
    }

    /// <summary>The right operand.</summary>
    public Kernels.Buffer Right => _step.Inputs[1].Buffer;

    public override StepPlan Plan(DimBinding binding)
    {
        var contract = (Contract)_step.Op;
        var (left, right) = (new Side(_step.Inputs[0], binding), new Side(_step.Inputs[1], binding));
        int[] freeLeft = [.. contract.FreeLeft(left.Rank)], freeRight = [.. contract.FreeRight(right.Rank)];
        int[] batchLeft = [.. contract.Batch.Select(p => p.Left)], batchRight = [.. contract.Batch.Select(p => p.Right)];
        int[] sumLeft = [.. contract.Sum.Select(p => p.Left)], sumRight = [.. contract.Sum.Select(p => p.Right)];
        return new Matrices
        {
            Shape = new GemmShape(left.Size(freeLeft), right.Size(freeRight), left.Size(sumLeft))
            {
                RowStrideA = left.Stride(freeLeft),
                ColumnStrideA = left.Stride(sumLeft),
                RowStrideB = right.Stride(sumRight),
                ColumnStrideB = right.Stride(freeRight),
                Batch = left.Size(batchLeft),
                BatchStrideA = left.Stride(batchLeft),
                BatchStrideB = right.Stride(batchRight),
                IsTrainedB = _program.Schedule.Updates.Any(update => ReferenceEquals(update.Variable, Right.Value)),
            },
            Epilogue = _step.Epilogue is { } epilogue ? KernelEpilogue.Plan(epilogue, binding) : default,
        };
    }

    /// <summary>The matrices of a plan.</summary>
    public static GemmShape ShapeOf(StepPlan plan) => ((Matrices)plan).Shape;

    /// <summary>The plan of the epilogue as a kernel over the whole output.</summary>
    public static StepPlan EpilogueOf(StepPlan plan) => KernelCode.PlanOf(((Matrices)plan).Epilogue.Sizes, ((Matrices)plan).Shape.M * ((Matrices)plan).Shape.Batch);

    public override StepState NewState() => new State(this, _step.Epilogue is { } epilogue ? new KernelEpilogue(epilogue, _program) : null);

    // An operand with its sizes and strides as numbers.
    sealed class Side
    {
        readonly Dim[] _strides;
        readonly Dim[] _dims;
        readonly DimBinding _binding;

        public Side(Operand operand, DimBinding binding)
        {
            _binding = binding;
            _strides = ContractLayout.Strides(operand.Shape, operand.Permutation);
            _dims = operand.Permutation.Count == 0 ? [.. operand.Shape] : [.. operand.Permutation.Select(axis => operand.Shape[axis])];
        }

        public int Rank => _dims.Length;

        public long Size(int[] axes) => axes.Aggregate(1L, (product, axis) => product * _binding.Evaluate(_dims[axis]));

        public long Stride(int[] axes) => _binding.Evaluate(ContractLayout.Collapse(axes, _dims, _strides)
            ?? throw new CompileException("DeepSym broke an invariant: an operand of a contraction is no matrix. Please report this."));
    }

    sealed class Matrices : StepPlan
    {
        public required GemmShape Shape { get; init; }

        public required (long[] Sizes, (int Slot, long Offset, long Step)[] Moves) Epilogue { get; init; }
    }

    /// <summary>The contraction within one arena.</summary>
    public sealed class State(ContractCode code, KernelEpilogue? epilogue) : StepState
    {
        GemmShape _shape;
        Storage _panel = Storage.Uninitialized(0);
        bool _isPacked;

        /// <summary>Packs the right operand for so many runs during which it stays as it is, where that pays.</summary>
        public void Pack(nint[] pointers, long runs)
        {
            var isSingle = code._step.Output.Buffer.DType == DType.Float32;
            var bytes = isSingle ? Gemm.PanelBytes<float>(_shape, runs) : Gemm.PanelBytes<double>(_shape, runs);
            _isPacked = bytes > 0;
            if (!_isPacked) return;
            if (_panel.Bytes < bytes) _panel = Storage.Uninitialized(bytes);
            if (isSingle) Gemm.Pack(_shape, (float*)pointers[code._right], (float*)_panel.Pointer, code._threads);
            else Gemm.Pack(_shape, (double*)pointers[code._right], (double*)_panel.Pointer, code._threads);
        }

        public override void Use(StepPlan plan)
        {
            var matrices = (Matrices)plan;
            (_shape, _isPacked) = (matrices.Shape, false);
            epilogue?.Use(matrices.Epilogue);
        }

        public override void Run(nint[] pointers)
        {
            epilogue?.Point(pointers);
            var (a, b, c) = (pointers[code._left], pointers[code._right], pointers[code._output]);
            var panel = _isPacked ? _panel.Pointer : null;
            if (code._step.Output.Buffer.DType == DType.Float32) Gemm.Run(_shape, (float*)a, (float*)b, (float*)c, accumulate: false, epilogue, code._threads, (float*)panel);
            else Gemm.Run(_shape, (double*)a, (double*)b, (double*)c, accumulate: false, epilogue, code._threads, (double*)panel);
        }
    }
}
