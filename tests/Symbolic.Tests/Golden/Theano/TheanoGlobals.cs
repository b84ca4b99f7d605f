using DeepSym.Tests.Golden.Arrays;
using DeepSym.Tests.Golden.Cases;
using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>The names that the texts find when they run: Python's, NumPy's, Theano's, and the helpers of the golden files.</summary>
internal static class TheanoGlobals
{
    /// <summary>All names; <paramref name="more"/> are those of what is built on this library.</summary>
    public static Evaluator Create(Execution execution, IReadOnlyDictionary<string, object?>? more = null)
    {
        var modules = new TheanoModules();
        var domain = new SymbolicDomain(modules.Tensor, execution);
        var evaluator = new Evaluator([domain, new NumpyDomain()], new Scope(null));

        ElementwiseNames.AddTo(modules);
        ReductionNames.AddTo(modules.Tensor);
        ShapeNames.AddTo(modules, domain);
        LinearNames.AddTo(modules);
        GradientNames.AddTo(modules);
        NetworkNames.AddTo(modules);
        ConvolutionNames.AddTo(modules, evaluator.Scope);

        FunctionNames.AddTo(modules, evaluator.Scope, execution);
        LoopNames.AddTo(modules, evaluator.Scope);

        Builtins.AddTo(evaluator);
        evaluator.Scope["np"] = Numpy.Create();
        evaluator.Scope["theano"] = modules.Theano;
        evaluator.Scope["T"] = modules.Tensor;
        evaluator.Scope["wsum"] = new NativeFunction("wsum(o)", a => WeightedSum(a.Expr("o"), modules.Tensor));
        foreach (var (name, value) in more ?? new Dictionary<string, object?>())
            evaluator.Scope[name] = value;
        return evaluator;
    }

    /// <summary>Makes the inputs of a case known: as symbols, or as arrays where the text itself makes the symbols.</summary>
    public static IReadOnlyList<(Variable Symbol, NdArray Value)> Declare(GoldenCase golden, Evaluator evaluator)
    {
        var symbols = new List<(Variable, NdArray)>();
        evaluator.Scope["VAL"] = golden.Inputs.ToDictionary(input => (object)input.Name, input => (object?)input.Value);
        foreach (var (name, value) in golden.Inputs)
            if (golden.Family == "function_semantics")
                evaluator.Scope[name] = value;
            else
                evaluator.Scope.Define(name, () => Declare(name, value));
        return symbols;

        Variable Declare(string name, NdArray value)
        {
            // Theano declared an axis broadcastable exactly when its size is 1.
            var symbol = T.Variable(name, Symbolic.ToDType(value.Type), [.. value.Shape.Select(size => size == 1 ? Dim.One : null)]);
            symbols.Add((symbol, value));
            return symbol;
        }
    }

    // Fixed weights that make a scalar cost out of anything: the sum of cos(k) times element k.
    static Expr WeightedSum(Expr o, Module tensor)
    {
        var flat = T.Flatten(o);
        return T.Sum(flat * (Expr)Evaluator.Call(tensor.Get("cos"), Arguments.Of(T.Cast(T.Arange(flat.Length), DType.Float64)))!);
    }
}
