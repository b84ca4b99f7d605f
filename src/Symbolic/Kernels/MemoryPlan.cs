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
    readonly Schedule _schedule;
    readonly Dictionary<Buffer, Region> _regionOf = [];
    readonly List<Region> _regions = [];
    readonly Dictionary<Buffer, int> _lastRead = [];
    readonly HashSet<Buffer> _kept;   // read after the last step
    readonly int _lastFailing;
    readonly bool _updatesInPlace, _lendsMemory;

    MemoryPlan(Schedule schedule, bool updatesInPlace, bool lendsMemory)
    {
        (_schedule, _updatesInPlace, _lendsMemory) = (schedule, updatesInPlace, lendsMemory);
        for (var i = 0; i < schedule.Steps.Length; i++)
            foreach (var read in schedule.Steps[i].Reads) _lastRead[read] = i;
        _kept = [.. schedule.Outputs.Select(o => o.Buffer), .. schedule.Updates.Select(u => u.Value.Buffer)];
        _lastFailing = Enumerable.Range(0, schedule.Steps.Length).Where(i => schedule.Steps[i].CanFail).DefaultIfEmpty(-1).Max();
    }

    /// <summary>The regions in the order of their first step.</summary>
    public IReadOnlyList<Region> Regions => _regions;

    /// <summary>The region of a computed buffer.</summary>
    public Region RegionOf(Buffer buffer) => _regionOf[buffer];

    /// <summary>
    /// The plan of steps that run one after the other. Without <paramref name="updatesInPlace"/> shared variables keep their old values to the end; without
    /// <paramref name="lendsMemory"/> a step leaves what it reads as it is.
    /// </summary>
    public static MemoryPlan Linear(Schedule schedule, bool updatesInPlace, bool lendsMemory = true)
    {
        var plan = new MemoryPlan(schedule, updatesInPlace, lendsMemory);
        for (var i = 0; i < schedule.Steps.Length; i++)
            foreach (var written in schedule.Steps[i].Writes)
                if (!plan._regionOf.ContainsKey(written)) plan._regionOf[written] = plan.Place(written, i);
        for (var k = 0; k < schedule.Outputs.Length; k++)
            if (plan._regionOf.TryGetValue(schedule.Outputs[k].Buffer, out var region) && region.IsInArena) region.Output = k;
        return plan;
    }

    Region Place(Buffer written, int step)
    {
        var shared = UpdatedInPlace(written, step);
        var region = shared is not null || !_lendsMemory ? null : _schedule.Steps[step].InPlace
            .Where(p => p.Written == written && _regionOf.ContainsKey(p.Read) && !_kept.Contains(p.Read))
            .Select(p => _regionOf[p.Read]).FirstOrDefault(r => r.Last == step && r.IsInArena && IsFree(r, written, step));
        if (region is null)
        {
            region = new Region { DType = written.DType, Length = written.Length, First = step, Shared = shared };
            _regions.Add(region);
        }
        region.Last = _kept.Contains(written) ? int.MaxValue : Math.Max(step, _lastRead.GetValueOrDefault(written, step));
        return region;
    }

    // Whether whatever else the step writes into the region may be overwritten too.
    bool IsFree(Region region, Buffer written, int step)
    {
        foreach (var other in _schedule.Steps[step].Writes)
            if (other != written && _regionOf.GetValueOrDefault(other) == region && !_schedule.Steps[step].InPlace.Contains((written, other))) return false;
        return true;
    }

    // The shared variable that the buffer updates, if it may be written there at once: nothing reads the old value later, and nothing can fail later.
    SharedVariable? UpdatedInPlace(Buffer written, int step)
    {
        foreach (var (variable, value) in _updatesInPlace ? _schedule.Updates : [])
        {
            if (value.Buffer != written || !variable.Shape.IsStatic || step < _lastFailing || step == _lastFailing && !_schedule.Steps[step].ChecksFirst || written.Length != variable.Shape.Length || written.DType != variable.DType) continue;
            var before = _schedule.Buffers.FirstOrDefault(b => b.Value == variable);
            if (before is null) return variable;
            if (_kept.Contains(before)) continue;
            var read = _lastRead.GetValueOrDefault(before, -1);
            if (read < step || read == step && _schedule.Steps[step].InPlace.Contains((written, before))) return variable;
        }
        return null;
    }
}
