using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Loops;

/// <summary>Operands of products that no step changes are packed before the first step of each call, and read in every step.</summary>
public sealed class PackedOperandTests
{
    const int Units = 21, Steps = 30;

    public static TheoryData<DType, bool> Kinds => new() { { DType.Float32, false }, { DType.Float32, true }, { DType.Float64, false }, { DType.Float64, true } };

    // h ← tanh(x[t] + h w / 5), or with w transposed.
    static (Variable X, Variable W, Expr States) Network(DType dtype, bool isTransposed)
    {
        var (x, w) = (T.Tensor3("x", null, null, Units, dtype), T.Matrix("w", Units, Units, dtype));
        return (x, w, States(x, isTransposed ? w.Transpose() : w));
    }

    static Expr States(Expr x, Expr w) =>
        T.Scan([T.Zeros([x.Shape[1], Units], x.DType)], [x], (carry, row) => { var h = T.Tanh(row[0] + T.Dot(carry[0], w) / 5); return ([h], [h]); }).Stacked[0];

    static Tensor Draw(DType dtype, int seed, params int[] shape) => Numerically.Draw(seed, shape).To(dtype);

    [Theory, MemberData(nameof(Kinds))]
    public void Calls_of_all_sizes_give_what_the_interpreter_gives(DType dtype, bool isTransposed)
    {
        var (x, w, states) = Network(dtype, isTransposed);
        var (compiled, interpreted) = (Function.Compile([x, w], states), Function.Compile([x, w], states, options: new() { Backend = Backend.Interpreter }));
        foreach (var (steps, batch) in new[] { (Steps, 7), (Steps, 1), (2, 90), (0, 7), (1, 3), (Steps, 40), (3, 2), (Steps, 0), (Steps, 7) })
        {
            Tensor[] inputs = [Draw(dtype, steps + batch, steps, batch, Units), Draw(dtype, batch, Units, Units)];
            Numerically.Close(interpreted.Invoke(inputs)[0], compiled.Invoke(inputs)[0], Tolerances.Program(dtype));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Gradients_are_those_of_the_interpreter(DType dtype, bool isTransposed)
    {
        var (x, w, states) = Network(dtype, isTransposed);
        var gradients = T.Grad(Numerically.Weighted(states), x, w);
        var (compiled, interpreted) = (Function.Compile([x, w], gradients), Function.Compile([x, w], gradients, options: new() { Backend = Backend.Interpreter }));
        Tensor[] inputs = [Draw(dtype, 1, Steps, 7, Units), Draw(dtype, 2, Units, Units)];
        foreach (var (expected, got) in interpreted.Invoke(inputs).Zip(compiled.Invoke(inputs))) Numerically.Close(expected, got, 10 * Steps * Tolerances.Program(dtype));
    }

    [Fact]
    public void A_shared_weight_is_packed_anew_after_each_update_and_each_assignment()
    {
        var (x, w) = (T.Tensor3("x", null, null, Units, DType.Float64), T.Shared(Draw(DType.Float64, 3, Units, Units), "w"));
        var train = Function.Compile([x], T.Sum(States(x, w)), updates: [(w, 0.5 * w)]);
        var rows = Draw(DType.Float64, 4, Steps, 8, Units);
        double Expected() => Numerically.Value(T.Sum(States(x, T.Constant(w.GetValue()))), (x, rows)).ToScalar<double>();
        foreach (var seed in new[] { 0, 0, 5, 0 })
        {
            if (seed > 0) w.SetValue(Draw(DType.Float64, seed, Units, Units));
            var expected = Expected();
            Assert.Equal(expected, train.Invoke(rows)[0].ToScalar<double>(), 1e-9);
        }
    }

    [Fact]
    public void A_loop_in_a_loop_packs_what_its_own_steps_share()
    {
        var (x, w) = (T.Tensor3("x", null, null, Units, DType.Float64), T.Tensor3("w", null, Units, Units, DType.Float64));
        var outer = T.Scan([T.Zeros([x.Shape[1], Units], DType.Float64)], [w], (carry, weight) => ([carry[0] + States(x, weight[0])[-1]], []));
        Numerically.Agreed(outer.Last[0], (x, Draw(DType.Float64, 6, Steps, 8, Units)), (w, Draw(DType.Float64, 7, 3, Units, Units)));
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        var (x, w) = (T.Tensor3("x", null, null, 160, DType.Float32), T.Matrix("w", 160, 160, DType.Float32));
        var states = T.Scan([T.Zeros([x.Shape[1], 160], DType.Float32)], [x], (carry, row) => { var h = T.Tanh(row[0] + T.Dot(carry[0], w)); return ([h], [h]); }).Stacked[0];
        Tensor[] inputs = [Draw(DType.Float32, 8, 9, 50, 160), Draw(DType.Float32, 9, 160, 160)];
        Tensor On(int threads) => Function.Compile([x, w], T.Grad(T.Sum(states), w), options: new() { Threads = threads }).Invoke(inputs)[0];
        var one = On(1).ToArray<float>();
        Assert.Equal(one, On(2).ToArray<float>());
        Assert.Equal(one, On(5).ToArray<float>());
    }

    [Fact]
    public void Calls_allocate_no_panels_once_warm()
    {
        var (x, w, states) = Network(DType.Float32, isTransposed: false);
        var f = Function.Compile([x, w], states, options: new() { Threads = 1 });
        Tensor[] inputs = [Draw(DType.Float32, 1, Steps, 7, Units), Draw(DType.Float32, 2, Units, Units)];
        var outputs = f.Invoke(inputs);
        f.Invoke(inputs, outputs);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < 10; call++) f.Invoke(inputs, outputs);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 * 200);
    }
}
