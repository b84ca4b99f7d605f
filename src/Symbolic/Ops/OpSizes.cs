namespace DeepSym;

/// <summary>The sizes that ops hold as parameters: read, or replaced by others.</summary>
static class OpSizes
{
    public static IEnumerable<Dim> Of(Op? op)
    {
        var found = new List<Dim>();
        if (op is not null)
            Replace(op, dim =>
            {
                found.Add(dim);
                return dim;
            });
        return found;
    }

    /// <summary>The op with every size it holds replaced.</summary>
    public static Op Replace(Op op, Func<Dim, Dim> replace)
    {
        return op switch
        {
            BroadcastTo broadcast => broadcast with { Target = All(broadcast.Target) },
            Reshape reshape => reshape with { Target = All(reshape.Target) },
            Slice slice => slice with { Starts = Each(slice.Starts), Lengths = Each(slice.Lengths) },
            Pad pad => pad with { Starts = Each(pad.Starts), Target = All(pad.Target) },
            Fold fold => fold with { Target = All(fold.Target) },
            Convolution convolution => convolution with { Sizes = Each(convolution.Sizes) },
            ScatterAdd scatter => scatter with { Target = All(scatter.Target) },
            ScatterOnto onto => onto with { Scatter = (ScatterAdd)Replace(onto.Scatter, replace) },
            NonZero nonZero => nonZero with { Count = replace(nonZero.Count) },
            LastWriter writer => writer with { Length = replace(writer.Length) },
            Iota iota => iota with { Target = All(iota.Target) },
            RandomVariate variate => variate with { Target = All(variate.Target) },
            RandomBits bits => bits with { Target = All(bits.Target) },
            PlainFunction function => function with { Target = All(function.Target) },
            DimValue value => value with { Dim = replace(value.Dim) },
            Branch branch => new Branch(branch.Then.WithSizes(replace), branch.Else.WithSizes(replace)),
            Scan scan => scan with { Length = replace(scan.Length), Body = scan.Body.WithSizes(replace) },
            _ => op,
        };

        Shape All(Shape shape) => Shape.Of(shape.Select(replace));
        EquatableArray<Dim> Each(EquatableArray<Dim> dims) => dims.Select(replace).ToEquatable();
    }
}
