namespace DeepSym.Tests.BadInput;

/// <summary>What is said of indices beyond the end.</summary>
public sealed class IndexTests
{
    static readonly Variable s_a = T.DMatrix("a", 3, 4);

    static readonly Mistakes s_all = new()
    {
        {
            "a known index",
            () => { var _ = s_a[3]; },
            typeof(ShapeException),
            "Index 3 is out of bounds for axis 0 of a: float64[3,4]: it must be from -3 to 2."
        },
        {
            "a known negative index",
            () => { var _ = s_a[-4]; },
            typeof(ShapeException),
            "Index -4 is out of bounds for axis 0 of a: float64[3,4]: it must be from -3 to 2."
        },
        {
            "a known index into an unknown size",
            () => { var p = T.FVector("p"); Function.Compile([p], p[4]).Invoke(Floats(3)); },
            typeof(ShapeException),
            "Index 4 is out of bounds for axis 0 of p: float32[p.0]: it must be from 0 to p.0 - 1. Here p.0 - 1 is 2."
        },
        {
            "an index that a call gives",
            () => { var (p, i) = (T.FVector("p"), T.LScalar("i")); Function.Compile([p, i], p[i]).Invoke(Floats(3), Tensor.Scalar(7L)); },
            typeof(ArgumentOutOfRangeException),
            "Index 7 is out of bounds for axis 0 of size 3: it must be from -3 to 2.\n  in p[i]: float32, where\n    p is float32[3] from 0 to 0\n    i is int64 7"
        },
        {
            "labels",
            () => { var (p, i) = (T.FMatrix("table"), T.LVector("labels")); Function.Compile([p, i], p[T.Arange(i.Length), i]).Invoke(Floats(3, 4), Tensor.From([0L, 1, 9])); },
            typeof(ArgumentOutOfRangeException),
            "Index 9 is out of bounds for axis 1 of size 4: it must be from -4 to 3.\n  in table[arange(labels.0), labels]: float32[labels.0], where\n    table is float32[3,4] from 0 to 0\n    arange(labels.0) is int64[3] from 0 to 2\n    labels is int64[3] from 0 to 9"
        },
        {
            "rows of a table",
            () => { var (p, i) = (T.FMatrix("table"), T.LVector("ids")); Function.Compile([p, i], T.Sum(T.Embedding(p, i))).Invoke(Floats(3, 4), Tensor.From([0L, 1, 9])); },
            typeof(ArgumentOutOfRangeException),
            "Index 9 is out of bounds for axis 0 of size 3: it must be from -3 to 2.\n  in table[ids]: float32[ids.0,table.1], where\n    table is float32[3,4] from 0 to 0\n    ids is int64[3] from 0 to 9"
        },
        {
            "places to add to",
            () => { var (p, i) = (T.FVector("p"), T.LVector("i")); Function.Compile([p, i], p.Add([i], 1)).Invoke(Floats(3), Tensor.From([5L])); },
            typeof(ArgumentOutOfRangeException),
            "Index 5 is out of bounds for axis 0 of size 3: it must be from -3 to 2.\n  in scatter_add[0]@0->[p.0](1, i): float32[p.0], where\n    1 is float32[1] from 1 to 1\n    i is int64[1] from 5 to 5"
        },
        {
            "places to set",
            () => { var (p, i) = (T.FVector("p"), T.LVector("i")); Function.Compile([p, i], p.With([i], 1)).Invoke(Floats(3), Tensor.From([5L])); },
            typeof(ArgumentOutOfRangeException),
            "Index 5 is out of bounds for axis 0 of size 3: it must be from -3 to 2.\n  in arange(p.0)[i]: int64[i.0], where\n    arange(p.0) is int64[3] from 0 to 2\n    i is int64[1] from 5 to 5"
        },
        {
            "choices",
            () => { var (p, i) = (T.FMatrix("p"), T.LVector("i")); Function.Compile([p, i], T.Choose(i, p)).Invoke(Floats(2, 3), Tensor.From([5L, 0, 0])); },
            typeof(ArgumentOutOfRangeException),
            "Index 5 is out of bounds for axis 0 of size 2: it must be from -2 to 1.\n  in p[i, iota[min(1, p.0),i.0]@1()]: float32[min(1, p.0),i.0], where\n    p is float32[2,3] from 0 to 0\n    i is int64[1,3] from 0 to 5\n    iota[min(1, p.0),i.0]@1() is int64[1,3] from 0 to 2"
        },
        {
            "the interpreter",
            () => { var (p, i) = (T.FVector("p"), T.LVector("i")); Function.Compile([p, i], p[i], options: new CompileOptions { Backend = Backend.Interpreter }).Invoke(Floats(3), Tensor.From([5L])); },
            typeof(ArgumentOutOfRangeException),
            "Index 5 is out of bounds for axis 0 of size 3: it must be from -3 to 2.\n  in p[i]: float32[i.0], where\n    p is float32[3] from 0 to 0\n    i is int64[1] from 5 to 5"
        },
        {
            "positions in a shape",
            () => { var i = T.LVector("i"); Function.Compile([i], T.UnravelIndex(i, [2, 3])[0]).Invoke(Tensor.From([99L])); },
            typeof(AssertionFailedException),
            "unravel_index(i: int64[i.0]) in shape [2,3]: a position is below 0 or beyond the last element.\n  in assert 'unravel_index(i: int64[i.0]) in shape [2,3]: a position is below 0 or beyond the last element.'(i, …): int64[i.0], where\n    i is int64[1] from 99 to 99\n    all((i >= 0) & (i < 6)) is bool false"
        },
        {
            "negative numbers to count",
            () => { var i = T.LVector("i"); Function.Compile([i], T.BinCount(i)).Invoke(Tensor.From([-1L])); },
            typeof(AssertionFailedException),
            "bincount counts the numbers 0, 1, 2, ..., and there is a negative one.\n  in assert 'bincount counts the numbers 0, 1, 2, ..., and there is a negative one.'(i, all(i >= 0)): int64[i.0], where\n    i is int64[1] from -1 to -1\n    all(i >= 0) is bool false"
        },
    };

    public static TheoryData<string> Names => s_all.Names;

    [Theory, MemberData(nameof(Names))]
    public void A_mistake_is_answered_with_its_facts_and_a_cure(string name) => s_all.Check(name);

    static Tensor Floats(params int[] shape) => Tensor.Zeros<float>(shape);
}
