using DeepSym.Compilation;
using DeepSym.Rewriting;

namespace DeepSym;

public static partial class T
{
    /// <summary>The expression as the compiler rewrites it before it makes code: in stable forms, simplified, with work moved out of loops. (PyTensor: <c>rewrite_graph</c>.)</summary>
    public static Expr Simplify(Expr expr, Numerics numerics = Numerics.Default) => Simplify([expr], numerics)[0];

    /// <summary>Several expressions as the compiler rewrites them together: what they share is computed once, and loops of one length are one.</summary>
    public static IReadOnlyList<Expr> Simplify(IReadOnlyList<Expr> exprs, Numerics numerics = Numerics.Default)
    {
        ArgumentNullException.ThrowIfNull(exprs);
        var stages = new Stages(new CompileOptions { Numerics = numerics }, new RewriteTrace());
        var stable = stages.RewriteBodies("stabilize", new Graph([], [.. exprs], []), Tables.Stabilize);
        return stages.Loops("loops", stages.Rewrite("simplify", stable, Tables.Simplify)).Roots;
    }
}
