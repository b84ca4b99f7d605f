using System.Runtime.CompilerServices;

namespace DeepSym;

/// <summary>Values of expressions without a function of one's own: for trying things out.</summary>
public static class Evaluation
{
    static readonly ConditionalWeakTable<Expr, Function> Compiled = [];

    /// <summary>The value of an expression for values of its variables. Compiled at the first call, and kept for calls with the same variables. (Theano: <c>eval</c>.)</summary>
    /// <exception cref="CompileException">A variable has no value, or one that the expression does not use has.</exception>
    /// <exception cref="ArgumentException">A value does not fit its variable.</exception>
    public static Tensor Eval(this Expr expr, params ReadOnlySpan<(Variable Variable, Tensor Value)> values)
    {
        ArgumentNullException.ThrowIfNull(expr);
        var (inputs, arguments) = (new In[values.Length], new Tensor[values.Length]);
        for (var i = 0; i < values.Length; i++) (inputs[i], arguments[i]) = values[i];
        if (!Compiled.TryGetValue(expr, out var function) || !function.Inputs.SequenceEqual(inputs.Select(input => input.Variable)))
            Compiled.AddOrUpdate(expr, function = Function.Compile(inputs, expr, options: new CompileOptions { Name = "eval" }));
        return function.Invoke(arguments)[0];
    }
}
