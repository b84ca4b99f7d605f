namespace DeepSym.Tests.Compilation;

/// <summary>Arguments and outputs by name, inputs that the function remembers, some of the outputs, and values without a function.</summary>
public sealed class NamedCallTests
{
    static readonly Variable s_x = T.DScalar("x"), s_y = T.DScalar("y"), s_s = T.DScalar("s");

    [Fact]
    public void Outputs_come_by_their_names_and_numbers()
    {
        using var f = Function.Compile([s_x, new In(s_y, 2.0)], [(s_x + s_y).Named("sum"), s_x * s_y, (s_x - s_y).Named("difference")]);
        var values = f.InvokeNamed(("y", 3.0), ("x", 5.0));
        Assert.Equal([("1", 15.0), ("difference", 2.0), ("sum", 8.0)], values.Select(p => (p.Key, p.Value.ToScalar<double>())).Order());
        Assert.Equal(7.0, f.InvokeNamed(("x", 5.0))["sum"].ToScalar<double>());
    }

    [Fact]
    public void Names_that_do_not_fit_are_refused()
    {
        using var f = Function.Compile([s_x, s_y], s_x + s_y);
        Assert.Equal("Function 'function' has no input 'z'; it has 'x', 'y'. (Parameter 'arguments')", Assert.Throws<ArgumentException>(() => f.InvokeNamed(("x", 1.0), ("z", 1.0))).Message);
        Assert.Equal("Function 'function': input 'y' (float64) is missing. (Parameter 'arguments')", Assert.Throws<ArgumentException>(() => f.InvokeNamed(("x", 1.0))).Message);
        Assert.Equal("Function 'function': input 'x' is given twice. (Parameter 'arguments')", Assert.Throws<ArgumentException>(() => f.InvokeNamed(("x", 1.0), ("x", 2.0))).Message);
        using var twins = Function.Compile([s_x, s_y], [(s_x + s_y).Named("same"), (s_x - s_y).Named("same")]);
        Assert.StartsWith("Function 'function' has 2 outputs named 'same'", Assert.Throws<ArgumentException>(() => twins.InvokeNamed(("x", 1.0), ("y", 2.0))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_with_an_update_is_remembered_by_each_copy_for_itself()
    {
        using var f = Function.Compile([s_x, new In(s_s, 1.0, s_s * s_x)], s_s + 0);
        Assert.Equal([1.0, 3], new[] { f, f }.Select(h => h.Invoke(3.0)[0].ToScalar<double>()));
        using var g = f.Copy();
        Assert.Equal([9.0, 9, 18, 27], new[] { f.Invoke(3.0), g.Invoke(2.0), g.Invoke(1.0), f.Invoke(1.0) }.Select(v => v[0].ToScalar<double>()));
        Assert.Equal((27.0, 18.0), (f[s_s]!.ToScalar<double>(), g[s_s]!.ToScalar<double>()));
        Assert.Equal(5.0, f.InvokeNamed(("x", 1.0), ("s", 5.0))["0"].ToScalar<double>());
    }

    [Fact]
    public void A_remembered_input_may_change_its_length()
    {
        var (rows, v) = (T.DVector("rows"), T.DVector("v"));
        using var f = Function.Compile([v, new In(rows, Tensor.From(Array.Empty<double>()), T.Concatenate([rows, v]))], T.Sum(rows));
        foreach (var _ in Enumerable.Range(0, 3)) f.Invoke(Tensor.From([1.0, 2]));
        Assert.Equal([1.0, 2, 1, 2, 1, 2], f[rows]!.ToArray<double>());
    }

    [Fact]
    public void An_input_with_an_update_comes_last_and_has_a_value_to_begin_with()
    {
        Assert.Equal("Function 'function': input 'x' follows one with an update. List inputs with updates last.",
            Assert.Throws<CompileException>(() => Function.Compile([new In(s_s, 1.0, s_s + 1), s_x], s_x + s_s)).Message);
        Assert.Equal("Function 'function': input 's' has an update and no value to begin with. Give it a default.",
            Assert.Throws<CompileException>(() => Function.Compile([new In(s_s, Update: s_s + 1)], s_s)).Message);
        using var f = Function.Compile([s_x], s_x + 1);
        Assert.Equal("Function 'function' has no input 'y'. (Parameter 'input')", Assert.Throws<ArgumentException>(() => f[s_y]).Message);
        Assert.Null(f[s_x]);
    }

    [Fact]
    public void A_copy_computes_some_of_the_outputs()
    {
        using var writer = new StringWriter();
        using var f = Function.Compile([s_x], [s_x + 1, T.Print(s_x * 2, "costly", writer), s_x * 3]);
        using var some = f.Copy(outputs: [2, 0]);
        Assert.Equal([6.0, 3.0], some.Invoke(2.0).Select(v => v.ToScalar<double>()));
        Assert.Empty(writer.ToString());
        Assert.StartsWith("Function 'function' has 3 outputs, numbered from 0, and none is number 3.", Assert.Throws<ArgumentOutOfRangeException>(() => f.Copy(outputs: [3])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_outputs_and_remembered_values_are_saved()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "f.json");
        using var f = Function.Compile([s_x, new In(s_s, 1.0, s_s + s_x)], (s_x * s_s).Named("product"));
        f.Invoke(4.0);
        f.Save(path);
        using var loaded = Function.Load(path);
        Assert.Equal([10.0, 14], new[] { loaded, loaded }.Select(g => g.InvokeNamed(("x", 2.0))["product"].ToScalar<double>()));
        Assert.Equal(5.0, f[s_s]!.ToScalar<double>());
    }

    [Fact]
    public void An_expression_has_a_value_at_once()
    {
        var v = T.DVector("v");
        Assert.Equal([2.0, 3], (v + 1).Eval((v, Tensor.From([1.0, 2]))).ToArray<double>());
        Assert.Equal([2.0], (v + 1).Eval((v, Tensor.From([1.0]))).ToArray<double>());
        Assert.Equal(3.0, (s_x - s_y).Eval((s_y, 1.0), (s_x, 4.0)).ToScalar<double>());
        Assert.Equal([0f, 0.5f, 1f, 0.5f, 0f], T.Bartlett(5).Eval().ToArray<float>());
        Assert.Equal([1f], T.Bartlett(1).Eval().ToArray<float>());
        Assert.Throws<CompileException>(() => (s_x - s_y).Eval((s_y, 1.0)));
    }
}
