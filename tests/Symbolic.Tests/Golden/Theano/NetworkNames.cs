using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>The module <c>theano.tensor.nnet</c> by its names there.</summary>
internal static class NetworkNames
{
    public static void AddTo(TheanoModules modules)
    {
        var nnet = modules.Nnet;
        nnet.Add("sigmoid(x)", a => T.Sigmoid(a.Expr("x")));
        nnet.Add("softplus(x)", a => T.Softplus(a.Expr("x")));
        nnet.Add("relu(x, alpha=0)", a => a["alpha"] is 0L ? T.Relu(a.Expr("x")) : throw new MissingFeatureException("relu(alpha=)"));
    }
}
