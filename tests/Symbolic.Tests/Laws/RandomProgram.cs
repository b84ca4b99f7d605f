using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Laws;

/// <summary>One step of a random program: which function, of which two values made before, varied how. Numbers are taken modulo what there is.</summary>
readonly record struct Draw(int Step, int First, int Second, int Variant);

/// <summary>The dtype of a random program, whether its sizes are known when it is built, and the sizes.</summary>
sealed record Setting(DType DType, bool IsStatic, int Height = 3, int Width = 5)
{
    public override string ToString() => $"{DType.Name()}[{Height},{Width}]{(IsStatic ? ", sizes known" : "")}";
}

/// <summary>A program made of random steps: inputs, several outputs, and a shared variable with its update.</summary>
sealed class RandomProgram
{
    const int Outputs = 3;

    readonly SharedVariable _state;
    readonly Tensor _initial;

    public RandomProgram((string Name, Func<Expr, Expr, int, Expr> Apply)[] steps, IReadOnlyList<Draw> draws, Setting setting, double shift = 0)
    {
        var (dtype, isStatic, height, width) = setting;
        Dim rows = isStatic ? height : "rows", columns = isStatic ? width : "columns";
        Inputs = [(T.Variable("x", dtype, rows, columns), Value(1, height, width)), (T.Variable("y", dtype, rows, columns), Value(2, height, width)), (T.Variable("v", dtype, columns), Value(3, width))];
        _initial = Value(4, height, width);
        _state = T.Shared(_initial, "state");
        var values = new List<Expr>([.. Inputs.Select(i => (Expr)i.Variable), _state]);
        foreach (var draw in draws)
        {
            var step = steps[draw.Step % steps.Length];
            var value = Apply(values[^(1 + draw.First % values.Count)], values[^(1 + draw.Second % values.Count)]);
            Names.Add(step.Name);
            values.Add(value.Rank > 3 ? T.Flatten(value) : value);

            // Some windows are larger than some images.
            Expr Apply(Expr first, Expr second)
            {
                try { return step.Apply(first, second, draw.Variant); }
                catch (ShapeException) { return first; }
            }
        }
        Results = [.. values.Skip(Inputs.Length + 1).Reverse().Take(Outputs)];
        if (Results.LastOrDefault(r => r.Rank == 2) is { } next && isStatic && next.Shape == _state.Shape) Updates = [(_state, next)];
        else Updates = [(_state, _state + T.Max(Results[^1]))];

        // The same numbers in every dtype.
        Tensor Value(int seed, params int[] shape)
        {
            var value = Numerically.Draw(seed, shape).To(DType.Float32).To(DType.Float64);
            foreach (ref var x in value.AsSpan<double>()) x += shift * x;
            return value.To(dtype);
        }
    }

    public (Variable Variable, Tensor Value)[] Inputs { get; }

    public Expr[] Results { get; private set; }

    public (SharedVariable, Expr)[] Updates { get; private set; }

    public List<string> Names { get; } = [];

    /// <summary>The same program with the derivatives of its results in the inputs and in the state as results.</summary>
    public RandomProgram Derived()
    {
        var cost = Results.Select(result => Numerically.Weighted(result)).Aggregate((a, b) => a + b);
        Results = T.Grad(cost, [.. Inputs.Select(i => (Expr)i.Variable), _state], Disconnected.Zero);
        Updates = [(_state, _state - 0.1 * Results[^1])];
        return this;
    }

    /// <summary>The results and the new state.</summary>
    public Tensor[] Run(CompileOptions options)
    {
        _state.SetValue(_initial);
        using var function = Function.Compile([.. Inputs.Select(i => (In)i.Variable)], Results, Updates, options: options with { AllowUnusedInputs = true });
        return [.. function.Invoke([.. Inputs.Select(i => i.Value)]), _state.GetValue()];
    }

    public override string ToString() => $"{string.Join(", ", Names)}\n{string.Join("\n", ExprPrinter.Lines([.. Results, .. Updates.Select(u => u.Item2)], out var texts))}\n{string.Join("\n", Results.Select(r => texts[r]))}\nstate <- {texts[Updates[0].Item2]}";
}
