using System.Collections.Immutable;

namespace DeepSym.Kernels;

/// <summary>Memory that buffers live in one after the other: a part of the arena, an output, or a shared variable.</summary>
sealed class Region
{
    /// <summary>The first step that writes it and the last that reads it.</summary>
    public int First { get; set; }

    public int Last { get; set; }

    public required DType DType { get; init; }

    public required Dim Length { get; init; }

    /// <summary>The number of the output whose memory it is, or -1.</summary>
    public int Output { get; set; } = -1;

    /// <summary>The shared variable whose memory it is.</summary>
    public SharedVariable? Shared { get; set; }

    public bool IsInArena => Output < 0 && Shared is null;
}

/// <summary>
/// Which buffers share memory. A dying buffer lends its memory to one that is written where it was read; an update is written straight into its
/// shared variable when nothing reads the old value later and nothing can fail later.
/// </summary>
sealed class MemoryPlan
{
    readonly Dictionary<Buffer, Region> _regionOf = [];

    MemoryPlan() { }

    /// <summary>The regions in the order of their first step.</summary>
    public required ImmutableArray<Region> Regions { get; init; }

    /// <summary>The region of a computed buffer.</summary>
    public Region RegionOf(Buffer buffer) => _regionOf[buffer];

    public static MemoryPlan Linear(Schedule schedule)
    {
        var lastRead = new Dictionary<Buffer, int>();
        for (var i = 0; i < schedule.Steps.Length; i++)
            foreach (var read in schedule.Steps[i].Reads) lastRead[read] = i;
        var kept = schedule.Outputs.Select(o => o.Buffer).Concat(schedule.Updates.Select(u => u.Value.Buffer)).ToHashSet();
        var regions = new List<Region>();
        var plan = new MemoryPlan { Regions = [] };
        for (var i = 0; i < schedule.Steps.Length; i++)
            foreach (var written in schedule.Steps[i].Writes)
            {
                if (plan._regionOf.ContainsKey(written)) continue;
                var lender = schedule.Steps[i].InPlace.Where(p => p.Written == written && p.Read.Kind == BufferKind.Computed && !kept.Contains(p.Read))
                    .Select(p => plan._regionOf[p.Read]).FirstOrDefault(r => r.Last == i);
                if (lender is null)
                {
                    lender = new Region { DType = written.DType, Length = written.Length, First = i };
                    regions.Add(lender);
                }
                lender.Last = kept.Contains(written) ? int.MaxValue : Math.Max(i, lastRead.GetValueOrDefault(written, i));
                plan._regionOf[written] = lender;
            }
        plan.PlaceUpdates(schedule, lastRead);
        for (var k = 0; k < schedule.Outputs.Length; k++)
            if (plan._regionOf.TryGetValue(schedule.Outputs[k].Buffer, out var region) && region.IsInArena) region.Output = k;
        var placed = new MemoryPlan { Regions = [.. regions] };
        foreach (var (buffer, region) in plan._regionOf) placed._regionOf[buffer] = region;
        return placed;
    }

    void PlaceUpdates(Schedule schedule, Dictionary<Buffer, int> lastRead)
    {
        var old = schedule.Buffers.Where(b => b.Kind == BufferKind.Shared).ToDictionary(b => (SharedVariable)b.Value!);
        var canFail = Enumerable.Range(0, schedule.Steps.Length).Where(i => schedule.Steps[i].CanFail).DefaultIfEmpty(-1).Max();
        foreach (var (variable, value) in schedule.Updates)
        {
            if (!_regionOf.TryGetValue(value.Buffer, out var region) || !region.IsInArena || !variable.Shape.IsStatic || region.First <= canFail) continue;
            if (region.Length != variable.Shape.Length || region.DType != variable.DType) continue;
            var reads = old.TryGetValue(variable, out var before) ? lastRead.GetValueOrDefault(before, -1) : -1;
            var isOutput = before is not null && schedule.Outputs.Any(o => o.Buffer == before) || schedule.Updates.Any(u => u.Value.Buffer == before && before is not null);
            if (isOutput) continue;
            var writer = Enumerable.Range(0, schedule.Steps.Length).First(i => schedule.Steps[i].Writes.Contains(value.Buffer));
            var inPlace = before is not null && reads == writer && region.First == writer && schedule.Steps[writer].InPlace.Contains((value.Buffer, before));
            if (reads < region.First || inPlace) region.Shared = variable;
        }
    }
}
