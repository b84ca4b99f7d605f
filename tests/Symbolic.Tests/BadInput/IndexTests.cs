namespace DeepSym.Tests.BadInput;

/// <summary>What is said of indices beyond the end.</summary>
public sealed class IndexTests
{
    static readonly Variable s_a = T.DMatrix("a", 3, 4);

    static readonly Mistakes s_all = new()
    {
        { "a known index", () => { var _ = s_a[3]; }, typeof(ShapeException), "Index 3 is out of bounds for axis 0 of a: float64[3,4]: it must be from -3 to 2." },
        { "a known negative index", () => { var _ = s_a[-4]; }, typeof(ShapeException), "Index -4 is out of bounds for axis 0 of a: float64[3,4]: it must be from -3 to 2." },
        { "a known index into an unknown size", () => { var p = T.FVector("p"); Function.Compile([p], p[4]).Invoke(Floats(3)); }, typeof(ShapeException), "Index 4 is out of bounds for axis 0 of p: float32[p.0]: it must be from 0 to p.0 - 1. Here p.0 - 1 is 2." },
        { "an index that a call gives", () => { var (p, i) = (T.FVector("p"), T.LScalar("i")); Function.Compile([p, i], p[i]).Invoke(Floats(3), Tensor.Scalar(7L)); }, typeof(ArgumentOutOfRangeException), "An index into p: float32[p.0] is out of bounds: it must be from -n to n - 1 for an axis of size n. It was found in gather[0]@0(p, i): float32." },
        { "labels", () => { var (p, i) = (T.FMatrix("table"), T.LVector("labels")); Function.Compile([p, i], p[T.Arange(i.Length), i]).Invoke(Floats(3, 4), Tensor.From([0L, 1, 9])); }, typeof(ArgumentOutOfRangeException), "An index into table: float32[table.0,table.1] is out of bounds: it must be from -n to n - 1 for an axis of size n. It was found in gather[0, 1]@0(table, iota, labels): float32[labels.0]." },
        { "rows of a table", () => { var (p, i) = (T.FMatrix("table"), T.LVector("ids")); Function.Compile([p, i], T.Sum(T.Embedding(p, i))).Invoke(Floats(3, 4), Tensor.From([0L, 1, 9])); }, typeof(ArgumentOutOfRangeException), "An index into table: float32[table.0,table.1] is out of bounds: it must be from -n to n - 1 for an axis of size n. It was found in sum[0, 1](gather): float32." },
        { "places to add to", () => { var (p, i) = (T.FVector("p"), T.LVector("i")); Function.Compile([p, i], p.Add([i], 1)).Invoke(Floats(3), Tensor.From([5L])); }, typeof(ArgumentOutOfRangeException), "Index 5 is out of bounds for axis 0 of size 3: it must be from -3 to 2. It was found in scatter_add[0]@0->[p.0](broadcast, i): float32[p.0]." },
        { "places to set", () => { var (p, i) = (T.FVector("p"), T.LVector("i")); Function.Compile([p, i], p.With([i], 1)).Invoke(Floats(3), Tensor.From([5L])); }, typeof(ArgumentOutOfRangeException), "An index into iota[p.0]@0(): int64[p.0] is out of bounds: it must be from -n to n - 1 for an axis of size n. It was found in gather[0]@0(iota, i): int64[i.0]." },
        { "choices", () => { var (p, i) = (T.FMatrix("p"), T.LVector("i")); Function.Compile([p, i], T.Choose(i, p)).Invoke(Floats(2, 3), Tensor.From([5L, 0, 0])); }, typeof(ArgumentOutOfRangeException), "An index into p: float32[p.0,p.1] is out of bounds: it must be from -n to n - 1 for an axis of size n. It was found in reshape->[i.0](slice): float32[i.0]." },
        { "the interpreter", () => { var (p, i) = (T.FVector("p"), T.LVector("i")); Function.Compile([p, i], p[i], options: new CompileOptions{Backend=Backend.Interpreter}).Invoke(Floats(3), Tensor.From([5L])); }, typeof(ArgumentOutOfRangeException), "Index 5 is out of bounds for axis 0 of size 3: it must be from -3 to 2. It was found in gather[0]@0(p, i): float32[i.0]." },
        { "positions in a shape", () => { var i = T.LVector("i"); Function.Compile([i], T.UnravelIndex(i, [2, 3])[0]).Invoke(Tensor.From([99L])); }, typeof(AssertionFailedException), "unravel_index(i: int64[i.0]) in shape [2,3]: a position is below 0 or beyond the last element." },
        { "negative numbers to count", () => { var i = T.LVector("i"); Console.WriteLine(Function.Compile([i], T.BinCount(i)).Invoke(Tensor.From([-1L]))[0]); }, typeof(AssertionFailedException), "bincount counts the numbers 0, 1, 2, ..., and there is a negative one." },
    };

    public static TheoryData<string> Names => s_all.Names;

    [Theory, MemberData(nameof(Names))]
    public void A_mistake_is_answered_with_its_facts_and_a_cure(string name) => s_all.Check(name);

    static Tensor Floats(params int[] shape) => Tensor.Zeros<float>(shape);
}
