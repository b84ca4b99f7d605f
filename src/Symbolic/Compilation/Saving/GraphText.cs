using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace DeepSym.Compilation.Saving;

/// <summary>
/// A graph as text and back: its nodes in order, each an array that begins with what it is, expressions named by their numbers. Values of constants and
/// shared variables are written in base 64.
/// </summary>
static class GraphText
{
    const string Format = "deepsym.graph.1";

    /// <summary>The graph, the default values of its inputs, the names of its outputs and that of the function.</summary>
    public static JsonObject Write(Graph graph, ImmutableArray<Tensor?> defaults, ImmutableArray<string> outputNames, string name)
    {
        graph = graph.WithRoots(WithoutOverrides(graph.Roots));
        var numbers = new Dictionary<Expr, int>();
        var nodes = new JsonArray();
        var below = new Dictionary<Expr, ImmutableArray<Expr>>();
        foreach (var node in Traversal.Topological([.. graph.Inputs, .. graph.Updates.Select(u => u.Variable), .. graph.Roots], Known))
        {
            nodes.Add((JsonNode)WriteNode(node, expr => numbers[expr]));
            numbers[node] = numbers.Count;
        }
        return new JsonObject
        {
            ["format"] = Format,
            ["name"] = name,
            ["nodes"] = nodes,
            ["inputs"] = new JsonArray([.. graph.Inputs.Select(input => (JsonNode)numbers[input])]),
            ["defaults"] = new JsonArray([.. defaults.Select(value => value is null ? null : (JsonNode)WriteTensor(value))]),
            ["outputs"] = new JsonArray([.. graph.Outputs.Select(output => (JsonNode)numbers[output])]),
            ["outputNames"] = new JsonArray([.. outputNames.Select(output => (JsonNode)output)]),
            ["updates"] = new JsonArray([.. graph.Updates.Select(u => (JsonNode)new JsonArray(numbers[u.Variable], numbers[u.Value]))]),
        };

        ReadOnlySpan<Expr> Known(Expr node) => (below.TryGetValue(node, out var known) ? known : below[node] = Below(node)).AsSpan();
    }

    /// <summary>What <see cref="Write"/> wrote. Throws a <see cref="FormatException"/> or one of the JSON reader's where it is not that.</summary>
    public static (Graph Graph, ImmutableArray<Tensor?> Defaults, ImmutableArray<string> OutputNames, string Name) Read(JsonObject text)
    {
        if ((string?)text["format"] != Format) throw new FormatException($"Its format is '{text["format"]}', not '{Format}'.");
        var nodes = new List<Expr>();
        foreach (var node in text["nodes"]!.AsArray()) nodes.Add(ReadNode(node!.AsArray(), number => nodes[number]));
        var graph = new Graph(
            [.. text["inputs"]!.AsArray().Select(input => (Variable)nodes[(int)input!])],
            [.. text["outputs"]!.AsArray().Select(output => nodes[(int)output!])],
            [.. text["updates"]!.AsArray().Select(u => ((SharedVariable)nodes[(int)u![0]!], nodes[(int)u[1]!]))]);
        return (graph, [.. text["defaults"]!.AsArray().Select(value => value is null ? null : ReadTensor(value.AsArray()))], [.. text["outputNames"]!.AsArray().Select(output => (string)output!)], (string)text["name"]!);
    }

    // Everything that must be written before a node: inputs, what sizes are made of, the parts of bodies.
    static ImmutableArray<Expr> Below(Expr node)
    {
        var sizes = node is Leaf ? node.Shape : OpSizes.Of(node.Op);
        var inSizes = sizes.Where(dim => !dim.IsStatic).SelectMany(SizeValues.AtomsIn).Select(atom => atom switch
        {
            AxisDim(var leaf, _) => leaf,
            ValueDim(var value) => value,
            _ => null,
        }).OfType<Expr>().Where(expr => !ReferenceEquals(expr, node));
        var bodies = node.Op is TupleOp { Bodies: var all } ? all.SelectMany(body => body.Parameters.Concat(body.Results)) : [];
        return [.. node.Inputs, .. inSizes, .. bodies];
    }

    // Gradients are taken by now: what only they see is left out.
    static List<Expr> WithoutOverrides(IReadOnlyList<Expr> roots)
    {
        var kept = new Dictionary<Expr, Expr>();
        foreach (var node in Traversal.Topological(roots))
            kept[node] = node.Op is GradientOverride ? kept[node.Inputs[0]] : node is Leaf ? node : Traversal.WithInputs(node, node.Op!, input => kept[input]);
        return [.. roots.Select(root => kept[root])];
    }

    static JsonArray WriteNode(Expr node, Func<Expr, int> number) => node switch
    {
        Constant constant => ["constant", constant.IsWeak, WriteTensor(constant.Value)],
        SharedVariable shared => ["shared", shared.Name, WriteTensor(shared.GetValue()), Sizes(shared, number)],
        Variable { Place: var (height, index) } parameter => ["parameter", parameter.Name, parameter.DType.ToString(), Sizes(parameter, number), height, index],
        Variable variable => ["variable", variable.Name, variable.DType.ToString(), Sizes(variable, number)],
        _ => ["apply", OpCodec.Write(node.Op!, number), new JsonArray([.. node.Inputs.Select(input => (JsonNode)number(input))])],
    };

    // A size that is the leaf's own is null.
    static JsonArray Sizes(Leaf leaf, Func<Expr, int> number) =>
        [.. leaf.Shape.Select((dim, axis) => dim == Dim.Of(new AxisDim(leaf, axis)) ? null : DimCodec.Write(dim, number))];

    static Expr ReadNode(JsonArray text, Func<int, Expr> node)
    {
        switch ((string)text[0]!)
        {
            case "constant": return Interner.Constant(ReadTensor(text[2]!.AsArray()), (bool)text[1]!);
            case "shared": return new SharedVariable(ReadTensor(text[2]!.AsArray()), (string)text[1]!, Dims(text[3]!));
            case "variable": return new Variable((string)text[1]!, Enum.Parse<DType>((string)text[2]!), Dims(text[3]!));
            case "parameter": return Interner.Parameter(new ParameterPlace((int)text[4]!, (int)text[5]!), (string)text[1]!, new TensorType(Enum.Parse<DType>((string)text[2]!), Shape.Of(Dims(text[3]!).Select(dim => dim!))));
            case "apply": return OpCodec.Read(text[1]!.AsArray(), node).On([.. text[2]!.AsArray().Select(input => node((int)input!))]);
            case var other: throw new FormatException($"A node begins with '{other}'.");
        }

        Dim?[] Dims(JsonNode sizes) => [.. sizes.AsArray().Select(size => size is null ? null : DimCodec.Read(size, node))];
    }

    static JsonArray WriteTensor(Tensor tensor) => [tensor.DType.ToString(), new JsonArray([.. tensor.Shape.ToArray().Select(size => (JsonNode)size)]), Convert.ToBase64String(tensor.AsBytes())];

    static Tensor ReadTensor(JsonArray text)
    {
        var tensor = Tensor.Empty(Enum.Parse<DType>((string)text[0]!), [.. text[1]!.AsArray().Select(size => (int)size!)]);
        var bytes = Convert.FromBase64String((string)text[2]!);
        if (bytes.Length != tensor.Bytes) throw new FormatException($"A tensor {tensor.Describe()} has {bytes.Length} bytes.");
        bytes.CopyTo(tensor.AsBytes());
        return tensor;
    }
}
