using System.Reflection.Emit;
using DeepSym.Kernels;

namespace DeepSym.Backends.Il;

/// <summary>
/// Reductions along rows, several rows at a time: memory gives several distant streams of reads faster than one, and the rows of the next block are asked for
/// meanwhile. Every row has accumulators of its own, so that the order
/// of its sum is that of one row alone.
/// </summary>
sealed partial class KernelEmitter
{
    const int RowsAtATime = 4;
    const int MostRowLoads = 2;   // of one element: eight streams of reads
    const int MostRowCost = 8;    // of one element, in multiplications: its code is repeated for each row

    /// <summary>The body of a loop over rows: statements that are the same for all rows, a reduction by one vector loop, statements.</summary>
    readonly record struct RowReduction(Statement[] Before, Reduction Reduction, Loop Elements, Statement[] After);

    // The parts of a loop's body; null when it is not of this form.
    static RowReduction? RowReductionOf(Loop loop)
    {
        var at = loop.Body.ToList().FindIndex(s => s is Reduction);
        if (at < 0 || loop.Axes is not { Count: 1 } || loop.Body[at] is not Reduction { Body: [Loop { Kind: LoopKind.Vector } elements] } reduction) return null;
        if (loop.Body.Count(s => s is Reduction or Loop) > 1 || !elements.Body.All(s => s is Load or Compute or Accumulate) || elements.Body.Count(s => s is Load) > MostRowLoads || elements.Body.Sum(CostOf) > MostRowCost) return null;
        var before = loop.Body.Take(at).ToArray();
        if (!before.All(s => s is Load or Compute) || before.SelectMany(Accesses).Any(a => a.StrideOf(loop.Axes[0].Axis) != Size.Of(0) || a.Guards.Count > 0 || a.Dynamic.Count > 0)) return null;
        var isDense = elements.Body.SelectMany(Accesses).All(a => a.Guards.Count == 0 && a.Dynamic.Count == 0 && a.StrideOf(elements.Axes[0].Axis) == Size.Of(1));
        return isDense ? new RowReduction(before, reduction, elements, [.. loop.Body.Skip(at + 1)]) : null;
    }

    // The rows of the range by blocks; gives the first that is left.
    void SeveralRows(Loop loop, RowReduction rows, LocalBuilder flat)
    {
        var index = _indices[loop.Axes[0].Axis];
        var last = _il.DeclareLocal(typeof(long));
        Binary(OpCodes.Sub, () => _il.Emit(OpCodes.Ldarg_3), () => _il.Emit(OpCodes.Ldc_I8, (long)RowsAtATime - 1), last);
        Nested(() =>
        {
            foreach (var statement in rows.Before) Emit(statement);
            For(flat, () => _il.Emit(OpCodes.Ldarg_2), () => _il.Emit(OpCodes.Ldloc, last), RowsAtATime, () => Nested(() => RowsTogether(loop, rows, index)));
        });
    }

    void RowsTogether(Loop loop, RowReduction rows, LocalBuilder index)
    {
        var scopes = new Scope[RowsAtATime];
        var accumulators = new Dictionary<Variable, Accumulation>[RowsAtATime];
        for (var row = 0; row < RowsAtATime; row++)
        {
            Nested(() =>
            {
                PlacePointers(loop);
                scopes[row] = _scope;
            });
            foreach (var accumulator in rows.Reduction.Accumulators)
            {
                NewAccumulator(accumulator, isHorizontal: true);
                Neutralise(accumulator.Result);
            }
            accumulators[row] = rows.Reduction.Accumulators.ToDictionary(a => a.Result, a => _accumulators[a.Result]);
            Advance(loop.Axes);
        }
        ReadRowsAhead(rows.Elements.Body.SelectMany(Accesses), _rowAxis, RowsAtATime);
        VectorPasses(rows.Elements, readsAhead: 0, () => _il.Emit(OpCodes.Ldc_I8, 0L), () => Push(rows.Elements.Axes[0].Extent), () => EachRow(() =>
        {
            foreach (var statement in rows.Elements.Body) Emit(statement);
        }));
        Binary(OpCodes.Sub, () => _il.Emit(OpCodes.Ldloc, index), () => _il.Emit(OpCodes.Ldc_I8, (long)RowsAtATime), index);
        EachRow(() =>
        {
            foreach (var (result, _) in rows.Reduction.Accumulators) StoreResult(result);
            foreach (var statement in rows.After) Emit(statement);
            Advance(loop.Axes);
        });

        void EachRow(Action body)
        {
            var own = _scope;
            for (var row = 0; row < RowsAtATime; row++)
            {
                _scope = new Scope(scopes[row]);
                foreach (var (result, accumulator) in accumulators[row]) _accumulators[result] = accumulator;
                body();
            }
            _scope = own;
        }
    }
}
