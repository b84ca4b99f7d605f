using System.Collections.Immutable;

namespace DeepSym.Kernels;

/// <summary>
/// The kernel of a <see cref="Fold"/>: zeroes the target, then adds every window's value at its place. The axes without windows run outside and in
/// parallel; inside, vectors run over neighbouring windows, so that their places are distinct. Windows that do not overlap are
/// written, not added; when they also cover the target, it needs no zeros.
/// </summary>
static class FoldKernel
{
    public static KernelStep Build(Body body, Func<Expr, Buffer> bufferOf, Func<Buffer, Expr, int> parameter, Func<Dim, Dim> canonical)
    {
        var fold = (Fold)body.Root.Op!;
        var (root, space) = (body.Root, body.Space);
        var windowed = fold.Windows.Axes;
        ImmutableArray<int> outer = [.. Enumerable.Range(0, root.Rank).Where(axis => !windowed.Contains(axis))];
        ImmutableArray<int> inner = [.. windowed.Order().SkipLast(1), .. Enumerable.Range(root.Rank, space.Rank - root.Rank), windowed.Max()];
        var extents = space.Select(canonical).ToList();
        var strides = SymbolicAccess.StridesOf(root.Shape, canonical);

        var terms = new SortedDictionary<int, Dim>();
        var forms = fold.Windows.Forms(root.Shape, space)!.Value;
        for (var axis = 0; axis < forms.Length; axis++)
            foreach (var (own, step) in forms[axis].Terms) terms[own] = terms.GetValueOrDefault(own, Dim.Zero) + strides[axis] * step;
        var target = new SymbolicAccess(bufferOf(root), Dim.Zero, terms.Where(t => !extents[t.Key].IsOne).Select(t => (t.Key, t.Value)).ToEquatable(), [], []);

        if (!extents.Any(extent => extent.IsOne)) extents.Add(Dim.One);
        var statements = NestBuilder.Loads(body, bufferOf, canonical, out var value);
        var loop = new SymbolicLoop(IsVector: true, new(inner), [.. statements, new SymbolicStore(target, value, root, IsSum: !AreApart(fold.Windows))]);
        return NestAssembler.Assemble([.. extents], outer, isColumnar: false, [loop], parameter, Cover(fold, space, canonical) ? [] : [bufferOf(root)]);
    }

    static bool AreApart(Windows windows) =>
        Enumerable.Range(0, windows.Axes.Count).All(i => windows.Strides[i] > (windows.Sizes[i] - 1) * windows.Dilations[i]);

    static bool Cover(Fold fold, Shape space, Func<Dim, Dim> canonical)
    {
        var (windows, target) = (fold.Windows, fold.Target);
        return AreApart(windows) && Enumerable.Range(0, windows.Axes.Count).All(i =>
            windows.Sizes[i] == windows.Strides[i] && canonical(space[windows.Axes[i]]) * windows.Sizes[i] == canonical(target[windows.Axes[i]]));
    }
}
