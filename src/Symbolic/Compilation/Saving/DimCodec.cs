using System.Text.Json.Nodes;

namespace DeepSym.Compilation.Saving;

/// <summary>Sizes as text and back: an integer, or a sum of products of atoms.</summary>
static class DimCodec
{
    /// <summary>The size as text; <paramref name="number"/> gives the number of an expression.</summary>
    public static JsonNode Write(Dim dim, Func<Expr, int> number)
    {
        if (dim.IsStatic) return dim.Constant;
        var sum = new JsonArray(dim.Constant);
        foreach (var (atoms, coefficient) in dim.Products) sum.Add((JsonNode)new JsonArray([coefficient, .. atoms.Select(atom => Write(atom, number))]));
        return sum;
    }

    /// <summary>The size that <see cref="Write(Dim, Func{Expr, int})"/> wrote; <paramref name="node"/> gives the expression of a number.</summary>
    public static Dim Read(JsonNode text, Func<int, Expr> node)
    {
        if (text is JsonValue) return (long)text;
        var terms = text.AsArray();
        return terms.Skip(1).Select(term => term!.AsArray()).Aggregate((Dim)(long)terms[0]!, (sum, term) =>
            sum + term.Skip(1).Aggregate((Dim)(long)term[0]!, (product, atom) => product * ReadAtom(atom!.AsArray(), node)));
    }

    static JsonArray Write(DimAtom atom, Func<Expr, int> number) => atom switch
    {
        NamedDim(var name) => ["name", name],
        AxisDim(var leaf, var axis) => ["axis", number(leaf), axis],
        ValueDim(var value) => ["value", number(value)],
        DimFunction(var kind, var left, var right) => [kind.ToString(), Write(left, number), Write(right, number)],
        _ => throw new CompileException($"The size {atom} cannot be saved."),
    };

    static Dim ReadAtom(JsonArray atom, Func<int, Expr> node)
    {
        switch ((string)atom[0]!)
        {
            case "name": return Dim.Named((string)atom[1]!);
            case "axis": return Dim.Of(new AxisDim((Leaf)node((int)atom[1]!), (int)atom[2]!));
            case "value": return Dim.Of(new ValueDim(node((int)atom[1]!)));
        }
        var (left, right) = (Read(atom[1]!, node), Read(atom[2]!, node));
        return Enum.Parse<DimFunctionKind>((string)atom[0]!) switch
        {
            DimFunctionKind.FloorDivide => left / right,
            DimFunctionKind.Min => Dim.Min(left, right),
            _ => Dim.Max(left, right),
        };
    }
}
