using System.Runtime.CompilerServices;

namespace DeepSym.Tests.Compilation;

/// <summary>Errors during a call name the expression as it was written and, where that was noted, the line.</summary>
public sealed class ErrorTests
{
    static readonly CompileOptions Interpreted = new() { Backend = Backend.Interpreter };

    [Fact]
    public void An_index_out_of_bounds_is_shown_where_it_was_written()
    {
        using var scope = Origins.Record();
        var (w, i) = (T.DMatrix("w"), T.LVector("i"));
        var picked = w[i]; var line = Line();
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Function.Compile([w, i], T.Exp(picked * 2) + 1).Invoke(Tensor.Ones<double>(3, 2), Tensor.From([2L, 5, 0])));
        Assert.Equal($"""
            Index 5 is out of bounds for axis 0 of size 3: it must be from -3 to 2.
              in w[i]: float64[i.0,w.1] (ErrorTests.cs:{line}), where
                w is float64[3,2] from 1 to 1
                i is int64[3] from 0 to 5
            """, error.Message);
    }

    [Fact]
    public void A_singular_matrix_is_named_with_what_it_was_computed_from()
    {
        using var scope = Origins.Record();
        var (a, b) = (T.DMatrix("a", 2, 2), T.DVector("b", 2));
        var x = T.Solve(a * 2, b); var line = Line();
        foreach (var options in new[] { CompileOptions.Default, Interpreted })
        {
            var error = Assert.Throws<ArithmeticException>(() => Function.Compile([a, b], T.Sum(x), options: options).Invoke(Tensor.Ones<double>(2, 2), Tensor.Ones<double>(2)));
            Assert.StartsWith("solve: the matrix (float64[2,2]) is singular", error.Message, StringComparison.Ordinal);
            Assert.Contains($"\n  in solve@General(a * 2, b): float64[2,1] (ErrorTests.cs:{line}), where\n    a * 2 is float64[2,2] from 2 to 2\n    b is float64[2,1] from 1 to 1", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_failed_assertion_says_which_expression_it_guards()
    {
        var x = T.DVector("x");
        var y = T.Assert(T.Sqrt(x), T.All(x >= 0), "x must not be negative");
        foreach (var options in new[] { CompileOptions.Default, Interpreted })
            Assert.StartsWith("x must not be negative\n  in assert 'x must not be negative'(sqrt(x), ", Assert.Throws<AssertionFailedException>(() => Function.Compile([x], y * 2, options: options).Invoke(Tensor.From([1.0, -1]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_an_error_that_says_where_they_meet()
    {
        using var scope = Origins.Record();
        var (x, y) = (T.DVector("x"), T.DVector("y"));
        var sum = x + y; var line = Line();
        foreach (var options in new[] { CompileOptions.Default, Interpreted })
        {
            var error = Assert.Throws<ShapeException>(() => Function.Compile([x, y], sum, options: options).Invoke(Tensor.Ones<double>(2), Tensor.Ones<double>(3)));
            Assert.Contains("x: float64[x.0]", error.Message, StringComparison.Ordinal);
            Assert.Contains($"(Built at ErrorTests.cs:{line}.) Here ", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_error_in_a_step_of_a_loop_names_the_expression_in_the_body_and_the_loop()
    {
        using var scope = Origins.Record();
        var (table, i) = (T.DVector("table"), T.LVector("i"));
        var line = 0;
        var (last, _) = T.Scan([T.Constant(Tensor.Scalar(0.5))], [i], (carry, xs) =>
        {
            var picked = T.Take(table, xs[0]); line = Line();
            return ([T.Tanh(carry[0] + picked)], []);
        });
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Function.Compile([table, i], last[0], options: new CompileOptions { Numerics = Numerics.Strict }).Invoke(Tensor.Ones<double>(3), Tensor.From([0L, 7])));
        Assert.Equal($"""
            Index 7 is out of bounds for axis 0 of size 3: it must be from -3 to 2.
              in table[i[t]]: float64 (ErrorTests.cs:{line}), where
                table is float64[3] from 1 to 1
                i[t] is int64 7
              in a step of scan(0.5, i, table): (float64, float64[i.0 + 1]) (ErrorTests.cs:{line - 2})
            """, error.Message);
    }

    [Fact]
    public void What_a_rewrite_made_is_shown_as_a_part_of_what_was_written()
    {
        var sources = new Sources([T.Log(T.Sum(T.Exp(T.DVector("x"))))]);
        var x = T.DVector("x");
        var written = T.Log(T.Sum(T.Exp(x)));
        sources = new Sources([written]);
        var largest = T.Max(x);
        var stable = largest + T.Log(T.Sum(T.Exp(x - largest)));
        sources.Replaced(written, stable);
        Assert.Equal("log(sum(exp(x))): float64", sources.Describe(stable, [stable]));
        Assert.Equal("max(x): float64, a part of log(sum(exp(x))): float64", sources.Describe(largest, [stable]));
    }

    [Fact]
    public void Origins_are_noted_only_within_a_scope_and_stay_with_what_stands_for_an_expression()
    {
        var x = T.DVector("x");
        var before = x * 3;
        Expr inside;
        int line;
        using (Origins.Record()) { inside = before + 4; line = Line(); }
        Assert.Null(Origins.Of(before));
        Assert.Null(Origins.Of(inside * 5));
        Assert.Equal(($"ErrorTests.cs:{line}", line), (Origins.Of(inside)!.ToString(), Origins.Of(inside)!.Line));
        Assert.EndsWith("ErrorTests.cs", Origins.Of(inside)!.File, StringComparison.Ordinal);
        var replaced = T.Substitute(inside, (x, T.DVector("y")));
        Assert.Equal(line, Origins.Of(replaced)!.Line);
    }

    static int Line([CallerLineNumber] int line = 0) => line;
}
