using System.Globalization;

namespace DeepSym;

/// <summary>What a comparison of a gradient with differences found.</summary>
/// <param name="Worst">The largest <c>|gradient - difference| / max(1, |gradient|, |difference|)</c>.</param>
/// <param name="Variable">Where it is.</param>
/// <param name="Element">Which element of the variable, counted row by row.</param>
/// <param name="Gradient">The gradient there.</param>
/// <param name="Difference">The difference quotient there.</param>
public sealed record GradientCheckResult(double Worst, Variable Variable, long Element, double Gradient, double Difference)
{
    /// <summary>In words.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"the gradient in element {Element} of '{Variable.Name}' is {Gradient:R}, differences give {Difference:R}: they differ by {Worst:G3}");
}

/// <summary>
/// Compares gradients with central differences, <c>(f(x + h) - f(x - h)) / 2h</c>, in float64 by the interpreter: for ops and layers of one's own.
/// (Theano: <c>verify_grad</c>.)
/// </summary>
public static class GradientCheck
{
    /// <summary>The worst element of the gradient of <paramref name="cost"/>, a float64 scalar, in all inputs.</summary>
    /// <param name="cost">The scalar.</param>
    /// <param name="at">Its float64 variables, and the values at which the gradient is checked; away from kinks by more than the step.</param>
    /// <param name="step">h. Default 1e-5.</param>
    /// <exception cref="GradientException">The cost is no float64 scalar, or does not depend on a variable.</exception>
    public static GradientCheckResult Compare(Expr cost, IReadOnlyList<(Variable Variable, Tensor Value)> at, double step = 1e-5)
    {
        ArgumentNullException.ThrowIfNull(cost);
        ArgumentNullException.ThrowIfNull(at);
        if (cost.Rank != 0 || cost.DType != DType.Float64 || at.Any(a => a.Variable.DType != DType.Float64))
            throw new GradientException($"A gradient is checked of a float64 scalar in float64 variables; the cost is {cost.Type}, the variables are {string.Join(", ", at.Select(a => a.Variable.Describe()))}.");
        if (at.Count == 0) throw new ArgumentException("There is no variable to check a gradient in.", nameof(at));
        var options = new CompileOptions { Backend = Backend.Interpreter };
        IReadOnlyList<In> inputs = [.. at.Select(a => (In)a.Variable)];
        var value = Function.Compile(inputs, cost, options: options);
        var gradients = Function.Compile(inputs, [.. at.Select(a => T.Grad(cost, a.Variable))], options: options with { AllowUnusedInputs = true }).Invoke([.. at.Select(a => a.Value)]);
        var worst = new GradientCheckResult(-1, at[0].Variable, 0, 0, 0);
        for (var i = 0; i < at.Count; i++)
            for (var element = 0; element < at[i].Value.Length; element++)
            {
                var difference = (Moved(i, element, step) - Moved(i, element, -step)) / (2 * step);
                var gradient = gradients[i].AsSpan<double>()[element];
                var distance = Math.Abs(gradient - difference) / Math.Max(1, Math.Max(Math.Abs(gradient), Math.Abs(difference)));
                if (distance > worst.Worst || double.IsNaN(distance)) worst = new GradientCheckResult(distance, at[i].Variable, element, gradient, difference);
            }
        return worst;

        double Moved(int input, int element, double by)
        {
            var moved = at[input].Value.Copy();
            moved.AsSpan<double>()[element] += by;
            return value.Invoke([.. at.Select((a, i) => i == input ? moved : a.Value)])[0].ToScalar<double>();
        }
    }

    /// <summary>Throws unless <see cref="Compare"/> finds less than <paramref name="tolerance"/>. Default 1e-6.</summary>
    /// <exception cref="GradientException">The gradient is wrong; the message names the element and both numbers.</exception>
    public static void Verify(Expr cost, IReadOnlyList<(Variable Variable, Tensor Value)> at, double tolerance = 1e-6, double step = 1e-5)
    {
        var result = Compare(cost, at, step);
        if (!(result.Worst <= tolerance)) throw new GradientException($"{char.ToUpperInvariant(result.ToString()[0])}{result.ToString()[1..]}, and {tolerance:G3} is allowed. Values near a kink, or a wrong derivative rule, do this.");
    }
}
