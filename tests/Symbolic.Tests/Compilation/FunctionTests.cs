namespace DeepSym.Tests.Compilation;

/// <summary>How functions are called, and what they say when they are called wrongly.</summary>
public sealed class FunctionTests
{
    [Fact]
    public void The_seed_program_works()
    {
        var a = T.DScalar("a");
        var b = T.DScalar("b");
        var c = a + b;
        var f = Function.Compile<double, double, double>(a, b, c);
        Assert.Equal(4.0, f(1.5, 2.5));
    }

    [Fact]
    public void A_wrong_number_of_arguments_names_the_inputs()
    {
        var (x, y) = (T.DVector("x"), T.DScalar("y"));
        var f = Function.Compile([x, y], x * y);
        var error = Assert.Throws<ArgumentException>(() => f.Invoke(Tensor.From(new[] { 1.0 })));
        Assert.Contains("'function' takes 2 inputs (x: float64[x.0], y: float64), and 1 were given", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_float64_array_is_no_float32_argument_unless_losing_is_allowed()
    {
        var x = T.FVector("x", 2);
        var argument = Tensor.From(new[] { 1.5, 2.5 });
        var error = Assert.Throws<DTypeException>(() => Function.Compile([x], x * 2).Invoke(argument));
        Assert.Contains("Input 'x' is float64[2]; it was declared float32[2]", error.Message, StringComparison.Ordinal);
        Assert.Contains("AllowDowncast", error.Message, StringComparison.Ordinal);
        var lossy = Function.Compile([x], x * 2, options: new CompileOptions { AllowDowncast = true });
        Assert.Equal([3f, 5f], lossy.Invoke(argument)[0].ToArray<float>());
    }

    [Fact]
    public void A_lossless_dtype_is_converted()
    {
        var x = T.DVector("x");
        Assert.Equal([2.0, 4.0], Function.Compile([x], x * 2).Invoke(Tensor.From(new[] { 1, 2 }))[0].ToArray<double>());
    }

    [Fact]
    public void A_wrong_rank_names_the_input()
    {
        var x = T.FMatrix("x", "batch", 784);
        var error = Assert.Throws<ShapeException>(() => Function.Compile([x], T.Sum(x)).Invoke(Tensor.Zeros<float>(784)));
        Assert.Contains("Input 'x' is float32[784]; it was declared float32[batch,784]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_size_names_the_input()
    {
        var x = T.FMatrix("x", "batch", 784);
        var error = Assert.Throws<ShapeException>(() => Function.Compile([x], T.Sum(x)).Invoke(Tensor.Zeros<float>(3, 783)));
        Assert.Contains("'x'", error.Message, StringComparison.Ordinal);
        Assert.Contains("783", error.Message, StringComparison.Ordinal);
        Assert.Contains("784", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_that_must_agree_are_named_on_both_sides()
    {
        var (x, y) = (T.DVector("x", "n"), T.DVector("y", "m"));
        var f = Function.Compile([x, y], x + y);
        var error = Assert.Throws<ShapeException>(() => f.Invoke(Tensor.Zeros<double>(3), Tensor.Zeros<double>(4)));
        Assert.Contains("n is 3 and m is 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_that_is_not_used_or_not_listed_is_an_error_when_compiling()
    {
        var (x, y) = (T.DScalar("x"), T.DScalar("y"));
        Assert.Contains("no output uses input 'y'", Assert.Throws<CompileException>(() => Function.Compile([x, y], x * 2)).Message, StringComparison.Ordinal);
        Assert.Contains("'y' (float64), which is no input", Assert.Throws<CompileException>(() => Function.Compile([x], x * y)).Message, StringComparison.Ordinal);
        Assert.Contains("listed twice", Assert.Throws<CompileException>(() => Function.Compile([x, x], x * 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_with_a_default_may_be_left_out()
    {
        var (x, scale) = (T.DScalar("x"), T.DScalar("scale"));
        var f = Function.Compile([x, new In(scale, 10.0)], x * scale);
        Assert.Equal(30.0, f.Invoke(3.0)[0].ToScalar<double>());
        Assert.Equal(6.0, f.Invoke(3.0, 2.0)[0].ToScalar<double>());
    }

    [Fact]
    public void Updates_are_computed_from_the_old_values_and_outputs_too()
    {
        var (a, b) = (T.Shared(1.0, "a"), T.Shared(2.0, "b"));
        var f = Function.Compile([], [a + b], [(a, b), (b, a + b)]);
        Assert.Equal([3.0, 5.0, 8.0], Enumerable.Range(0, 3).Select(_ => f.Invoke()[0].ToScalar<double>()));
        Assert.Equal((5.0, 8.0), (a.GetValue().ToScalar<double>(), b.GetValue().ToScalar<double>()));
    }

    [Fact]
    public void Givens_stand_for_other_expressions()
    {
        var data = T.Shared(Tensor.From(new[] { 1.0, 2, 3, 4 }), "data");
        var (x, i) = (T.DVector("x"), T.LScalar("i"));
        var f = Function.Compile([i], T.Sum(x), givens: [(x, data[T.Range(i * 2, (i + 1) * 2)])]);
        Assert.Equal(3.0, f.Invoke(0L)[0].ToScalar<double>());
        Assert.Equal(7.0, f.Invoke(1L)[0].ToScalar<double>());
    }

    [Fact]
    public void A_call_that_throws_changes_no_shared_variable()
    {
        var table = T.Shared(Tensor.From(new[] { 1.0, 2, 3 }), "table");
        var count = T.Shared(0L, "count");
        var at = T.LVector("at");
        var f = Function.Compile([at], T.Sum(table[at]), [(table, table * 2), (count, count + 1)]);
        Assert.Throws<ArgumentOutOfRangeException>(() => f.Invoke(Tensor.From(new[] { 0L, 7 })));
        Assert.Equal([1.0, 2, 3], table.GetValue().ToArray<double>());
        Assert.Equal(0L, count.GetValue().ToScalar<long>());
        Assert.Equal(4.0, f.Invoke(Tensor.From(new[] { 0L, -1 }))[0].ToScalar<double>());
        Assert.Equal(1L, count.GetValue().ToScalar<long>());
    }

    [Fact]
    public void An_output_does_not_share_memory_with_anything()
    {
        var w = T.Shared(Tensor.From(new[] { 1.0, 2 }), "w");
        var x = T.DVector("x");
        var f = Function.Compile([x], [w, x, x + w], [(w, w + 1)]);
        var argument = Tensor.From(new[] { 5.0, 6 });
        var outputs = f.Invoke(argument);
        foreach (var output in outputs) output.AsSpan<double>().Fill(-1);
        Assert.Equal([2.0, 3], w.GetValue().ToArray<double>());
        Assert.Equal([5.0, 6], argument.ToArray<double>());
    }

    [Fact]
    public void Many_threads_may_call_at_once()
    {
        var x = T.DVector("x");
        var total = T.Shared(0.0, "total");
        var f = Function.Compile([x], T.Sum(T.Exp(x) * T.Tanh(x)));
        var add = Function.Compile([x], T.Sum(x), [(total, total + T.Sum(x))]);
        var argument = Tensor.From(Enumerable.Range(0, 1000).Select(i => i / 1000.0).ToArray());
        var expected = f.Invoke(argument)[0].ToScalar<double>();
        Parallel.For(0, 200, i =>
        {
            Assert.Equal(expected, f.Invoke(argument)[0].ToScalar<double>());
            add.Invoke(Tensor.From(new[] { 1.0, i }));
        });
        Assert.Equal(200 + 199 * 200 / 2, total.GetValue().ToScalar<double>());
    }

    [Theory, InlineData(Numerics.Strict), InlineData(Numerics.Default), InlineData(Numerics.Fast)]
    public void Every_numerics_computes_the_same_function(Numerics numerics)
    {
        var x = T.DVector("x");
        var y = T.Log(1 + T.Exp(x)) + T.Sum(2 * x) - x * 0;
        var f = Function.Compile([x], y, options: new CompileOptions { Numerics = numerics, Check = true });
        var value = f.Invoke(new[] { -1.0, 0.5, 2 })[0].ToArray<double>();
        foreach (var (v, i) in new[] { -1.0, 0.5, 2 }.Select((v, i) => (v, i))) Assert.Equal(Math.Log(1 + Math.Exp(v)) + 3, value[i], 12);
    }
}
