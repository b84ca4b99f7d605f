using System.Collections.Immutable;

namespace DeepSym;

/// <summary>The number of a parameter in its body, and how deep other bodies lie inside of that one.</summary>
readonly record struct ParameterPlace(int Height, int Index);

/// <summary>
/// A function inside of a graph, the body of a loop or of a branch: results as expressions of parameters and of nothing else. Sizes alone may belong to
/// the graph around it. Parameters are numbered, so that equal bodies are equal objects.
/// </summary>
/// <param name="Parameters">The variables.</param>
/// <param name="Results">The expressions of them.</param>
/// <param name="Height">How deep bodies lie inside of this one, itself included: parameters of different heights are different variables.</param>
public sealed record Lambda(EquatableArray<Variable> Parameters, EquatableArray<Expr> Results, int Height)
{
    /// <summary>
    /// Closes results over <paramref name="parameters"/>: whatever does not depend on them becomes a further parameter, and is returned as the argument for it.
    /// So everything that does not change within a loop is computed before it.
    /// </summary>
    internal static (Lambda Body, ImmutableArray<Expr> Captured) Close(IReadOnlyList<Variable> parameters, IReadOnlyList<Expr> results)
    {
        var depending = SizeValues.Depending(results, parameters);
        var captured = new List<Expr>();
        var known = new HashSet<Expr>();
        foreach (var node in depending.Where(node => node.Op is not null).Append(null))
            foreach (var input in node?.Inputs ?? [.. results])
                if (!depending.Contains(input) && Below(input) is { } outer && known.Add(outer)) captured.Add(outer);

        var height = 1 + Inner(results).Select(body => body.Height).DefaultIfEmpty(0).Max();
        var map = new Dictionary<Expr, Expr>();
        var own = new List<Variable>();
        foreach (var outer in parameters.Concat(captured))
        {
            var parameter = Interner.Parameter(new ParameterPlace(height, own.Count), NameOf(outer, own), outer.Type);
            own.Add(parameter);
            map[outer] = parameter;
        }
        return (new Lambda(own.ToEquatable(), Rebuild(results, map, depending).ToEquatable(), height), [.. captured]);
    }

    // The user's name, so that messages about the body have it; made unique.
    static string NameOf(Expr outer, List<Variable> others)
    {
        var name = outer.Name is { Length: > 0 } given ? given : $"v{others.Count}";
        while (others.Exists(other => other.Name == name)) name += "'";
        return name;
    }

    /// <summary>The results for arguments.</summary>
    internal Expr[] Apply(IReadOnlyList<Expr> arguments) => Replace(Results, Parameters.Zip(arguments).ToDictionary(p => (Expr)p.First, p => p.Second));

    /// <summary>Expressions with some of what is in them replaced, also in sizes that are values.</summary>
    internal static Expr[] Replace(IReadOnlyList<Expr> exprs, Dictionary<Expr, Expr> map) => Rebuild(exprs, map, SizeValues.Depending(exprs, map.Keys));

    /// <summary>The values that are sizes inside of the body only, because they depend on its parameters.</summary>
    internal IEnumerable<Expr> OwnSizes
    {
        get
        {
            var depending = SizeValues.Depending(Results, Parameters);
            return depending.SelectMany(node => SizeValues.Of(node.Op)).Where(depending.Contains).Distinct();
        }
    }

    /// <summary>The body with other sizes from outside.</summary>
    internal Lambda WithSizes(Func<Dim, Dim> replace)
    {
        var depending = SizeValues.Depending(Results, Parameters);
        var map = new Dictionary<Expr, Expr>();
        foreach (var parameter in Parameters)
            map[parameter] = Interner.Parameter(parameter.Place!.Value, parameter.Name, parameter.Type with { Shape = Shape.Of(parameter.Shape.Select(replace)) });
        var results = Rebuild(Results, map, depending, replace);
        return new Lambda(Parameters.Select(p => (Variable)map[p]).ToEquatable(), results.ToEquatable(), Height);
    }

    // Sizes that are values of replaced expressions follow them; other sizes from outside stay, or are replaced.
    static Expr[] Rebuild(IReadOnlyList<Expr> roots, Dictionary<Expr, Expr> map, HashSet<Expr> depending, Func<Dim, Dim>? replace = null)
    {
        return [.. Traversal.Rebuild(roots, map.GetValueOrDefault, op => OpSizes.Replace(op, Renamed))];

        Dim Renamed(Dim dim) => IsOwn(dim)
            ? SizeValues.Replace(dim, atom => atom is ValueDim(var value) && depending.Contains(value) ? Dims.Of(Rebuild([value], map, depending, replace)[0]) : Outer(Dim.Of(atom)))
            : Outer(dim);

        bool IsOwn(Dim dim) => !dim.IsStatic && SizeValues.AtomsIn(dim).Any(atom => atom is ValueDim(var value) && depending.Contains(value));
        Dim Outer(Dim dim) => replace?.Invoke(dim) ?? dim;
    }

    // What is worth passing in: views are taken inside, and numbers and indices are made there.
    static Expr? Below(Expr expr)
    {
        while (expr.Op is ViewOp) expr = expr.Inputs[0];
        return expr is Constant { Rank: 0 } or { Op: Iota or DimValue } ? null : expr;
    }

    static IEnumerable<Lambda> Inner(IEnumerable<Expr> results)
    {
        var seen = new HashSet<Expr>();
        var pending = new Queue<Expr>(results);
        while (pending.TryDequeue(out var root))
            foreach (var node in Traversal.Topological([root]))
            {
                if (!seen.Add(node)) continue;
                foreach (var body in (node.Op as TupleOp)?.Bodies ?? []) yield return body;
                foreach (var value in SizeValues.Of(node.Op)) pending.Enqueue(value);
            }
    }

    /// <summary>The parameters, and the results as text.</summary>
    public override string ToString()
    {
        var lines = ExprPrinter.Lines(Results, out var texts);
        return $"{string.Join(" ", Parameters.Select(p => $"{p.Name}: {p.Type}"))} => {string.Concat(lines.Select(line => line + "; "))}{string.Join(", ", Results.Select(r => texts[r]))}";
    }
}
