using System.Collections.Immutable;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>Everything about a program that depends on sizes: worked out once for each signature.</summary>
sealed class CpuPlan
{
    public CpuPlan(CpuProgram program, long[] signature, DimBinding binding)
    {
        (Signature, Binding) = (signature, binding);
        var schedule = program.Schedule;
        OutputShapes = [.. program.Graph.Outputs.Select(o => binding.Evaluate(o.Shape))];
        OutputBytes = [.. OutputShapes.Select((shape, i) => shape.Aggregate(1L, (product, size) => product * size) * program.Graph.Outputs[i].DType.Size())];
        UpdateShapes = [.. program.Graph.Updates.Select(u => binding.Evaluate(u.Value.Shape))];
        for (var i = 0; i < UpdateShapes.Length; i++)
        {
            var variable = program.Graph.Updates[i].Variable;
            for (var axis = 0; axis < variable.Rank; axis++)
                if (variable.Shape[axis].IsStatic && variable.Shape[axis].Constant != UpdateShapes[i][axis])
                    throw new ShapeException($"The update of shared variable '{variable.Name}' ({variable.Type}) has size {UpdateShapes[i][axis]} along axis {axis}. Give T.Shared free dimensions (null) where the size may change.");
        }
        Steps = [.. program.Steps.Select(step => step.Plan(binding))];
        SizeValues = [.. schedule.Sizes.Values.Select(binding.Evaluate)];
        (Offsets, ArenaBytes) = Place(program.Memory, binding);
        _bytes = program.Buffers.Distinct().ToDictionary(b => b, b => binding.Evaluate(b.Length) * b.DType.Size());
        StepBytes = program.Times is null ? [] : [.. schedule.Steps.Select(step => step.Reads.Concat(step.Writes).Distinct().Sum(b => _bytes[b]))];
    }

    readonly Dictionary<Kernels.Buffer, long> _bytes;

    public long[] Signature { get; }

    /// <summary>The value of every size.</summary>
    public DimBinding Binding { get; }

    /// <summary>For a body: the surroundings whose sizes it uses.</summary>
    public DimBinding? Outer { get; init; }

    /// <summary>The bytes of a buffer.</summary>
    public long Bytes(Kernels.Buffer buffer) => _bytes[buffer];

    public ImmutableArray<int[]> OutputShapes { get; }

    public ImmutableArray<long> OutputBytes { get; }

    public ImmutableArray<int[]> UpdateShapes { get; }

    public ImmutableArray<StepPlan> Steps { get; }

    public ImmutableArray<long> SizeValues { get; }

    /// <summary>How many bytes each step reads and writes, each buffer once; empty unless steps are timed.</summary>
    public ImmutableArray<long> StepBytes { get; }

    /// <summary>Where each region begins in the arena; -1 for those elsewhere.</summary>
    public ImmutableArray<long> Offsets { get; }

    public long ArenaBytes { get; }

    /// <summary>All sizes that a schedule needs.</summary>
    public static IEnumerable<Dim> Dims(Schedule schedule, IEnumerable<Guard> guards) =>
        schedule.Steps.OfType<KernelStep>().Concat(schedule.Steps.OfType<LibraryStep>().Select(l => l.Epilogue).OfType<KernelStep>()).SelectMany(k => k.Sizes.Append(k.Extent))
            .Concat(schedule.Steps.OfType<LibraryStep>().SelectMany(l => l.Inputs.Append(l.Output).SelectMany(o => o.Shape)))
            .Concat(schedule.Steps.OfType<LoopStep>().SelectMany(s => OpSizes.Of(s.Scan).Concat(s.Rows.Select(r => r.Start))))
            .Concat(schedule.Steps.OfType<BranchStep>().SelectMany(s => OpSizes.Of(s.Branch)))
            .Concat(schedule.Outputs.SelectMany(o => o.Shape))
            .Concat(schedule.Buffers.Select(b => b.Length))
            .Concat(schedule.Sizes.Values)
            .Concat(guards.SelectMany(g => new[] { g.Left, g.Right }));

    // Linear scan: each region takes the first gap between those that live at the same time.
    static (ImmutableArray<long>, long) Place(MemoryPlan memory, DimBinding binding)
    {
        var offsets = new long[memory.Regions.Count];
        var live = new List<(long Begin, long End, int Last)>();
        var top = 0L;
        for (var i = 0; i < offsets.Length; i++)
        {
            var region = memory.Regions[i];
            offsets[i] = -1;
            if (!region.IsInArena) continue;
            live.RemoveAll(l => l.Last < region.First);
            var size = (binding.Evaluate(region.Length) * region.DType.Size() + Storage.Alignment - 1) / Storage.Alignment * Storage.Alignment;
            var begin = 0L;
            foreach (var other in live.OrderBy(l => l.Begin))
            {
                if (begin + size <= other.Begin) break;
                begin = Math.Max(begin, other.End);
            }
            live.Add((begin, begin + size, region.Last));
            offsets[i] = begin;
            top = Math.Max(top, begin + size);
        }
        return ([.. offsets], top);
    }
}
