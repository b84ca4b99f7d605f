using System.Collections.Immutable;
using DeepSym.Kernels;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// Values added at indexed places, on a device. Threads share the places: each has one along the axes that are not indexed, owns every so many-th of those that are, and
/// adds what comes there in order, so that the result is always the same. Where sums may be atomic, each value has a thread. What is added onto a tensor that may be
/// overwritten is checked first.
/// </summary>
static class ScatterKernels
{
    const int MostThreads = 16384, MostSimulatedThreads = 64;   // that share the places

    /// <summary>The kernels of a step, one after the other; none when it is something else or has dtypes that devices do not know.</summary>
    public static ImmutableArray<KernelStep> Of(LibraryStep step, GpuProgram program)
    {
        if (step.Output.Buffer.DType is not (DType.Float32 or DType.Float64 or DType.Int32 or DType.Int64)) return [];
        var (own, onto) = step.Op switch { ScatterAdd add => (add, 0), ScatterOnto { Scatter: var add } => (add, 1), _ => (null, 0) };
        if (own is null || step.Inputs.Skip(onto + 1).Any(index => index.Buffer.DType is not (DType.Int32 or DType.Int64))) return [];
        var scatter = new ScatterNest(own.Gather, step.Inputs[onto], [.. step.Inputs.Skip(onto + 1)], step.Output);
        var sum = program.AllowsAtomicSums && (program.Device.HasLongAtomics || step.Output.Buffer.DType.Size() < sizeof(long))
            ? scatter.AtomicSum(isZeroed: onto == 0)
            : scatter.Sum(isZeroed: onto == 0, program.Device.IsSimulated ? MostSimulatedThreads : MostThreads);
        return onto == 0 ? [sum] : [scatter.Check(step.Inputs[0]), CopyKernels.Into(step.Output, step.Inputs[0], 0, Dim.Zero), sum];
    }
}

/// <summary>The loop over indices, and the places that they name.</summary>
sealed class ScatterNest
{
    const int OwnersOfUnknown = 64;   // where the number of places along the other axes is not known

    readonly Gather _gather;
    readonly Operand _values, _output;
    readonly Dim[] _extents, _strides;
    readonly int[] _rest;
    readonly List<Statement> _reads = [];
    readonly EquatableArray<SymbolicDynamic> _places;

    public ScatterNest(Gather gather, Operand values, ImmutableArray<Operand> indices, Operand output)
    {
        (_gather, _values, _output) = (gather, values, output);
        _rest = [.. Enumerable.Range(0, output.Shape.Rank).Where(axis => !gather.Axes.Contains(axis))];
        _extents = [.. _rest.Select(axis => output.Shape[axis]), indices[0].Shape.Length, Dim.One, Dim.One];
        _strides = SymbolicAccess.StridesOf(output.Shape, dim => dim);
        _places = indices.Select((index, i) =>
        {
            var (read, value) = (KernelVariables.Get(2 * i, index.Buffer.DType), KernelVariables.Get(2 * i + 1, DType.Int64));
            _reads.AddRange([new SymbolicLoad(read, Access(index.Buffer, [new SymbolicTerm(Pick, Dim.One)])), new Compute(value, T.Cast(read, DType.Int64))]);
            return new SymbolicDynamic(value, output.Shape[gather.Axes[i]], _strides[gather.Axes[i]]);
        }).ToEquatable();
    }

    int Pick => _rest.Length;

    int Owner => Pick + 1;

    /// <summary>Adds the values in their order, by about so many threads.</summary>
    public KernelStep Sum(bool isZeroed, int threads)
    {
        var owners = Owners(threads);
        ImmutableArray<int> rest = [.. Enumerable.Range(0, Pick)];
        if (owners == 1) return Kernel(_extents, rest, [Walk(Addition(StoreMode.Add))], Zeroed(isZeroed));
        Dim[] extents = [.. _extents];
        extents[Owner] = owners;
        return Kernel(extents, [Owner, .. rest], [Walk([new SymbolicOwned(Owner, owners, _places, [.. Addition(StoreMode.Add)])])], Zeroed(isZeroed));
    }

    /// <summary>Adds the values as they come.</summary>
    public KernelStep AtomicSum(bool isZeroed) => Kernel(_extents, [Pick, .. Enumerable.Range(0, Pick)], [.. _reads, .. Addition(StoreMode.AddAtomically)], Zeroed(isZeroed));

    /// <summary>Only looks at the indices, by reading the places that they name.</summary>
    public KernelStep Check(Operand target) =>
        Kernel(_extents, [_extents.Length - 1], [Walk([new SymbolicLoad(KernelVariables.Get(2 * _places.Count, target.Buffer.DType), Place(target.Buffer, []))])], []);

    // A power of two: as many as the places along the other axes leave threads for, and there are places to own.
    int Owners(int threads)
    {
        var (rest, rows) = (Dim.One, Dim.One);
        for (var axis = 0; axis < _output.Shape.Rank; axis++)
            if (_rest.Contains(axis)) rest *= _output.Shape[axis];
            else rows *= _output.Shape[axis];
        var most = Math.Min(rest.IsStatic ? threads / Math.Max(1, rest.Constant) : Math.Min(threads, OwnersOfUnknown), rows.IsStatic ? rows.Constant : threads);
        var owners = 1;
        while (2 * owners <= most) owners *= 2;
        return owners;
    }

    SymbolicLoop Walk(IEnumerable<Statement> inside) => new(IsVector: false, [Pick], [.. _reads, .. inside]);

    IEnumerable<Statement> Addition(StoreMode mode)
    {
        var value = KernelVariables.Get(2 * _places.Count, _output.Buffer.DType);
        return [new SymbolicLoad(value, Access(_values.Buffer, ValueTerms())), new SymbolicStore(Place(_output.Buffer, Rest()), value, null, mode)];
    }

    ImmutableArray<Kernels.Buffer> Zeroed(bool isZeroed) => isZeroed ? [_output.Buffer] : [];

    static KernelStep Kernel(Dim[] extents, ImmutableArray<int> outer, EquatableArray<Statement> body, ImmutableArray<Kernels.Buffer> zeroed) =>
        NestAssembler.Assemble([.. extents], outer, isColumnar: false, body, CopyKernels.NoParameters, zeroed);

    // The values are [the rest before the indices, picks, the rest after]: strides from the last axis on.
    IEnumerable<SymbolicTerm> ValueTerms()
    {
        var (before, after) = (Enumerable.Range(0, _gather.Position).Reverse(), Enumerable.Range(_gather.Position, _rest.Length - _gather.Position).Reverse());
        var stride = Dim.One;
        foreach (var axis in after.Append(Pick).Concat(before))
        {
            yield return new SymbolicTerm(axis, stride);
            stride *= _extents[axis];
        }
    }

    IEnumerable<SymbolicTerm> Rest() => _rest.Select((axis, i) => new SymbolicTerm(i, _strides[axis]));

    SymbolicAccess Place(Kernels.Buffer buffer, IEnumerable<SymbolicTerm> terms) => Access(buffer, terms) with { Dynamic = _places };

    SymbolicAccess Access(Kernels.Buffer buffer, IEnumerable<SymbolicTerm> terms) =>
        new(buffer, Dim.Zero, terms.Where(t => !_extents[t.Axis].IsOne).OrderBy(t => t.Axis).ToEquatable(), [], []);
}
