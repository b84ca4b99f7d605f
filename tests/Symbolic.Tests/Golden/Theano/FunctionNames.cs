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
        theano.Add("shared(value, name='shared')", a => Execution.Share(NdArray.From(a["value"]), a.Text("name")!));
        theano.Add("function(inputs, outputs=(), updates=(), givens=(), no_default_updates=False, allow_input_downcast=False, on_unused_input=None)",
            a => execution.Compile(a));
        theano.Add("In(variable, value=None, update=None, name=None)",
            a => new FunctionInput((Variable)a["variable"]!, a.Has("value") ? NdArray.From(a["value"]) : null, a.Has("update") ? a.Expr("update") : null, a.Text("name")));
        modules.Tensor.Add("eval(x, values)", a => execution.Evaluate(a.Expr("x"), (Dictionary<object, object?>)a["values"]!));
        foreach (string name in new[] { "shared", "function", "In" })
            globals[name] = theano[name];
    }
}

/// <summary>Theano's <c>In</c>: an input with a default value, and with an update the owner of a state of its own.</summary>
internal sealed record FunctionInput(Variable Variable, NdArray? Value = null, Expr? Update = null, string? Name = null);
