using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>What each buffer of a program is there for, by number: the same for every call and for every device.</summary>
sealed class BufferRoles
{
    public BufferRoles(CpuProgram program)
    {
        var (buffers, memory, schedule) = (program.Buffers, program.Memory, program.Schedule);
        var (inputs, written, computed, shared) = (new List<Role>(), new List<Role>(), new List<Role>(), new List<SharedRole>());
        var regions = memory.Regions.ToList();
        for (var i = 0; i < buffers.Length; i++)
        {
            if (buffers[i].Kind == BufferKind.Input) inputs.Add(new Role(i, buffers[i].Index));
            if (buffers[i].Kind == BufferKind.Shared) shared.Add(new SharedRole(i, (SharedVariable)buffers[i].Value!, IsWritten: false));
            if (buffers[i].Kind != BufferKind.Computed) continue;
            var region = memory.RegionOf(buffers[i]);
            if (region.Shared is not null) shared.Add(new SharedRole(i, region.Shared, IsWritten: true));
            if (region.Output >= 0) written.Add(new Role(i, region.Output));
            if (region.IsInArena) computed.Add(new Role(i, regions.IndexOf(region)));
        }
        (Inputs, Written, Computed, Shared) = ([.. inputs], [.. written], [.. computed], [.. shared]);
        Outputs = [.. schedule.Outputs.Select(o => new OutputRole(buffers.IndexOf(o.Buffer), o.Buffer.Kind != BufferKind.Computed))];
        Updates = [.. schedule.Updates.Select(u => new UpdateRole(buffers.IndexOf(u.Value.Buffer), u.Value.Buffer.Kind == BufferKind.Computed && memory.RegionOf(u.Value.Buffer).Shared == u.Variable))];
        Sizes = buffers.Length - 1;
    }

    /// <summary>Arguments: the number of each is that of its input.</summary>
    public Role[] Inputs { get; }

    /// <summary>Shared variables that are read, or updated in place.</summary>
    public SharedRole[] Shared { get; }

    /// <summary>What is computed straight into outputs, whose numbers they have.</summary>
    public Role[] Written { get; }

    /// <summary>Intermediate values, with the numbers of their regions.</summary>
    public Role[] Computed { get; }

    /// <summary>Where each output comes from; what is not computed is copied before anything is.</summary>
    public OutputRole[] Outputs { get; }

    /// <summary>Where each update comes from, and whether it is computed in place.</summary>
    public UpdateRole[] Updates { get; }

    /// <summary>The buffer of sizes that are values.</summary>
    public int Sizes { get; }

    public sealed record Role(int Buffer, int Number);

    public sealed record SharedRole(int Buffer, SharedVariable Variable, bool IsWritten);

    public sealed record OutputRole(int Buffer, bool IsEarly);

    public sealed record UpdateRole(int Buffer, bool IsInPlace);
}
