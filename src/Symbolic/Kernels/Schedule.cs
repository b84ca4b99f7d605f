using System.Collections.Immutable;

namespace DeepSym.Kernels;

/// <summary>Memory that kernels read and write: contiguous, row-major, with the value of one expression (or literals, or sizes).</summary>
sealed class Buffer(BufferKind kind, DType dtype, Dim length, Expr? value, int index = 0)
{
    public BufferKind Kind { get; } = kind;

    public DType DType { get; } = dtype;

    /// <summary>The number of elements.</summary>
    public Dim Length { get; } = length;

    /// <summary>What it holds; null for literals and sizes.</summary>
    public Expr? Value { get; } = value;

    /// <summary>For an input: its number.</summary>
    public int Index { get; } = index;

    public override string ToString() => Kind + (Value is { } value ? " " + value.Describe() : "");
}

enum BufferKind
{
    /// <summary>An argument of the call.</summary>
    Input,

    /// <summary>The value of a shared variable before the call.</summary>
    Shared,

    /// <summary>The value of a constant.</summary>
    Constant,

    /// <summary>Scalar constants of one dtype: a parameter block, so that another learning rate is the same kernel.</summary>
    Literals,

    /// <summary>Sizes that occur as values.</summary>
    Sizes,

    /// <summary>Computed by a step.</summary>
    Computed,
}

/// <summary>One unit of execution.</summary>
abstract class Step
{
    /// <summary>What it reads; those for which in-place writing is safe are marked in <see cref="InPlace"/>.</summary>
    public required ImmutableArray<Buffer> Reads { get; init; }

    /// <summary>What it writes.</summary>
    public required ImmutableArray<Buffer> Writes { get; init; }

    /// <summary>The pairs of a written and a read buffer that may share memory: every element is read before it is written, and only at the same place.</summary>
    public ImmutableArray<(Buffer Written, Buffer Read)> InPlace { get; init; } = [];

    /// <summary>Whether it may find an error in values (an index out of bounds).</summary>
    public bool CanFail { get; init; }

    /// <summary>Whether it finds such errors before it writes anything.</summary>
    public bool ChecksFirst { get; init; }
}

/// <summary>A generated kernel.</summary>
sealed class KernelStep : Step
{
    public required LoopNest Nest { get; init; }

    /// <summary>The buffers in the order of the nest.</summary>
    public required ImmutableArray<Buffer> Buffers { get; init; }

    /// <summary>The sizes in the order of the slots; slot 0 is that of the error code.</summary>
    public required ImmutableArray<Dim> Sizes { get; init; }

    /// <summary>The range of the root loop.</summary>
    public required Dim Extent { get; init; }

    /// <summary>How much work one index of the root loop is, in multiplications.</summary>
    public required Dim Work { get; init; }

    /// <summary>Buffers that are zeroed before.</summary>
    public ImmutableArray<Buffer> Zeroed { get; init; } = [];

    /// <summary>How to reduce long arrays to scalars on several threads; null unless the kernel does nothing else.</summary>
    public ReductionSplit? Split { get; init; }

    /// <summary>How to run on some columns only; null unless the kernel is the epilogue of a contraction, or reads a transposed array.</summary>
    public ColumnRange? Columns { get; init; }
}

/// <summary>
/// The slots of a kernel over rows and columns that say which columns: the extent, and for each access the slot of its offset, with the offset
/// for column 0 and the step from one column to the next.
/// </summary>
sealed record ColumnRange(int ExtentSlot, ImmutableArray<(int Slot, Dim Offset, Dim Step)> Moves);

/// <summary>
/// A kernel that reduces everything to scalars, as two: <paramref name="Blocks"/> gives for each block of <see cref="BlockLength"/> elements (the index of its root) what
/// its accumulators have, <paramref name="Combination"/> combines them and does what follows. Both take the kernel's buffers and sizes, and then a buffer for each accumulator.
/// Blocks depend on sizes alone, so that the result does not depend on threads.
/// </summary>
/// <param name="Blocks">The kernel over blocks.</param>
/// <param name="Combination">The kernel over what they give.</param>
/// <param name="Length">The number of elements.</param>
/// <param name="LengthSlot">The slot for the length of a block.</param>
/// <param name="CountSlot">The slot for the number of blocks.</param>
sealed record ReductionSplit(LoopNest Blocks, LoopNest Combination, Dim Length, int LengthSlot, int CountSlot)
{
    /// <summary>Elements of a block.</summary>
    public const int BlockLength = 1 << 12;
}

/// <summary>An op with a kernel of its own.</summary>
sealed class LibraryStep : Step
{
    public required LibraryOp Op { get; init; }

    /// <summary>The operands; only those of a contraction can be permuted.</summary>
    public required ImmutableArray<Operand> Inputs { get; init; }

    public required Operand Output { get; init; }

    /// <summary>Pointwise work on the output, done block by block while it is in cache; null when there is none.</summary>
    public KernelStep? Epilogue { get; init; }
}

/// <summary>A loop: its body is a schedule of its own.</summary>
sealed class LoopStep : Step
{
    public required Scan Scan { get; init; }

    /// <summary>The initial carries, what the sequences are rows of, the captured values.</summary>
    public required ImmutableArray<Buffer> Inputs { get; init; }

    /// <summary>For each sequence, where its rows lie.</summary>
    public required ImmutableArray<RowRange> Rows { get; init; }

    /// <summary>The buffer of each result; null for those that nothing uses.</summary>
    public required ImmutableArray<Buffer?> Results { get; init; }
}

/// <summary>A choice: each body is a schedule of its own.</summary>
sealed class BranchStep : Step
{
    public required Branch Branch { get; init; }

    /// <summary>The condition, and what the bodies captured.</summary>
    public required ImmutableArray<Buffer> Inputs { get; init; }

    /// <summary>The buffer of each result; null for those that nothing uses.</summary>
    public required ImmutableArray<Buffer?> Results { get; init; }
}

/// <summary>Rows along the first axis of a tensor in memory: from a start on, forwards or backwards.</summary>
sealed record RowRange(Expr Memory, Dim Start, int Step)
{
    /// <summary>The rows that an expression consists of, read where they are: slices along the first axis are not copied.</summary>
    public static RowRange Of(Expr expr)
    {
        var (start, step) = (Dim.Zero, 1);
        while (expr is { Op: Slice slice, Inputs: [var x] } && IsRows(slice, x))
            (expr, start, step) = (x, slice.Starts[0] + start * slice.Steps[0], step * slice.Steps[0]);
        return new RowRange(expr, start, step);
    }

    static bool IsRows(Slice slice, Expr x)
    {
        for (var axis = 1; axis < x.Rank; axis++)
            if (slice.Starts[axis] != Dim.Zero || slice.Steps[axis] != 1 || slice.Lengths[axis] != x.Shape[axis]) return false;
        return true;
    }
}

/// <summary>A contiguous buffer seen as a tensor of <paramref name="Shape"/>, of which the axes are then permuted unless <paramref name="Permutation"/> is empty.</summary>
sealed record Operand(Buffer Buffer, Shape Shape, EquatableArray<int> Permutation = default);

/// <summary>What a function does, in order: steps, then which buffers are its outputs and the new values of its shared variables.</summary>
sealed record Schedule(
    ImmutableArray<Step> Steps,
    ImmutableArray<Operand> Outputs,
    ImmutableArray<(SharedVariable Variable, Operand Value)> Updates,
    ImmutableArray<Buffer> Buffers,
    ImmutableArray<(Buffer Buffer, ImmutableArray<Constant> Values)> Literals,
    (Buffer Buffer, ImmutableArray<Dim> Values) Sizes);
