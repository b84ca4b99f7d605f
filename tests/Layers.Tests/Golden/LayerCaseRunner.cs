using DeepSym.Layers;
using DeepSym.Tests.Golden.Arrays;
using DeepSym.Tests.Golden.Cases;
using DeepSym.Tests.Golden.Python;
using DeepSym.Tests.Golden.Theano;

namespace DeepSym.Tests.Golden.Lasagne;

/// <summary>Builds the network of a case, gives it the parameters of the case, and computes what Lasagne computed: output, gradients, new running averages.</summary>
internal static class LayerCaseRunner
{
    public static Outcome Run(GoldenCase golden, Backend backend)
    {
        var details = golden.Layer!;
        var pass = details.OutputArguments == "deterministic=True" ? Pass.Inference() : Pass.Training(new RandomStream(1));
        var execution = new Execution(backend);
        var evaluator = TheanoGlobals.Create(execution, LasagneNames.Create(pass));
        // All sizes are known but that of the batch.
        var inputs = golden.Inputs.Select(i => (Symbol: T.Variable(i.Name, Symbolic.ToDType(i.Value.Type), ["n", .. i.Value.Shape.Skip(1).Select(size => (Dim?)size)]), i.Value)).ToList();
        foreach (var (symbol, _) in inputs) evaluator.Scope[symbol.Name] = symbol;
        LasagneNode network;
        try
        {
            Program.Run(Parser.Parse(golden.Text), evaluator);
            network = LasagneNode.Of(evaluator.Scope["l"]);
        }
        catch (MissingFeatureException e)
        {
            return new Outcome([.. golden.Outputs.Select(_ => (NdArray?)null)], [e.Feature]);
        }

        LasagneParameter[] parameters = [.. network.AllParameters];
        CheckParameters(golden, network, parameters);
        foreach (var (parameter, given) in parameters.Zip(details.Parameters))
            parameter.Own.Variable.SetValue(Reordered(given.Value, parameter.Axes, execution));

        var cost = Symbolic.From(Evaluator.Call(evaluator.Scope["wsum"], Arguments.Of(network.Output)));
        LasagneParameter[] trainable = [.. parameters.Where(p => p.Own.Has(ParameterTags.Trainable))];
        Expr[] wrt = [.. inputs.Where(i => i.Symbol.DType.IsFloating()).Select(i => i.Symbol), .. trainable.Select(p => p.Own.Variable)];
        var gradients = T.Grad(cost, wrt);
        for (var i = 0; i < trainable.Length; i++)
            if (trainable[i].Axes is { } axes)
                gradients[wrt.Length - trainable.Length + i] = gradients[wrt.Length - trainable.Length + i].Transpose(Inverse(axes));
        Expr[] outputs = [network.Output, .. gradients];
        if (details.OutputNames.Any(name => name.StartsWith("new ", StringComparison.Ordinal)))
            outputs = [.. outputs, .. parameters.Where(p => p.Own.Has(ParameterTags.Statistic)).Select(p => details.OutputArguments == "deterministic=False" ? pass.Current(p.Own.Variable) : p.Own.Variable)];
        return new Outcome([.. execution.Run(outputs, [.. inputs.Select(i => (i.Symbol, Symbolic.ToTensor(i.Value)))]).Select(Symbolic.ToArray)], []);
    }

    static void CheckParameters(GoldenCase golden, LasagneNode network, LasagneParameter[] parameters)
    {
        Assert.Equal(golden.Layer!.Parameters.Count, parameters.Length);
        foreach (var (parameter, given) in parameters.Zip(golden.Layer.Parameters).Where(p => !p.First.HasOtherTags))
            Assert.Equal(given.Tags.Order(), Tags(parameter.Own.Tags).Order());
        Assert.Equal(golden.Layer.OutputShape.Skip(1), network.Output.Shape.Skip(1).Select(size => (int?)size.Constant));
    }

    static IEnumerable<string> Tags(ParameterTags tags)
    {
        if (tags.HasFlag(ParameterTags.Trainable)) yield return "trainable";
        if (tags.HasFlag(ParameterTags.Regularizable)) yield return "regularizable";
        if (tags.HasFlag(ParameterTags.Statistic)) yield return "batch_norm_stat";
    }

    static Tensor Reordered(NdArray value, int[]? axes, Execution execution) => axes is null
        ? Symbolic.ToTensor(value)
        : execution.Run([T.Constant(Symbolic.ToTensor(value)).Transpose(axes)], [])[0];

    static int[] Inverse(int[] axes) => [.. Enumerable.Range(0, axes.Length).OrderBy(axis => axes[axis])];
}
