using static DeepSym.Rewriting.Promise;

namespace DeepSym.Rewriting;

/// <summary>Inverses and determinants that need not be computed.</summary>
static class Linear
{
    public static readonly RuleSet Rules =
    [
        new FunctionRule("product with an inverse", "dot(inverse(a), b) → solve(a, b), dot(b, inverse(a)) → transpose(solve(transpose(a), transpose(b)))", MoreAccurate, [typeof(Contract)], ProductWithInverse, dtype =>
        [
            T.Dot(T.MatrixInverse(Regular(dtype)), T.Matrix("b", 3, 2, dtype)), T.Dot(T.MatrixInverse(Regular(dtype)), T.Vector("b", 3, dtype)),
            T.Dot(T.Matrix("b", 2, 3, dtype), T.MatrixInverse(Regular(dtype))), T.Dot(T.Vector("b", 3, dtype), T.MatrixInverse(Regular(dtype))),
        ]),
        new FunctionRule("inverse of an inverse", "inverse(inverse(a)) → a", MoreAccurate, [typeof(Solve)], node => InverseOf(node) is { } inner ? InverseOf(inner) : null,
            dtype => [T.MatrixInverse(T.MatrixInverse(Regular(dtype)))]),
        new FunctionRule("determinant of a transposed matrix", "det(transpose(a)) → det(a)", Reassociates, [typeof(Determinant)], OfTransposed,
            dtype => [new Determinant().On(T.MatrixTranspose(Regular(dtype)))]),
    ];

    static Expr Regular(DType dtype) => T.Matrix("a", 3, 3, dtype) * 0.25 + 3 * T.Eye(3, dtype: dtype);

    // The matrix whose inverse the node is: the solution for the columns of the identity.
    static Expr? InverseOf(Expr node) => node is { Op: Solve { Structure: MatrixStructure.General }, Inputs: [var a, var b] } && IsIdentity(b) ? a : null;

    static bool IsIdentity(Expr expr)
    {
        while (expr.Op is BroadcastTo or Map { Function.Types: ScalarTypes.Conversion }) expr = expr.Inputs[0];
        return expr is { Op: Map { Function.Name: "eq" }, Inputs: [var rows, { Op: Iota(var target, var column) }] } && WithoutOffset(rows) is { Op: Iota(var other, var row) } && target == other && target.Rank == 2 && row != column;
    }

    static Expr WithoutOffset(Expr index) => index is { Op: Map { Function.Name: "add" }, Inputs: [var x, var offset] } && Literals.Are(offset, 0) ? x : index;

    static Expr? ProductWithInverse(Expr node)
    {
        if (node is not { Op: Contract { Batch.Count: 0, Sum: [var pair] }, Inputs: [var x, var y] }) return null;
        if (x.Rank == 2 && y.Rank <= 2 && InverseOf(x) is { } left) return T.Solve(Turned(left, pair.Left == 0), Turned(y, y.Rank == 2 && pair.Right == 1));
        if (y.Rank == 2 && x.Rank <= 2 && InverseOf(y) is { } right) return T.Transpose(T.Solve(Turned(right, pair.Right == 0), Turned(x, x.Rank == 2 && pair.Left == 1)));
        return null;
    }

    static Expr Turned(Expr matrix, bool isTurned) => isTurned ? T.Transpose(matrix) : matrix;

    static Expr? OfTransposed(Expr node) =>
        node.Inputs[0] is { Op: Transpose(var permutation), Inputs: [var a] } x && permutation.SequenceEqual([.. Enumerable.Range(0, x.Rank - 2), x.Rank - 1, x.Rank - 2]) ? node.Op!.On(a) : null;
}
