using System.Collections.Immutable;

namespace DeepSym.Kernels;

/// <summary>
/// The kernel of a <see cref="Fold"/>: zeroes the target, then adds every window's value at its place. The axes without windows run outside and in
/// parallel; inside, vectors run over neighbouring windows, so that their places are distinct. Windows that do not overlap are
/// written, not added; when they also cover the target, it needs no zeros. Windows that halve the last axis are written as pairs.
/// </summary>
static class FoldKernel
{
    public static KernelStep Build(Body body, Func<Expr, Buffer> bufferOf, Func<Buffer, Expr, int> parameter, Func<Dim, Dim> canonical)
    {
        var fold = (Fold)body.Root.Op!;
        var (root, space) = (body.Root, body.Space);
        var windowed = fold.Windows.Axes;
        ImmutableArray<int> outer = [.. Enumerable.Range(0, root.Rank).Where(axis => !windowed.Contains(axis))];
        int? paired = Pairs(fold, body);
        ImmutableArray<int> inner = [.. windowed.Order().SkipLast(1), .. Enumerable.Range(root.Rank, space.Rank - root.Rank).Where(axis => axis != paired), windowed.Max()];
        var extents = space.Select(canonical).ToList();
        var strides = SymbolicAccess.StridesOf(root.Shape, canonical);

        var terms = new List<SymbolicTerm>();
        var forms = fold.Windows.Forms(root.Shape, space)!.Value;
        for (var axis = 0; axis < forms.Length; axis++)
            foreach (var (own, step) in forms[axis].Terms) terms.Add(new SymbolicTerm(own, strides[axis] * step));
        var target = new SymbolicAccess(bufferOf(root), Dim.Zero, NestBuilder.Ordered(terms.Where(t => !extents[t.Axis].IsOne && t.Axis != paired)), [], []);

        if (!extents.Any(extent => extent.IsOne)) extents.Add(Dim.One);
        Body[] bodies = paired is { } pair ? [At(body, pair, 0), At(body, pair, 1)] : [body];
        var loads = NestBuilder.Loads(bodies, bufferOf, canonical, out var values);
        var stores = values.Select((value, i) => new SymbolicStore(target with { Offset = i }, value, root, AreApart(fold.Windows) ? StoreMode.Set : StoreMode.Add));
        var loop = new SymbolicLoop(IsVector: true, new(inner), [.. loads, .. stores]);
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

    // The axis of the places within windows that halve the last axis of the target.
    static int? Pairs(Fold fold, Body body)
    {
        var (windows, rank) = (fold.Windows, fold.Target.Rank);
        for (var i = 0; i < windows.Axes.Count; i++)
            if (windows.Axes[i] == rank - 1 && (windows.Sizes[i], windows.Strides[i], windows.Dilations[i]) is (2, 2, 1) && body.Loads.All(load => load.Source is not null)) return rank + i;
        return null;
    }

    // The body at one index of an axis.
    static Body At(Body body, int axis, int index) => body with
    {
        Loads = [.. body.Loads.Select(load => load with
        {
            Index = load.Index.Select(form => At(form, axis, index)).ToEquatable(),
            Guards = load.Guards.Select(guard => guard with { Form = At(guard.Form, axis, index) }).ToEquatable(),
        })],
    };

    static AxisForm At(AxisForm form, int axis, int index) => form with
    {
        Offset = form.Offset + form.Terms.Where(term => term.Axis == axis).Sum(term => term.Stride) * index,
        Terms = form.Terms.Where(term => term.Axis != axis).ToEquatable(),
    };
}
