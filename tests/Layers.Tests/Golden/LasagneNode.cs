using DeepSym.Layers;
using DeepSym.Tests.Golden.Python;
using Parameter = DeepSym.Layers.Parameter;

namespace DeepSym.Tests.Golden.Lasagne;

/// <summary>A layer of a golden text: its output in the pass that is asked for, its parameters in Lasagne's order, and the layers that it comes after.</summary>
/// <param name="Output">The output.</param>
/// <param name="Inputs">The layers that it comes after.</param>
/// <param name="Parameters">Its own parameters, in Lasagne's order.</param>
internal sealed record LasagneNode(Expr Output, IReadOnlyList<LasagneNode> Inputs, IReadOnlyList<LasagneParameter> Parameters)
{
    /// <summary>The layer, with or without bias, applied anew without its activation; and this: Lasagne's <c>batch_norm</c> and <c>prelu</c> take layers apart.</summary>
    public (Func<bool, LasagneNode> Linear, Activation Activation)? Parts { get; init; }

    /// <summary>The parameters of a network, those of inputs first, each once: the order of <c>get_all_params</c>.</summary>
    public IEnumerable<LasagneParameter> AllParameters => Inputs.SelectMany(input => input.AllParameters).Concat(Parameters).DistinctBy(p => p.Own);

    /// <summary>As the texts see it: with <c>W</c> and <c>b</c> as attributes.</summary>
    public PythonInstance ToPython()
    {
        var instance = new PythonInstance(new PythonClass("Layer", null)) { Fields = { ["node"] = this } };
        foreach (var p in Parameters) instance.Fields[p.Own.ShortName] = p.Own.Variable;
        return instance;
    }

    public static LasagneNode Of(object? value) => (LasagneNode)((PythonInstance)value!).Fields["node"]!;
}

/// <summary>A parameter with the order in which Lasagne has its axes; null: the same. The tags differ where Lasagne's layer of such a name stands for several.</summary>
internal sealed record LasagneParameter(Parameter Own, int[]? Axes = null, bool HasOtherTags = false);
