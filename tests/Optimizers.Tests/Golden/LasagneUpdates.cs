using DeepSym.Optimizers;
using DeepSym.Tests.Golden.Python;
using DeepSym.Tests.Golden.Theano;

namespace DeepSym.Tests.Golden;

/// <summary>The module <c>lasagne.updates</c>: this library's optimizers with Lasagne's names and defaults.</summary>
internal static class LasagneUpdates
{
    const string Adams = "beta1=0.9, beta2=0.999, epsilon=1e-8";

    public static Module Create()
    {
        var updates = new Module("U");
        void Rule(string signature, Func<BoundArguments, Optimizer> rule) => updates.Add(signature, a => RuleUpdates.Of(rule(a), a["loss"], a.Items("params")));

        Rule("sgd(loss, params, learning_rate)", a => new SGD { LearningRate = Rate(a) });
        Rule("momentum(loss, params, learning_rate, momentum=0.9)", a => new Momentum { LearningRate = Rate(a), Coefficient = a.Number("momentum") });
        Rule("nesterov_momentum(loss, params, learning_rate, momentum=0.9)", a => new Nesterov { LearningRate = Rate(a), Coefficient = a.Number("momentum") });
        Rule("adagrad(loss, params, learning_rate=1.0, epsilon=1e-6)", a => new Adagrad { LearningRate = Rate(a), Epsilon = Epsilon(a), InitialAccumulator = 0 });
        Rule("rmsprop(loss, params, learning_rate=1.0, rho=0.9, epsilon=1e-6)", a => new RMSprop { LearningRate = Rate(a), Rho = a.Number("rho"), Epsilon = Epsilon(a) });
        Rule("adadelta(loss, params, learning_rate=1.0, rho=0.95, epsilon=1e-6)", a => new Adadelta { LearningRate = Rate(a), Rho = a.Number("rho"), Epsilon = Epsilon(a) });
        Rule($"adam(loss, params, learning_rate=0.001, {Adams})", a => new Adam { LearningRate = Rate(a), Beta1 = a.Number("beta1"), Beta2 = a.Number("beta2"), Epsilon = Epsilon(a) });
        Rule($"amsgrad(loss, params, learning_rate=0.001, {Adams})", a => new AMSGrad { LearningRate = Rate(a), Beta1 = a.Number("beta1"), Beta2 = a.Number("beta2"), Epsilon = Epsilon(a) });
        Rule($"adamax(loss, params, learning_rate=0.002, {Adams})", a => new Adamax { LearningRate = Rate(a), Beta1 = a.Number("beta1"), Beta2 = a.Number("beta2"), Epsilon = Epsilon(a) });
        updates.Add("apply_momentum(updates, params=None, momentum=0.9)", a => ((RuleUpdates)a["updates"]!).WithMomentum(a, isNesterov: false));
        updates.Add("apply_nesterov_momentum(updates, params=None, momentum=0.9)", a => ((RuleUpdates)a["updates"]!).WithMomentum(a, isNesterov: true));

        updates.Add("total_norm_constraint(gradients, max_norm, epsilon=1e-7)", a =>
            Clipping.ByGlobalNorm(a.Number("max_norm"), Epsilon(a)).Clip(a.Exprs("gradients")).ToList<object?>());
        updates.Add("norm_constraint(x, max_norm, norm_axes=None, epsilon=1e-7)", a =>
            Norms.Constrain(a.Expr("x"), a.Number("max_norm"), a.Has("norm_axes") ? a.Axes("norm_axes") : null, Epsilon(a)));
        return updates;
    }

    static double Rate(BoundArguments a) => a.Number("learning_rate");

    static double Epsilon(BoundArguments a) => a.Number("epsilon");
}

/// <summary>The updates of a rule, as Theano's functions take them, and what they were made of, to apply momentum to it.</summary>
internal sealed class RuleUpdates : Dictionary<object, object?>
{
    readonly Optimizer _rule;
    readonly Expr[] _gradients;
    readonly SharedVariable[] _parameters;

    RuleUpdates(Optimizer rule, Expr[] gradients, SharedVariable[] parameters)
        : base(rule.Step(gradients, parameters).Updates.ToDictionary(u => (object)u.Variable, u => (object?)u.Value)) =>
        (_rule, _gradients, _parameters) = (rule, gradients, parameters);

    /// <summary>The updates of a rule for a loss or for a list of gradients.</summary>
    public static RuleUpdates Of(Optimizer rule, object? lossOrGradients, IReadOnlyList<object?> parameters)
    {
        SharedVariable[] shared = [.. parameters.Cast<SharedVariable>()];
        Expr[] gradients = Sequences.IsSequence(lossOrGradients) ? [.. Sequences.Items(lossOrGradients).Select(Symbolic.From)] : T.Grad(Symbolic.From(lossOrGradients), shared);
        return new RuleUpdates(rule, gradients, shared);
    }

    /// <summary>Momentum on top. Lasagne, unless told which parameters, gives it to the state of the rule too: only plain descent has none.</summary>
    public RuleUpdates WithMomentum(BoundArguments a, bool isNesterov) => a.Has("params") || _rule is SGD
        ? new RuleUpdates(new AppliedMomentum(_rule) { Coefficient = a.Number("momentum"), Nesterov = isNesterov }, _gradients, _parameters)
        : throw new MissingFeatureException("apply_momentum to the state of a rule");
}
