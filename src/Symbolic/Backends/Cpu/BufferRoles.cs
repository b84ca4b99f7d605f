using System.Collections.Immutable;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>What each buffer of a program is there for, by number: the same for every call and for every device.</summary>
sealed class BufferRoles
{
    public BufferRoles(CpuProgram program)
    {
        var (buffers, memory, schedule) = (program.Buffers, program.Memory, program.Schedule);
        var regions = memory.Regions.ToList();
        var all = Enumerable.Range(0, buffers.Length).ToArray();
        var computed = all.Where(i => buffers[i].Kind == BufferKind.Computed).Select(i => (Buffer: i, Region: memory.RegionOf(buffers[i]))).ToArray();
        Inputs = [.. all.Where(i => buffers[i].Kind == BufferKind.Input).Select(i => (i, buffers[i].Index))];
        Shared = [.. all.Where(i => buffers[i].Kind == BufferKind.Shared).Select(i => (i, (SharedVariable)buffers[i].Value!, false)), .. computed.Where(c => c.Region.Shared is not null).Select(c => (c.Buffer, c.Region.Shared!, true))];
        Written = [.. computed.Where(c => c.Region.Output >= 0).Select(c => (c.Buffer, c.Region.Output))];
        Computed = [.. computed.Where(c => c.Region.IsInArena).Select(c => (c.Buffer, regions.IndexOf(c.Region)))];
        Outputs = [.. schedule.Outputs.Select(o => (buffers.IndexOf(o.Buffer), o.Buffer.Kind != BufferKind.Computed))];
        Updates = [.. schedule.Updates.Select(u => (buffers.IndexOf(u.Value.Buffer), u.Value.Buffer.Kind == BufferKind.Computed && memory.RegionOf(u.Value.Buffer).Shared == u.Variable))];
        Sizes = buffers.Length - 1;
    }

    /// <summary>Arguments.</summary>
    public ImmutableArray<(int Buffer, int Input)> Inputs { get; }

    /// <summary>Shared variables that are read, or updated in place.</summary>
    public ImmutableArray<(int Buffer, SharedVariable Variable, bool IsWritten)> Shared { get; }

    /// <summary>What is computed straight into outputs.</summary>
    public ImmutableArray<(int Buffer, int Output)> Written { get; }

    /// <summary>Intermediate values, and their regions.</summary>
    public ImmutableArray<(int Buffer, int Region)> Computed { get; }

    /// <summary>Where each output comes from; what is not computed is copied before anything is.</summary>
    public ImmutableArray<(int Buffer, bool IsEarly)> Outputs { get; }

    /// <summary>Where each update comes from, and whether it is computed in place.</summary>
    public ImmutableArray<(int Buffer, bool IsInPlace)> Updates { get; }

    /// <summary>The buffer of sizes that are values.</summary>
    public int Sizes { get; }
}
