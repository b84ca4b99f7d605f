using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Loops;

/// <summary>A loop is what its steps written one after the other are: values, gradients, second derivatives and products with tangents, for random steps.</summary>
public sealed class ScanLaws
{
    const int Steps = 3, Batch = 2, Width = 3;

    public static IEnumerable<TheoryDataRow<int, bool>> Seeds => Enumerable.Range(0, 12).Select(seed => new TheoryDataRow<int, bool>(seed, seed % 3 == 0));

    [Theory, MemberData(nameof(Seeds))]
    public void A_loop_is_its_unrolled_steps(int seed, bool isSymbolic)
    {
        var program = new RandomLoop(seed, isSymbolic);
        program.Agree(loop => [loop.Rows, .. loop.Last]);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Its_gradients_are_those_of_the_unrolled_steps(int seed, bool isSymbolic)
    {
        var program = new RandomLoop(seed, isSymbolic);
        program.Agree(loop => T.Grad(loop.Cost, program.Wrt, Disconnected.Zero));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Its_products_with_tangents_are_those_of_the_unrolled_steps(int seed, bool isSymbolic)
    {
        var program = new RandomLoop(seed, isSymbolic);
        program.Agree(loop => T.Jvp([loop.Rows, loop.Last[0]], program.Wrt, [.. program.Wrt.Select(w => T.Sin(w * 3))]));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Its_second_derivatives_are_those_of_the_unrolled_steps(int seed, bool isSymbolic)
    {
        var program = new RandomLoop(seed, isSymbolic);
        program.Agree(loop =>
        {
            var first = T.Grad(loop.Cost, program.Wrt, Disconnected.Zero);
            return T.Grad(first.Select((g, i) => T.Sum(g * T.Cos(program.Wrt[i]))).Aggregate((a, b) => a + b), program.Wrt, Disconnected.Zero);
        });
    }

    sealed record Form(Expr Rows, Expr[] Last)
    {
        public Expr Cost => T.Sum(Rows * Rows * 0.3) + T.Sum(T.Sin(Last[0])) + T.Sum(Last[1] * 0.5);
    }

    /// <summary>A step of two states, an element and two captured matrices, made of random operations.</summary>
    sealed class RandomLoop
    {
        readonly int _seed;
        readonly Variable _xs, _h, _g, _w, _v;

        public RandomLoop(int seed, bool isSymbolic)
        {
            _seed = seed;
            Dim? size(int known) => isSymbolic ? null : known;
            _xs = T.Tensor3("xs", size(Steps), size(Batch), size(Width), DType.Float64);
            _h = T.DMatrix("h", size(Batch), size(Width));
            _g = T.DMatrix("g", size(Batch), size(Width));
            _w = T.DMatrix("w", size(Width), size(Width));
            _v = T.DMatrix("v", size(Width), size(Width));
        }

        public Expr[] Wrt => [_xs, _h, _g, _w, _v];

        (Expr[] Next, Expr[] Outputs) Step(Expr x, Expr h, Expr g)
        {
            var random = new Random(_seed);
            return ([Draw(3), random.Next(4) == 0 ? h : Draw(3)], [Draw(2)]);

            Expr Draw(int depth) => depth == 0 ? random.Next(4) switch { 0 => x, 1 => h, 2 => g, _ => random.Next(2) == 0 ? x * 0.5 : _v[0] } : random.Next(8) switch
            {
                0 => T.Tanh(Draw(depth - 1)),
                1 => T.Sin(Draw(depth - 1) + Draw(depth - 1)),
                2 => Draw(depth - 1) * Draw(depth - 1),
                3 => T.Tanh(T.Dot(Matrix(Draw(depth - 1)), _w) + h),
                4 => T.Dot(Matrix(Draw(depth - 1)), T.Transpose(_v)) * 0.5,
                5 => T.Softmax(Matrix(Draw(depth - 1))),
                6 => Draw(depth - 1) - T.Mean(Draw(depth - 1)),
                _ => T.Switch(Draw(depth - 1) > 0.1, Draw(depth - 1), h * 0.3),
            };

            Expr Matrix(Expr e) => e.Rank == 2 ? e : e + 0 * x;
        }

        Form Looped()
        {
            var (last, stacked) = T.Scan([_h, _g], [_xs], (carry, e) => Step(e[0], carry[0] + 0, carry[1]) is var (next, outputs) ? ([.. next.Select(n => n + 0 * e[0])], [outputs[0] + 0 * e[0]]) : default);
            return new Form(stacked[0], last);
        }

        Form Unrolled()
        {
            Expr h = _h, g = _g;
            var rows = new List<Expr>();
            for (var t = 0; t < Steps; t++)
            {
                var x = _xs[t];
                var (next, outputs) = Step(x, h, g);
                (h, g) = (next[0] + 0 * x, next[1] + 0 * x);
                rows.Add(outputs[0] + 0 * x);
            }
            return new Form(T.Stack([.. rows]), [h, g]);
        }

        public void Agree(Func<Form, Expr[]> ask)
        {
            Variable[] inputs = [_xs, _h, _g, _w, _v];
            Tensor[] values = [Numerically.Draw(_seed, Steps, Batch, Width), Numerically.Draw(_seed + 1, Batch, Width), Numerically.Draw(_seed + 2, Batch, Width), Numerically.Draw(_seed + 3, Width, Width), Numerically.Draw(_seed + 4, Width, Width)];
            var expected = ScanTests.Compile(Backend.Interpreter, inputs, ask(Unrolled())).Invoke(values);
            foreach (var backend in new[] { Backend.Interpreter, Backend.Cpu })
            {
                var got = ScanTests.Compile(backend, inputs, ask(Looped())).Invoke(values);
                for (var i = 0; i < got.Length; i++) Numerically.Close(expected[i], got[i], Tolerances.Program(got[i].DType));
            }
        }
    }
}
