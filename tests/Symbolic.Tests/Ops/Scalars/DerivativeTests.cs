namespace DeepSym.Tests.Ops.Scalars;

/// <summary>The derivatives of all scalar functions of floats against differences, in reverse and forward mode, and a second time.</summary>
public sealed class DerivativeTests
{
    // What stands for a parameter: it fits orders of derivatives and of Bessel functions.
    const int Whole = 2;

    public static TheoryData<string> Names => [.. ScalarFunctions.All.Where(f => f.Types == ScalarTypes.Floating || (f.Types == ScalarTypes.Arithmetic && f.Partials.Count > 0)).Select(f => f.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_derivative_equals_the_quotient_of_differences(string name)
    {
        var function = ScalarFunctions.All.Single(f => f.Name == name);
        var (low, high) = function.Domain;
        var arguments = Enumerable.Range(0, function.Arity).Select(k =>
        {
            var unit = Numerically.Draw(91 + k, 7).ToArray<double>();
            return (Variable: T.DVector("x" + k), Value: Tensor.From<double>([.. unit.Select(u => low + (high - low) * (u + 1) / 2)], 7));
        }).ToArray();
        Expr[] inputs = [.. arguments.Select((a, k) => function.Parameters.Contains(k) ? Whole : (Expr)a.Variable)];
        Numerically.CheckGradient(T.Sum(Numerically.Weighted(function.Lift(inputs))), twice: true, [.. arguments.Where((_, k) => !function.Parameters.Contains(k))]);
    }
}
