using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>Makes every op one that this backend has a kernel for: operands of contractions become batches of matrices, by a copy where strides cannot say it.</summary>
static class CpuLegalization
{
    public static Graph Apply(Graph graph, Func<Dim, Dim> canonical, Sources sources)
    {
        var legal = new Dictionary<Expr, Expr>();
        foreach (var node in Traversal.Topological(graph.Roots))
        {
            var rebuilt = node is Leaf ? node : Traversal.WithInputs(node, node.Op!, input => legal[input]);
            legal[node] = rebuilt.Op switch
            {
                Contract contract => Matrices(contract, rebuilt.Inputs[0], rebuilt.Inputs[1], canonical),
                Map { Function.Name: "add" } => Onto(rebuilt.Inputs[0], rebuilt.Inputs[1]) ?? Onto(rebuilt.Inputs[1], rebuilt.Inputs[0]) ?? rebuilt,
                TupleOp or (LibraryOp and not Gather) => rebuilt.Op!.On([.. rebuilt.Inputs.Select(InMemory)]),
                _ => rebuilt,
            };
            sources.Replaced(node, legal[node]);
        }
        return graph.WithRoots([.. graph.Roots.Select(root => legal[root])]);
    }

    // A variable to which rows are added: they are added where they belong, without an array of zeros in between.
    static Expr? Onto(Expr x, Expr added) =>
        x is SharedVariable && added.Op is ScatterAdd scatter && x.DType == added.DType && x.DType.IsFloating() ? new ScatterOnto(scatter).On([x, .. added.Inputs]) : null;

    static Expr Matrices(Contract contract, Expr x, Expr y, Func<Dim, Dim> canonical)
    {
        // The pairs that are summed may come in any order: take that of the left operand's memory.
        contract = contract with { Sum = contract.Sum.OrderByDescending(p => Position(x, p.Left)).Reverse().ToEquatable() };
        var left = IsMatrix(x, [contract.Batch.Select(p => p.Left), contract.FreeLeft(x.Rank), contract.Sum.Select(p => p.Left)], canonical);
        var right = IsMatrix(y, [contract.Batch.Select(p => p.Right), contract.FreeRight(y.Rank), contract.Sum.Select(p => p.Right)], canonical);
        if (left && right) return contract.On(x, y);
        var (batch, sum) = (contract.Batch.Count, contract.Sum.Count);
        if (!left)
        {
            x = Copy(x, [.. contract.Batch.Select(p => p.Left), .. contract.FreeLeft(x.Rank), .. contract.Sum.Select(p => p.Left)]);
            contract = new Contract(
                contract.Batch.Select((p, i) => p with { Left = i }).ToEquatable(),
                contract.Sum.Select((p, i) => p with { Left = x.Rank - sum + i }).ToEquatable());
        }
        if (!right)
        {
            y = Copy(y, [.. contract.Batch.Select(p => p.Right), .. contract.Sum.Select(p => p.Right), .. contract.FreeRight(y.Rank)]);
            contract = new Contract(
                contract.Batch.Select((p, i) => p with { Right = i }).ToEquatable(),
                contract.Sum.Select((p, i) => p with { Right = batch + i }).ToEquatable());
        }
        return contract.On(x, y);
    }

    // Numbers and sizes lie in blocks with others: an op that reads memory is given a place of their own.
    static Expr InMemory(Expr input) => FusionGroup.Origin(input) is Constant { Rank: 0 } or { Op: DimValue } ? new StopGradient().On(input) : input;

    static int Position(Expr operand, int axis) => operand.Op is Transpose transpose ? transpose.Permutation[axis] : axis;

    static bool IsMatrix(Expr operand, IEnumerable<int>[] groups, Func<Dim, Dim> canonical)
    {
        var (memory, permutation) = operand.Op is Transpose transpose ? (operand.Inputs[0], transpose.Permutation) : (operand, default);
        var strides = ContractLayout.Strides(Shape.Of(memory.Shape.Select(canonical)), permutation);
        return groups.All(group => ContractLayout.Collapse(group, [.. operand.Shape.Select(canonical)], strides) is not null);
    }

    // The axes in the given order, in memory of its own.
    static Expr Copy(Expr operand, int[] order) => new StopGradient().On(T.Transpose(operand, order));
}
