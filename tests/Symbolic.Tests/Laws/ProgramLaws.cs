using DeepSym.Tests.Backends.Gpu;
using DeepSym.Tests.Ops;
using Steps = (string Name, System.Func<DeepSym.Expr, DeepSym.Expr, int, DeepSym.Expr> Apply)[];

namespace DeepSym.Tests.Laws;

/// <summary>
/// What must hold of random programs with several outputs and an update, in float32 and float64, with sizes known and unknown: compiled = interpreted, derivatives too, forward =
/// reverse, and the threads do not matter. A failure prints the smallest program found. 1,000 programs; 10,000 with DEEPSYM_SLOW=1.
/// </summary>
public sealed class ProgramLaws
{
    static readonly int s_factor = TestDevices.IsSlowRun ? 10 : 1;

    static readonly Steps All = [.. RandomSteps.Exact, .. RandomSteps.Rounding];

    [Fact]
    public void A_program_computes_what_its_expressions_mean() => Hold(500, first: 0, (draws, setting) => IsClose(draws, setting, program => program));

    [Fact]
    public void A_program_of_exact_steps_is_exact_under_strict_numerics() => Hold(250, first: 100_000, (draws, setting) =>
    {
        var program = new RandomProgram(RandomSteps.Exact, draws, setting);
        return Compare(Run(program, Backend.Interpreter), Run(program, Backend.Cpu, Numerics.Strict), (_, _, expected, got) => expected.Equals(got)) is { } problem ? $"{problem}\n{program}" : null;
    });

    [Fact]
    public void Derivatives_of_a_program_are_what_their_expressions_mean() => Hold(250, first: 200_000, (draws, setting) => IsClose(draws, setting, program => program.Derived()));

    [Fact]
    public void Forward_and_reverse_mode_agree() => Hold(50, first: 300_000, (draws, setting) =>
    {
        var program = new RandomProgram(All, draws, setting with { DType = DType.Float64 });
        var cost = Numerically.Weighted(program.Results[0]);
        foreach (var (variable, value) in program.Inputs)
        {
            var direction = T.Constant(Numerically.Draw(3, value.Shape.ToArray()));
            var forward = Numerically.Value(T.Jvp(cost, variable, direction), program.Inputs).ToScalar<double>();
            var reverse = Numerically.Compiled(T.Sum(T.Grad(cost, variable, Disconnected.Zero) * direction), program.Inputs).ToScalar<double>();
            if (!(Math.Abs(forward - reverse) <= 1e-7 * Math.Max(1, Math.Abs(forward))) && double.IsFinite(forward)) return $"along {variable}: forward {forward:R}, reverse {reverse:R}\n{program}";
        }
        return null;
    });

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit() => Hold(30, first: 400_000, (draws, setting) =>
    {
        var program = new RandomProgram(All, draws, new Setting(setting.DType, IsStatic: false, Height: 70, Width: 90));
        var results = new[] { 1, 2 }.Select(threads => Outcome.Of(() => program.Run(new CompileOptions { Threads = threads }))).ToArray();
        return Compare(results[0], results[1], (_, _, expected, got) => expected.Equals(got)) is { } problem ? $"{problem}\n{program}" : null;
    });

    // Against values in float64; what rounding of another size moves is ill-conditioned, and may move as far.
    static string? IsClose(IReadOnlyList<Draw> draws, Setting setting, Func<RandomProgram, RandomProgram> of)
    {
        var program = of(new RandomProgram(All, draws, setting));
        var isSingle = setting.DType == DType.Float32;
        var exact = Run(isSingle ? of(new RandomProgram(All, draws, setting with { DType = DType.Float64 })) : program, Backend.Interpreter);
        var other = Run(isSingle ? program : of(new RandomProgram(All, draws, setting, shift: 1e-9)), Backend.Interpreter);
        return Compare(exact, Run(program, Backend.Cpu), (k, i, expected, got) =>
        {
            var size = Math.Max(1, Math.Abs(expected));
            var moved = other.Values is { } values && i < values[k].Length ? Math.Abs(Element(values[k], i) - expected) : 0;
            return !double.IsFinite(expected) || !(moved <= 1e-3 * size) || Math.Abs(got - expected) <= Tolerances.Program(setting.DType) * size + moved * (isSingle ? 16 : 1e-3);
        }) is { } problem ? $"{problem}\n{program}" : null;
    }

    static Outcome Run(RandomProgram program, Backend backend, Numerics numerics = Numerics.Default) => Outcome.Of(() => program.Run(new CompileOptions { Backend = backend, Numerics = numerics }));

    static string? Compare(Outcome expected, Outcome got, Func<int, int, double, double, bool> agree)
    {
        if (expected.Error is not null || got.Error is not null) return expected.Error == got.Error ? null : $"expected {expected.Error ?? "values"}, got {got.Error ?? "values"}";
        for (var k = 0; k < expected.Values!.Length; k++)
        {
            var (e, g) = (expected.Values[k], got.Values![k]);
            if (!e.Shape.SequenceEqual(g.Shape)) return $"result {k}: expected shape [{string.Join(",", e.Shape.ToArray())}], got [{string.Join(",", g.Shape.ToArray())}]";
            for (var i = 0; i < e.Length; i++)
                if (!agree(k, i, Element(e, i), Element(g, i))) return $"result {k}, element {i} of [{string.Join(",", e.Shape.ToArray())}]: expected {Element(e, i):R}, got {Element(g, i):R}";
        }
        return null;
    }

    static double Element(Tensor tensor, int i) => tensor.DType.IsFloating() ? tensor.Number(i).Real : tensor.Number(i).Integer;

    // Every program of one to nine steps holds, or the smallest part of it that does not is the failure.
    static void Hold(int programs, int first, Func<IReadOnlyList<Draw>, Setting, string?> problem)
    {
        for (var seed = first; seed < first + programs * s_factor; seed++)
        {
            var random = new Random(seed);
            var setting = new Setting(random.Next(2) == 0 ? DType.Float64 : DType.Float32, IsStatic: random.Next(2) == 0);
            if (seed % 4 == 0) setting = setting with { Height = 4, Width = 37 };   // more than two vectors, and a rest
            List<Draw> draws = [.. Enumerable.Range(0, random.Next(1, 10)).Select(_ => new Draw(random.Next(1000), random.Next(7), random.Next(7), random.Next(12)))];
            if (Problem(draws) is not { } found) continue;
            for (var i = draws.Count - 1; i >= 0; i--)
            {
                List<Draw> fewer = [.. draws[..i], .. draws[(i + 1)..]];
                if (fewer.Count > 0 && Problem(fewer) is { } smaller) (draws, found, i) = (fewer, smaller, fewer.Count);
            }
            Assert.Fail($"Program {seed} in {setting}: {found}");

            string? Problem(IReadOnlyList<Draw> steps)
            {
                try { return problem(steps, setting); }
                catch (Exception exception) when (exception is not Xunit.Sdk.XunitException) { return exception.ToString(); }
            }
        }
    }
}
