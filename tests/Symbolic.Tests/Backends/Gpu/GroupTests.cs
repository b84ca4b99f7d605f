using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>Groups of threads that share rows, parts of rows or columns: sizes around those of groups, and what is overwritten while others read.</summary>
public sealed class GroupTests
{
    static readonly Variable X = T.FMatrix("x", "n", "k"), Images = T.Variable("images", DType.Float32, "n", 3, "h", "w");

    static readonly (int Rows, int Columns)[] Sizes = [(1, 1), (1, 40), (5, 3), (9, 12), (40, 2), (130, 1), (33, 17), (3, 140)];

    static readonly Dictionary<string, Expr> OfMatrices = new()
    {
        ["rows"] = T.Softmax(X),
        ["columns"] = T.Softmax(X, 0),
        ["sums of columns"] = T.Sum(X, 0),
        ["largest of columns, and what they are of them"] = X / (T.Max(X, 0) + 2),
        ["products of columns"] = T.Prod(1 + X / 16, 0) + T.Sum(T.Cast(X > 0, DType.Int64), 0),
        ["what does not depend on the column"] = X * T.Exp(T.Sum(X, [1], keepDims: true) / 9) + 1,
    };

    public static TheoryData<string> Names => [.. OfMatrices.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Groups_of_all_shapes_give_what_the_processor_gives(string name)
    {
        foreach (var device in TestDevices.Options)
        {
            using Function here = Function.Compile([X], OfMatrices[name]), there = Function.Compile([X], OfMatrices[name], options: device);
            foreach (var (rows, columns) in Sizes)
            {
                var x = Numerically.Draw(rows, rows, columns).To(DType.Float32);
                Numerically.Close(here.Invoke(x)[0], there.Invoke(x)[0], Tolerances.Function(DType.Float32));
            }
        }
    }

    [Fact]
    public void Pooling_and_its_gradient_have_rows_shorter_than_a_group()
    {
        var pooled = T.MaxPool2D(Images, [3, 2], [2, 2]);
        foreach (var value in new[] { pooled, T.Grad(T.Sum(T.Sqr(pooled)), Images), T.Sum(T.Sqr(Images), [0, 2, 3]) })
            foreach (var device in TestDevices.Options)
            {
                using Function here = Function.Compile([Images], value), there = Function.Compile([Images], value, options: device);
                foreach (var (h, w) in new[] { (7, 6), (13, 24) })
                {
                    var images = Numerically.Draw(h, 2, 3, h, w).To(DType.Float32);
                    Numerically.Close(here.Invoke(images)[0], there.Invoke(images)[0], Tolerances.Function(DType.Float32));
                }
            }
    }

    [Fact]
    public void What_is_overwritten_for_a_row_is_read_before_by_all_who_share_it()
    {
        foreach (var device in TestDevices.Options)
        {
            var w = T.Shared(Tensor.From(new[] { 1f, 2, 3 }), "w");
            using var f = Function.Compile([X], T.ExpandDims(w, 1) * T.Softmax(X) * 40, [(w, w * 2)], options: device);
            var product = f.Invoke(Tensor.Ones<float>(3, 40))[0];
            Assert.Equal([.. Enumerable.Range(0, 120).Select(i => 1f + i / 40)], product.ToArray<float>());
            Assert.Equal([2f, 4, 6], w.GetValue().ToArray<float>());
        }
    }
}
