using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Arrays;

/// <summary>The module <c>np</c> and the methods of its arrays, as far as the golden cases call them.</summary>
internal static class Numpy
{
    /// <summary>Methods of an array: functions whose first argument is the array.</summary>
    public static readonly Module Methods = CreateMethods();

    public static Module Create()
    {
        var np = new Module("np")
        {
            ["pi"] = Math.PI,
            ["nan"] = double.NaN,
            ["inf"] = double.PositiveInfinity,
            ["newaxis"] = null,
            ["mgrid"] = new MeshGrid(),
            ["random"] = new Module("np.random"),
        };
        np.Add("array(x, dtype=None)", Convert);
        np.Add("asarray(x, dtype=None)", Convert);
        np.Add("zeros(shape, dtype='float64')", a => Filled(a, 0));
        np.Add("ones(shape, dtype='float64')", a => Filled(a, 1));
        np.Add("arange(a, b=None, step=1, dtype=None)", Arange);
        np.Add("prod(x, axis=None)", Product);
        np.Add("round(x, digits=0)", a => NdArray.From(a["x"]).Map(ElementType.Float64, v => Math.Round(v, (int)a.Whole("digits"))));
        foreach (var (name, function) in new (string, Func<double, double>)[]
            { ("sqrt", Math.Sqrt), ("exp", Math.Exp), ("log", Math.Log), ("sin", Math.Sin), ("cos", Math.Cos), ("tan", Math.Tan), ("tanh", Math.Tanh) })
            np.Add($"{name}(x)", a => Apply(a["x"], function));
        foreach (var type in Enum.GetValues<ElementType>())
            np.Add($"{type.NumpyName}(x)", a => NdArray.From(a["x"]).As(type));
        ((Module)np["random"]!).Add("RandomState(seed)", a => new object());
        return np;
    }

    static Module CreateMethods()
    {
        var methods = new Module("ndarray");
        methods.Add("copy(x)", a => Array(a).Copy());
        methods.Add("astype(x, dtype)", a => Array(a).As(ElementTypes.Parse(a.Text("dtype")!)).Copy());
        methods.Add("reshape(x, *shape)", a => Array(a).Reshape(Lengths(a.Items("shape") is [var only] ? only : a["shape"])).Copy());
        methods.Add("flatten(x)", a => Array(a).Reshape(-1).Copy());
        methods.Add("ravel(x)", a => Array(a).Reshape(-1).Copy());
        methods.Add("transpose(x)", a => Array(a).Transpose());
        methods.Add("dot(x, y)", a => Array(a).Dot(NdArray.From(a["y"])));
        methods.Add("sum(x, axis=None)", a => Array(a).Reduce(Summed(a), Axis(a), 0, (s, v) => s + v));
        methods.Add("prod(x, axis=None)", Product);
        methods.Add("max(x, axis=None)", a => Array(a).Reduce(Array(a).Type, Axis(a), double.NegativeInfinity, Math.Max));
        methods.Add("min(x, axis=None)", a => Array(a).Reduce(Array(a).Type, Axis(a), double.PositiveInfinity, Math.Min));
        methods.Add("mean(x, axis=None)", a =>
        {
            var sum = Array(a).Reduce(ElementType.Float64, Axis(a), 0, (s, v) => s + v);
            double count = Array(a).Data.Length / Math.Max(1, sum.Data.Length);
            return sum.Map(ElementType.Float64, v => v / count);
        });
        return methods;
    }

    static NdArray Array(BoundArguments a) => NdArray.From(a["x"]);

    static int? Axis(BoundArguments a) => a.Has("axis") ? (int)a.Whole("axis") : null;

    static ElementType Summed(BoundArguments a) => Array(a).Type.IsFloat ? Array(a).Type : ElementType.Int64;

    static NdArray Product(BoundArguments a) => Array(a).Reduce(Summed(a), Axis(a), 1, (p, v) => p * v);

    static int[] Lengths(object? shape) => Sequences.IsSequence(shape) ? [.. Sequences.Items(shape).Select(d => (int)Numbers.Whole(d))] : [(int)Numbers.Whole(shape)];

    static NdArray Convert(BoundArguments a)
    {
        var array = NdArray.From(a["x"]);
        return (a.Has("dtype") ? array.As(ElementTypes.Parse(a.Text("dtype")!)) : array).Copy();
    }

    static NdArray Filled(BoundArguments a, double value)
    {
        int[] shape = Lengths(a["shape"]);
        var data = new double[NdArray.Count(shape)];
        System.Array.Fill(data, value);
        return new NdArray(ElementTypes.Parse(a.Text("dtype")!), shape, data);
    }

    static NdArray Apply(object? x, Func<double, double> function)
    {
        var array = NdArray.From(x);
        return array.Map(array.Type.IsFloat ? array.Type : ElementType.Float64, function);
    }

    static NdArray Arange(BoundArguments a)
    {
        bool whole = new[] { "a", "b", "step" }.All(name => a[name] is null or long or IScalar { IsWhole: true });
        double start = a.Has("b") ? a.Number("a") : 0, stop = a.Has("b") ? a.Number("b") : a.Number("a"), step = a.Number("step");
        int count = (int)Math.Max(0, Math.Ceiling((stop - start) / step));
        var type = a.Has("dtype") ? ElementTypes.Parse(a.Text("dtype")!) : whole ? ElementType.Int64 : ElementType.Float64;
        return new NdArray(type, [count], [.. Enumerable.Range(0, count).Select(i => type.Round(start + (i * step)))]);
    }
}
