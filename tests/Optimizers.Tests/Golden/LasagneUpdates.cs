using DeepSym.Optimizers;
using DeepSym.Tests.Golden.Python;
using DeepSym.Tests.Golden.Theano;

namespace DeepSym.Tests.Golden;

/// <summary>The module <c>lasagne.updates</c>: this library's optimizers with Lasagne's names and defaults.</summary>
internal static class LasagneUpdates
{
    public static Module Create()
    {
        var updates = new Module("U");
        void Rule(string signature, Func<BoundArguments, Optimizer> rule) => updates.Add(signature, a => Minimize(a, rule(a)));

        Rule("sgd(loss, params, learning_rate)", a => new Sgd { LearningRate = Rate(a) });
        Rule("momentum(loss, params, learning_rate, momentum=0.9)", a => new Sgd { LearningRate = Rate(a), Momentum = a.Number("momentum") });
        Rule("nesterov_momentum(loss, params, learning_rate, momentum=0.9)", a => new Sgd { LearningRate = Rate(a), Momentum = a.Number("momentum"), Nesterov = true });
        Rule("adagrad(loss, params, learning_rate=1.0, epsilon=1e-6)", a => new Adagrad { LearningRate = Rate(a), Epsilon = Epsilon(a), InitialAccumulator = 0 });
        Rule("rmsprop(loss, params, learning_rate=1.0, rho=0.9, epsilon=1e-6)", a => new RmsProp { LearningRate = Rate(a), Rho = a.Number("rho"), Epsilon = Epsilon(a) });
        Rule("adadelta(loss, params, learning_rate=1.0, rho=0.95, epsilon=1e-6)", a => new Adadelta { LearningRate = Rate(a), Rho = a.Number("rho"), Epsilon = Epsilon(a) });
        Rule("adam(loss, params, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8)", a => Adam(a, isAmsGrad: false));
        Rule("amsgrad(loss, params, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8)", a => Adam(a, isAmsGrad: true));
        Rule("adamax(loss, params, learning_rate=0.002, beta1=0.9, beta2=0.999, epsilon=1e-8)",
            a => new Adamax { LearningRate = Rate(a), Beta1 = a.Number("beta1"), Beta2 = a.Number("beta2"), Epsilon = Epsilon(a) });
        updates.Add("total_norm_constraint(gradients, max_norm)", a => Clipping.ByGlobalNorm(a.Number("max_norm")).Apply(a.Exprs("gradients")).ToList<object?>());
        return updates;
    }

    static Adam Adam(BoundArguments a, bool isAmsGrad) =>
        new() { LearningRate = Rate(a), Beta1 = a.Number("beta1"), Beta2 = a.Number("beta2"), Epsilon = Epsilon(a), AmsGrad = isAmsGrad };

    static double Rate(BoundArguments a) => a.Number("learning_rate");

    static double Epsilon(BoundArguments a) => a.Number("epsilon");

    // The new value of each parameter and of each state, as Theano's functions take updates.
    static Dictionary<object, object?> Minimize(BoundArguments a, Optimizer rule)
    {
        SharedVariable[] parameters = [.. a.Items("params").Cast<SharedVariable>()];
        var plan = Sequences.IsSequence(a["loss"]) ? rule.Plan(parameters, a.Exprs("loss")) : rule.Minimize(a.Expr("loss"), parameters);
        return plan.Updates.ToDictionary(u => (object)u.Variable, u => (object?)u.Value);
    }
}
