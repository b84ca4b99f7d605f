using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Theano's <c>RandomStreams</c>: draws whose counters move on in every function that uses them.</summary>
internal static class RandomNames
{
    public static Module Stream(RandomStream stream, Execution execution)
    {
        var names = new Module("RandomStreams");
        Add("uniform(size=(), low=0.0, high=1.0, ndim=None, dtype='float64')", a => a.Expr("low") + stream.Uniform(a.Shape("size"), dtype: a.DType()!.Value) * (a.Expr("high") - a.Expr("low")));
        Add("normal(size=(), avg=0.0, std=1.0, ndim=None, dtype='float64')", a => a.Expr("avg") + stream.Normal(a.Shape("size"), dtype: a.DType()!.Value) * a.Expr("std"));
        Add("binomial(size=(), n=1, p=0.5, ndim=None, dtype='int64')", a => T.Cast(stream.Binomial(a.Shape("size"), a.Expr("n"), a.Expr("p")), a.DType()!.Value));
        Add("multinomial(size=(), n=1, pvals=(0.5, 0.5), ndim=None, dtype='int64')", a => T.Cast(stream.Multinomial(Symbolic.Size(a["n"]), a.Expr("pvals"), a.Shape("size")), a.DType()!.Value));
        Add("random_integers(size=(), low=0, high=1, ndim=None, dtype='int64')", a => T.Cast(stream.Integers(a.Shape("size"), a.Expr("low"), a.Expr("high") + 1), a.DType()!.Value));
        Add("poisson(size=(), lam=1.0, ndim=None, dtype='int64')", a => T.Cast(stream.Poisson(a.Shape("size"), a.Expr("lam")), a.DType()!.Value));
        Add("permutation(size=(), n=1, ndim=None, dtype='int64')", a => T.Cast(stream.Permutation(Symbolic.Size(a["n"])), a.DType()!.Value));
        Add("shuffle_row_elements(x)", a => stream.Shuffle(a.Expr("x"), -1));
        return names;

        void Add(string signature, Func<BoundArguments, Expr> draw) => names.Add(signature, a =>
        {
            var value = draw(a);
            foreach (var (counter, next) in stream.Updates)
                execution.SetDefaultUpdate(counter, next);
            return value;
        });
    }
}
