using System.Collections.Immutable;
using DeepSym.Kernels;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// Values added at indexed places, on a device: each thread has one place of the axes that are not indexed and adds what comes there in order, so that the
/// result is always the same. What is added onto a tensor that may be overwritten is checked first.
/// </summary>
static class ScatterKernels
{
    /// <summary>The kernels of a step, one after the other; none when it is something else or has dtypes that devices do not know.</summary>
    public static ImmutableArray<KernelStep> Of(LibraryStep step)
    {
        if (step.Output.Buffer.DType is not (DType.Float32 or DType.Float64 or DType.Int32 or DType.Int64)) return [];
        var (own, onto) = step.Op switch { ScatterAdd add => (add, 0), ScatterOnto { Scatter: var add } => (add, 1), _ => (null, 0) };
        if (own is null || step.Inputs.Skip(onto + 1).Any(index => index.Buffer.DType is not (DType.Int32 or DType.Int64))) return [];
        var scatter = new ScatterNest(own.Gather, step.Inputs[onto], [.. step.Inputs.Skip(onto + 1)], step.Output);
        return onto == 0 ? [scatter.Sum(isZeroed: true)] : [scatter.Check(step.Inputs[0]), CopyKernels.Into(step.Output, step.Inputs[0], 0, Dim.Zero), scatter.Sum(isZeroed: false)];
    }
}

/// <summary>The loop over indices, and the places that they name.</summary>
sealed class ScatterNest
{
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
        _extents = [.. _rest.Select(axis => output.Shape[axis]), indices[0].Shape.Length, Dim.One];
        _strides = SymbolicAccess.StridesOf(output.Shape, dim => dim);
        _places = indices.Select((index, i) =>
        {
            var (read, value) = (KernelVariables.Get(2 * i, index.Buffer.DType), KernelVariables.Get(2 * i + 1, DType.Int64));
            _reads.AddRange([new SymbolicLoad(read, Access(index.Buffer, [new SymbolicTerm(Pick, Dim.One)])), new Compute(value, T.Cast(read, DType.Int64))]);
            return new SymbolicDynamic(value, output.Shape[gather.Axes[i]], _strides[gather.Axes[i]]);
        }).ToEquatable();
    }

    int Pick => _rest.Length;

    /// <summary>Adds the values.</summary>
    public KernelStep Sum(bool isZeroed)
    {
        var value = KernelVariables.Get(2 * _places.Count, _output.Buffer.DType);
        return Kernel([.. Enumerable.Range(0, Pick)],
            [new SymbolicLoad(value, Access(_values.Buffer, ValueTerms())), new SymbolicStore(Place(_output.Buffer, Rest()), value, null, IsSum: true)], isZeroed ? [_output.Buffer] : []);
    }

    /// <summary>Only looks at the indices, by reading the places that they name.</summary>
    public KernelStep Check(Operand target) =>
        Kernel([_extents.Length - 1], [new SymbolicLoad(KernelVariables.Get(2 * _places.Count, target.Buffer.DType), Place(target.Buffer, []))], []);

    KernelStep Kernel(ImmutableArray<int> outer, IEnumerable<Statement> inside, ImmutableArray<Kernels.Buffer> zeroed) =>
        NestAssembler.Assemble([.. _extents], outer, isColumnar: false, [new SymbolicLoop(IsVector: false, [Pick], [.. _reads, .. inside])], CopyKernels.NoParameters, zeroed);

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
