using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Compilation;

/// <summary>Functions copied with other shared variables, expressions with parts replaced, conditions and printing inside of graphs.</summary>
public sealed class CopyTests
{
    private static readonly Variable s_x = T.DVector("x");
    private static readonly Tensor s_point = Tensor.From([0.5, -1.0, 2]);

    [Fact]
    public void A_copy_has_state_of_its_own_where_it_was_swapped()
    {
        var (a, b) = (T.Shared(1.0, "a"), T.Shared(10.0, "b"));
        using var f = Function.Compile([], [a * 2], updates: [(a, a + 1)]);
        using var g = f.Copy([(a, b)], name: "g");
        Assert.Equal([2, 20, 4, 22], new[] { f, g, f, g }.Select(h => h.Invoke()[0].ToScalar<double>()));
        Assert.Equal((3, 12, "g"), (a.GetValue().ToScalar<double>(), b.GetValue().ToScalar<double>(), g.Name));
        using var reading = f.Copy(deleteUpdates: true);
        Assert.Equal([6, 6], new[] { reading, reading }.Select(h => h.Invoke()[0].ToScalar<double>()));
    }

    [Fact]
    public void A_swap_that_does_not_fit_is_refused()
    {
        var (a, b) = (T.Shared(1.0, "a"), T.Shared(1.0f, "b"));
        using var f = Function.Compile([], [a * 2]);
        Assert.Equal("Function 'function': shared variable 'b' (float32) cannot stand for 'a' (float64): the types differ.", Assert.Throws<CompileException>(() => f.Copy([(a, b)])).Message);
        Assert.EndsWith("the function does not use it.", Assert.Throws<CompileException>(() => f.Copy([(b, b)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_are_replaced_all_at_once_and_sizes_follow()
    {
        var y = T.DVector("y");
        var expr = T.Exp(s_x) + s_x * y * T.Cast(s_x.Length, DType.Float64);
        var swapped = T.Substitute(expr, (s_x, y), (y, s_x));
        Numerically.Close(Numerically.Value(T.Exp(y) + s_x * y * 3, (s_x, s_point), (y, s_point)), Numerically.Agreed(swapped, (s_x, s_point), (y, s_point)));
        Assert.Equal("[4]", T.Substitute(T.Tile(s_x, 2), (s_x, T.DVector("z", 2))).Shape.ToString());
        Assert.Equal("substitute: s: float64 cannot stand for x: float64[x.0]: the ranks differ.", Assert.Throws<ShapeException>(() => T.Substitute(expr, (s_x, T.DScalar("s")))).Message);
    }

    [Theory]
    [InlineData(Backend.Cpu), InlineData(Backend.Interpreter)]
    public void A_condition_that_does_not_hold_ends_the_call_before_it_changes_anything(Backend backend)
    {
        var total = T.Shared(0.0, "total");
        var sum = T.Sum(T.Assert(s_x, s_x > 0, "x is positive"));
        using var f = Function.Compile([s_x], [sum], updates: [(total, total + 1)], options: new CompileOptions { Backend = backend });
        Assert.Equal(3.0, f.Invoke(Tensor.From([1.0, 2]))[0].ToScalar<double>());
        Assert.StartsWith("x is positive\n", Assert.Throws<AssertionFailedException>(() => f.Invoke(s_point)).Message, StringComparison.Ordinal);
        Assert.Equal(1.0, total.GetValue().ToScalar<double>());
        Numerically.CheckGradient(T.Sum(T.Sqr(T.Assert(s_x, true, "always"))), twice: true, (s_x, s_point));
    }

    [Fact]
    public void A_value_is_printed_whenever_it_is_computed()
    {
        using var writer = new StringWriter();
        var y = T.Print(s_x * 2, "twice x", writer) + 1;
        using var f = Function.Compile([s_x], [y, T.Grad(T.Sum(T.Sqr(y)), s_x)]);
        f.Invoke(Tensor.From([1.0, 2]));
        f.Invoke(Tensor.From([3.0]));
        Assert.Equal(2, writer.ToString().Split("twice x:").Length - 1);
        Assert.Contains("6", writer.ToString(), StringComparison.Ordinal);
    }
}
