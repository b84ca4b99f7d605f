namespace DeepSym.Tests.Golden.Python;

/// <summary>Python's own functions, as far as the golden cases call them.</summary>
internal static class Builtins
{
    public static void AddTo(Evaluator evaluator)
    {
        void Add(string signature, Func<BoundArguments, object?> meaning)
        {
            var function = new NativeFunction(signature, meaning);
            evaluator.Scope[function.Name] = function;
        }
        Func<object?, IReadOnlyList<object?>> items = evaluator.Items;

        evaluator.Scope["nan"] = double.NaN;
        evaluator.Scope["inf"] = double.PositiveInfinity;
        Add("abs(x)", a => evaluator.Unary("abs", a["x"]));
        Add("len(x)", a => (long)items(a["x"]).Count);
        Add("range(a, b=None, step=1)", Range);
        Add("list(x=())", a => items(a["x"]).ToList());
        Add("tuple(x=())", a => items(a["x"]).ToArray());
        Add("dict(pairs=(), **named)", a => Dict(items(a["pairs"]), (Dictionary<object, object?>)a["named"]!));
        Add("OrderedDict(pairs=(), **named)", a => Dict(a["pairs"] is Dictionary<object, object?> d ? Pairs(d) : items(a["pairs"]), (Dictionary<object, object?>)a["named"]!));
        Add("zip(*lists)", a => Zip([.. a.Items("lists").Select(items)]));
        Add("enumerate(x)", a => items(a["x"]).Select((item, i) => (object?)new object?[] { (long)i, item }).ToList());
        Add("reversed(x)", a => items(a["x"]).Reverse().ToList());
        Add("sum(x, start=0)", a => items(a["x"]).Aggregate(a["start"], (total, item) => evaluator.Binary("+", total, item)));
        Add("min(*x)", a => Pick(a, "<"));
        Add("max(*x)", a => Pick(a, ">"));
        Add("float(x)", a => a["x"] is "nan" ? double.NaN : a["x"] is "inf" ? double.PositiveInfinity : a.Number("x"));
        Add("int(x)", a => (long)a.Number("x"));
        Add("bool(x)", a => evaluator.Truth(a["x"]));
        Add("slice(start, stop=None, step=None)", a => a.Has("stop") ? new PythonSlice(a["start"], a["stop"], a["step"]) : new PythonSlice(null, a["start"], null));
        Add("getattr(x, name)", a => evaluator.Attribute(a["x"], a.Text("name")!));
        Add("map(function, x)", a => items(a["x"]).Select(item => a.Function("function").Call(Arguments.Of(item))).ToList());

        object? Pick(BoundArguments a, string symbol)
        {
            var candidates = a.Items("x") is [var only] ? items(only) : a.Items("x");
            return candidates.Aggregate((best, item) => evaluator.Truth(evaluator.Binary(symbol, item, best)) ? item : best);
        }
    }

    static List<object?> Range(BoundArguments a)
    {
        long start = a.Has("b") ? a.Whole("a") : 0, stop = a.Has("b") ? a.Whole("b") : a.Whole("a"), step = a.Whole("step");
        var values = new List<object?>();
        for (long i = start; step > 0 ? i < stop : i > stop; i += step)
            values.Add(i);
        return values;
    }

    static List<object?> Pairs(Dictionary<object, object?> dict) => [.. dict.Select(p => new object?[] { p.Key, p.Value })];

    static Dictionary<object, object?> Dict(IReadOnlyList<object?> pairs, Dictionary<object, object?> named)
    {
        var dict = pairs.Select(Sequences.Items).ToDictionary(p => p[0]!, p => p[1]);
        foreach (var (key, value) in named)
            dict[key] = value;
        return dict;
    }

    static List<object?> Zip(IReadOnlyList<object?>[] lists) =>
        [.. Enumerable.Range(0, lists.Length == 0 ? 0 : lists.Min(l => l.Count)).Select(i => lists.Select(l => l[i]).ToArray())];
}
