using System.Collections.Immutable;

namespace DeepSym.Kernels;

/// <summary>
/// Stored expressions that one kernel computes: they share outer axes, and each may have inner axes of its own (rows). One pass over the outer
/// axes computes them all, so that a row that one of them has just written is still in cache when the next reads it.
/// </summary>
sealed class FusionGroup
{
    // Elements that one thread computes in about the time that another kernel costs.
    const long FewElements = 4096;

    readonly List<Body> _members = [];
    readonly Func<Dim, Dim> _canonical;

    FusionGroup(Func<Dim, Dim> canonical, ImmutableArray<int> outer, bool isColumnar)
    {
        _canonical = canonical;
        Outer = outer;
        IsColumnar = isColumnar;
    }

    public IReadOnlyList<Body> Members => _members;

    /// <summary>The axes of the first member's space that are outer axes.</summary>
    public ImmutableArray<int> Outer { get; private set; }

    /// <summary>Whether vectors run along the last outer axis (pointwise kernels, reductions over leading axes); otherwise along inner axes.</summary>
    public bool IsColumnar { get; private set; }

    /// <summary>The sizes of the outer axes.</summary>
    public ImmutableArray<Dim> OuterDims => [.. Outer.Select(axis => _canonical(_members[0].Space[axis]))];

    public static FusionGroup Of(Body first, Func<Dim, Dim> canonical)
    {
        var rank = first.Space.Rank;
        ImmutableArray<int> outer = [.. Enumerable.Range(0, rank).Where(axis => !first.Reduced.Contains(axis))];
        var group = new FusionGroup(canonical, outer, first.Reduced.Count == 0 || PrefersColumns(first, outer));
        group._members.Add(first);
        return group;
    }

    // Rows when neighbours in memory are reduced, unless there are too few of them to fill a vector.
    static bool PrefersColumns(Body body, ImmutableArray<int> outer)
    {
        if (outer.All(axis => body.Space[axis].IsOne)) return false;
        var last = Enumerable.Range(0, body.Space.Rank).LastOrDefault(axis => !body.Space[axis].IsOne);
        return !body.Reduced.Contains(last) || body.Space[last] is { IsStatic: true, Constant: < 8 } && outer.Any(axis => body.Space[axis] is not { IsStatic: true, Constant: < 8 });
    }

    /// <summary>Takes the member in when it can be computed in the same pass, and says whether it did.</summary>
    public bool TryAdd(Body member)
    {
        if (_members.Count >= 12) return false;
        var own = OuterOf(member);
        if (own is null && _members.All(m => m.Reduced.Count == 0) && member.Reduced.Count > 0 && TryTurnIntoRows(member)) own = OuterOf(member);
        if (own is null || !Reads(member).All(read => IsAligned(member, own.Value, read)) || !KeepsThreadsBusy(member)) return false;
        _members.Add(member);
        return true;
    }

    // Without outer axes one thread runs all loops, except that reductions of one array are divided into blocks: what may be long then gets a kernel of its own.
    bool KeepsThreadsBusy(Body member)
    {
        if (IsColumnar || !OuterDims.All(dim => dim.IsOne)) return true;
        Body[] loops = [.. _members.Append(member).Where(m => !m.Space.Length.IsOne)];
        if (loops.All(m => m.Space.Length is { IsStatic: true, Constant: <= FewElements })) return true;
        return loops.All(m => m.Reduced.Count > 0 && m.Space.Select(_canonical).SequenceEqual(loops[0].Space.Select(_canonical))) && !loops.Any(m => Reads(m).Any());
    }

    /// <summary>Takes in all members of a later group, and says whether it did.</summary>
    public bool TryTake(FusionGroup later)
    {
        var before = (_members.Count, Outer, IsColumnar);
        if (later.Members.All(TryAdd)) return true;
        _members.RemoveRange(before.Count, _members.Count - before.Count);
        (Outer, IsColumnar) = (before.Outer, before.IsColumnar);
        return false;
    }

    /// <summary>The stored expressions and leaves that members read.</summary>
    public IEnumerable<Expr> Sources => _members.SelectMany(m => m.Sources).Distinct();

    /// <summary>Which axes of the member's space are the group's outer axes; null when they do not fit.</summary>
    public ImmutableArray<int>? OuterOf(Body member)
    {
        var dims = OuterDims;
        ImmutableArray<int> own = member.Reduced.Count > 0
            ? [.. Enumerable.Range(0, member.Space.Rank).Where(axis => !member.Reduced.Contains(axis))]
            : [.. Enumerable.Range(0, Math.Min(dims.Length, member.Space.Rank))];
        if (own.Length != dims.Length || !own.Select(axis => _canonical(member.Space[axis])).SequenceEqual(dims)) return null;
        if (member.Reduced.Count > 0 && IsColumnar != PrefersColumns(member, own)) return null;
        return IsColumnar && member.Reduced.Count == 0 && member.Space.Rank > dims.Length ? null : own;
    }

    // A pointwise group over rows that the new member reduces: the rows become inner loops.
    bool TryTurnIntoRows(Body member)
    {
        var rank = member.Space.Rank;
        var outer = Enumerable.Range(0, rank).Where(axis => !member.Reduced.Contains(axis)).ToImmutableArray();
        if (outer.Length == 0 || PrefersColumns(member, outer) || !outer.SequenceEqual(Enumerable.Range(0, outer.Length))) return false;
        if (!_members.All(m => m.Space.Select(_canonical).SequenceEqual(member.Space.Select(_canonical)))) return false;
        if (!_members.All(m => Reads(m).All(read => IsAligned(m, outer, read)))) return false;
        (Outer, IsColumnar) = (outer, false);
        return true;
    }

    IEnumerable<(BodyLoad Load, Body Source)> Reads(Body member) =>
        from load in member.Loads
        from source in _members
        where load.Source is not null && ReferenceEquals(Origin(load.Source), source.Root)
        select (load, source);

    /// <summary>The stored expression or leaf behind reshapes.</summary>
    public static Expr Origin(Expr expr)
    {
        while (Materialization.IsAlias(expr)) expr = expr.Inputs[0];
        return expr;
    }

    // Whether a load from another member reads only what the same index of the outer axes has computed.
    bool IsAligned(Body member, ImmutableArray<int> outer, (BodyLoad Load, Body Source) read)
    {
        var (load, source) = read;
        if (load.Guards.Count > 0 || load.Dynamic.Count > 0 || !ReferenceEquals(load.Source, source.Root)) return false;
        var sourceOuter = source.Reduced.Count > 0 ? [.. Enumerable.Range(0, Outer.Length)] : OuterOf(source);
        if (sourceOuter is null) return false;
        for (var i = 0; i < outer.Length; i++)
        {
            var expected = member.Space[outer[i]].IsOne ? AxisForm.Zero : AxisForm.Of(outer[i]);
            if (load.Index[sourceOuter.Value[i]] != expected) return false;
        }
        return true;
    }
}
