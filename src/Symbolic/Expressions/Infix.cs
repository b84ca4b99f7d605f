namespace DeepSym;

/// <summary>
/// Expressions as mathematics writes them: operators between their operands, no more brackets than needed, and without what broadcasting inserts.
/// Parts that occur more than once are written once, below.
/// </summary>
static class Infix
{
    const int MaxShared = 16;    // characters: what is shorter is written again
    const int MaxLine = 160;

    enum Binding { Loosest, Comparison, Sum, Product, Sign, Power, Tightest }

    /// <summary>The whole expression: one line, then a line <c>where a = …</c> for each part that is used again.</summary>
    public static string Print(Expr expr)
    {
        var order = Traversal.Topological(expr).ToList();
        var uses = order.SelectMany(node => node.Inputs).CountBy(input => input).ToDictionary();
        var (texts, lines) = (new Dictionary<Expr, (string Text, Binding Binding)>(), new List<string>());
        foreach (var node in order)
        {
            var (text, binding) = Write(node, input => texts[input]);
            if (node is Apply && node != expr && !IsUnseen(node) && (node.Name is not null || uses[node] > 1 && text.Length > MaxShared || text.Length > MaxLine))
            {
                var name = node.Name ?? $"%{lines.Count + 1}";
                lines.Add($"where {name} = {text}");
                (text, binding) = (name, Binding.Tightest);
            }
            texts[node] = (text, binding);
        }
        lines.Reverse();
        return string.Join('\n', [texts[expr].Text, .. lines]);
    }

    /// <summary>One line of at most about <paramref name="length"/> characters: the name if there is one, or what lies near the root; the rest is <c>…</c>.</summary>
    public static string Short(Expr expr, int length = 100)
    {
        if (expr.Name is { Length: > 0 } name) return name;
        for (var depth = 6; ; depth--)
            if (Within(expr, depth) is var text && (text.Length <= length || depth == 1)) return text;
    }

    // What lies at most so many ops deep, those that are not written apart.
    static string Within(Expr root, int depth)
    {
        var order = new List<(Expr Node, int Depth)> { (root, depth) };
        var best = new Dictionary<Expr, int> { [root] = depth };
        for (var i = 0; i < order.Count; i++)
        {
            var (node, left) = order[i];
            if (left == 0 && !IsUnseen(node) || node != root && node.Name is not null) continue;
            foreach (var input in node.Inputs)
                if (best.GetValueOrDefault(input, -1) < left)
                {
                    best[input] = IsUnseen(node) ? left : left - 1;
                    order.Add((input, best[input]));
                }
        }
        var texts = new Dictionary<Expr, (string, Binding)>();
        foreach (var node in Traversal.Topological([root], node => IsWritten(node) ? node.Inputs.AsSpan() : []))
            texts[node] = IsWritten(node) || node.Op is null ? Write(node, input => texts[input]) : (node.Name ?? "…", Binding.Tightest);
        return texts[root].Item1;

        bool IsWritten(Expr node) => node == root || node.Name is null && (best.GetValueOrDefault(node) > 0 || IsUnseen(node));
    }

    // What the reader did not write, or does not miss.
    static bool IsUnseen(Expr node) => node.Op is BroadcastTo or StopGradient || node.Op is Reshape && node.Shape.Where(dim => !dim.IsOne).SequenceEqual(node.Inputs[0].Shape.Where(dim => !dim.IsOne));

    static (string, Binding) Write(Expr node, Func<Expr, (string Text, Binding Binding)> of)
    {
        if (IsUnseen(node)) return of(node.Inputs[0]);
        return node switch
        {
            Constant constant => (ExprPrinter.Literal(constant), constant.Value.Rank == 0 && constant.Value.Number(0).Real < 0 ? Binding.Sign : Binding.Tightest),
            Leaf leaf => (leaf.Name!, Binding.Tightest),
            { Op: DimValue size } => (size.Dim.ToString()!, Binding.Product),
            { Op: Map { Function.Name: "neg" }, Inputs: [var x] } => ("-" + In(x, Binding.Sign), Binding.Sign),
            { Op: Map { Function.Name: "invert" }, Inputs: [var x] } => ("~" + In(x, Binding.Sign), Binding.Sign),
            { Op: Map { Function: { Symbol: { } symbol } function }, Inputs: [var x, var y] } => Operator(symbol, function.IsCommutative, x, y),
            { Op: Slice slice } => ($"{In(node.Inputs[0], Binding.Tightest)}[{string.Join(", ", slice.Starts.Select((start, axis) => Range(slice, axis, node.Inputs[0].Shape[axis])))}]", Binding.Tightest),
            { Op: Gather { Position: 0 } gather } when gather.Axes.Select((axis, i) => axis == i).All(isSame => isSame) =>
                ($"{In(node.Inputs[0], Binding.Tightest)}[{List(node.Inputs.Skip(1))}]", Binding.Tightest),
            { Op: Reduce reduce, Inputs: [var x] } => Call(reduce.Name, List([x]) + (reduce.Axes.Count == x.Rank ? "" : $", axis {string.Join(" ", reduce.Axes)}")),
            { Op: Contract { Batch.Count: 0, Sum: [var pair] }, Inputs: [var x, var y] } when pair.Left == x.Rank - 1 && pair.Right == Math.Max(0, y.Rank - 2) => Call("dot", List(node.Inputs)),
            { Op: Transpose, Rank: 2, Inputs: [var x] } => ($"{In(x, Binding.Tightest)}.T", Binding.Tightest),
            { Op: Iota { Target.Rank: 1 } iota } => Call("arange", iota.Target[0].ToString()!),
            { Op: Project(var index), Inputs: [var x] } => ($"{In(x, Binding.Tightest)}.{index}", Binding.Tightest),
            { Op: TupleOp op } => Call(op.Name, List(node.Inputs)),
            _ => Call(node.Op!.ToString(), List(node.Inputs)),
        };

        string In(Expr x, Binding outside) => of(x) is var (text, binding) && binding < outside ? $"({text})" : of(x).Text;

        string List(IEnumerable<Expr> exprs) => string.Join(", ", exprs.Select(x => of(x).Text));

        (string, Binding) Operator(string symbol, bool isCommutative, Expr x, Expr y)
        {
            var own = symbol switch { "+" or "-" => Binding.Sum, "*" or "/" or "//" or "%" => Binding.Product, "**" => Binding.Power, "==" or "!=" or "<" or "<=" or ">" or ">=" => Binding.Comparison, _ => Binding.Loosest };
            var (left, right) = own switch { Binding.Power => (Binding.Tightest, own), Binding.Comparison or Binding.Loosest => (Binding.Sum, Binding.Sum), _ => (own, isCommutative ? own : own + 1) };
            return ($"{In(x, left)} {symbol} {In(y, right)}", own);
        }
    }

    static (string, Binding) Call(string name, string arguments) => ($"{name}({arguments})", Binding.Tightest);

    static string Range(Slice slice, int axis, Dim size)
    {
        var (start, length, step) = (slice.Starts[axis], slice.Lengths[axis], slice.Steps[axis]);
        if (step == 1 && start == Dim.Zero && length == size) return ":";
        if (step == 1) return $"{(start == Dim.Zero ? "" : start.ToString())}:{(start + length == size ? "" : (start + length).ToString())}";
        return step == -1 && start == size - 1 && length == size ? "::-1" : $"{start}::{step}, {length} of them";
    }
}
