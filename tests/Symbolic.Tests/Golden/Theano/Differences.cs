using DeepSym.Tests.Golden.Arrays;
using DeepSym.Tests.Golden.Cases;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Where this library differs from Theano on purpose, each reason once with the cases it concerns; see the README of the golden files.</summary>
internal static class Differences
{
    public static readonly IReadOnlyList<Difference> All =
    [
        new("a literal is weak and never changes a dtype",
            ["elementwise.d_plus*", "elementwise.constants.*", "shape_index.shape.*", "shape_index.create.06"], golden => golden with { DTypes = DTypeRule.SameKind }),
        new("dtypes are promoted by kind: an integer never widens a float, and a small one becomes float32",
            ["elementwise.d_*", "elementwise.i_true_div.*", "elementwise.upcast_*", "reductions.dtype_*", "reductions.acc.*"], golden => golden with { DTypes = DTypeRule.SameKind }),
        new("the random stream is Philox", ["function_semantics.mrg.*"], _ => null),
    ];
}
