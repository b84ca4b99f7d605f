using DeepSym.Tests.Golden.Arrays;
using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Symbols, shared variables and <c>theano.function</c>.</summary>
internal static class FunctionNames
{
    static readonly (string Prefix, DType Type)[] Types =
        [("f", DType.Float32), ("d", DType.Float64), ("i", DType.Int32), ("l", DType.Int64), ("", DType.Float64)];

    // The sizes known beforehand: a row and a column broadcast along the axis of size 1.
    static readonly (string Name, string Plural, Dim?[] Sizes)[] Kinds =
    [
        ("scalar", "scalars", []), ("vector", "vectors", [null]), ("matrix", "matrices", [null, null]), ("row", "rows", [1, null]), ("col", "cols", [null, 1]),
        ("tensor3", "tensor3s", [null, null, null]), ("tensor4", "tensor4s", [null, null, null, null]),
    ];

    public static void AddTo(TheanoModules modules, Scope globals, Execution execution)
    {
        foreach (var (prefix, type) in Types)
            foreach (var (kind, plural, sizes) in Kinds)
            {
                modules.Tensor.Add($"{prefix}{kind}(name='{prefix}{kind}')", a => T.Variable(a.Text("name")!, type, sizes));
                modules.Tensor.Add($"{prefix}{plural}(*names)", a => a.Items("names").Select(name => T.Variable((string)name!, type, sizes)).ToArray<object?>());
            }

        var theano = modules.Theano;
        theano.Add("shared(value, name='shared', borrow=False)", a => Execution.Share(NdArray.From(a["value"]), a.Text("name")!));
        theano.Add("function(inputs, outputs=(), updates=(), givens=(), no_default_updates=False, allow_input_downcast=False, on_unused_input=None)",
            a => execution.Compile(a));
        theano.Add("In(variable, value=None, update=None, name=None)",
            a => new FunctionInput((Variable)a["variable"]!, a.Has("value") ? NdArray.From(a["value"]) : null, a.Has("update") ? a.Expr("update") : null, a.Text("name")));
        theano.Add("clone(output, replace)", a => T.Substitute(a.Expr("output"), [.. Execution.Pairs(a["replace"]).Select(p => ((Expr)p.Key!, Symbolic.From(p.Value)))]));
        theano.Add("OpFromGraph(inputs, outputs, inline=False, lop_overrides='default')", GraphFunction);
        modules["shared_randomstreams"].Add("RandomStreams(seed=0)", a => RandomNames.Stream(new RandomStream(a.Whole("seed")), execution));
        modules.Tensor.Add("tensor(dtype, broadcastable, name='tensor')", Tensor);
        modules.Tensor.Add("TensorType(dtype, broadcastable)", type => new NativeFunction("type(name='tensor')", name =>
            T.Variable(name.Text("name")!, type.DType()!.Value, Sizes(type))));
        modules["opt"].Add("Assert(msg='Theano Assert failed!')", assertion => new NativeFunction("assert(x, *conditions)", a =>
            a.Exprs("conditions").Aggregate(a.Expr("x"), (x, condition) => T.Assert(x, condition, assertion.Text("msg")!))));
        modules.Tensor.Add("eval(x, values)", a => execution.Evaluate(a.Expr("x"), (Dictionary<object, object?>)a["values"]!));
        foreach (string name in new[] { "shared", "function", "In" })
            globals[name] = theano[name];
    }

    static Variable Tensor(BoundArguments a) => T.Variable(a.Text("name")!, a.DType()!.Value, Sizes(a));

    static Dim?[] Sizes(BoundArguments a) => [.. a.Items("broadcastable").Select(known => known is true ? Dim.One : null)];

    static NativeFunction GraphFunction(BoundArguments a)
    {
        var function = new GraphFunction([.. a.Items("inputs").Select(i => (Variable)i!)], a.Exprs("outputs"))
        {
            Gradient = a["lop_overrides"] is ICallable lop
                ? (inputs, outputs, cotangents) => [.. Sequences.Items(Evaluator.Call(lop, Arguments.Of(Items(inputs), Items(outputs), Items(cotangents)))).Select(g => g is null ? null : Symbolic.From(g))]
                : null,
        };
        return new NativeFunction("op(*inputs)", call => function.Apply(call.Exprs("inputs")) is [var only] ? only : function.Apply(call.Exprs("inputs")).ToList<object?>());

        static List<object?> Items(IReadOnlyList<Expr> exprs) => [.. exprs];
    }
}

/// <summary>Theano's <c>In</c>: an input with a default value, and with an update the owner of a state of its own.</summary>
internal sealed record FunctionInput(Variable Variable, NdArray? Value = null, Expr? Update = null, string? Name = null);
