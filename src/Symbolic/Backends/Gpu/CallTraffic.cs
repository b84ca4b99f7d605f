using DeepSym.Backends.Cpu;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>What goes to the device and comes from it with every call of a program. Results are put on their way as soon as they are computed.</summary>
sealed class CallTraffic
{
    readonly BufferRoles _roles;
    readonly string[] _names;
    readonly DeviceMemory[] _inputs, _outputs;
    readonly Upload[] _uploads;
    readonly Download[] _downloads;
    readonly int[] _readyAt;   // the number of the step that an output can be sent before
    readonly bool[] _isSent;

    public CallTraffic(GpuProgram program)
    {
        _roles = program.Host.Roles;
        var (inputs, outputs, steps) = (program.Host.Graph.Inputs, program.Host.Graph.Outputs, program.Host.Schedule.Steps);
        _names = [.. inputs.Select(input => $"input '{input.Name}'")];
        _inputs = [.. inputs.Select(_ => new DeviceMemory(program.Holding))];
        _outputs = [.. outputs.Select(_ => new DeviceMemory(program.Holding))];
        _uploads = [.. inputs.Select(_ => new Upload(program.Device))];
        _downloads = [.. outputs.Select(_ => new Download(program.Device))];
        _readyAt = [.. _roles.Outputs.Select(o => o.IsEarly ? 0 : 1 + Enumerable.Range(0, steps.Length).Last(i => steps[i].Writes.Contains(program.Host.Buffers[o.Buffer])))];
        _isSent = new bool[outputs.Length];
    }

    /// <summary>Whether results are on their way.</summary>
    public bool IsPending
    {
        get
        {
            foreach (var download in _downloads)
                if (download.IsPending) return true;
            return false;
        }
    }

    /// <summary>Sends the arguments, and gives results their memory.</summary>
    public void Begin(GpuArena arena, ReadOnlySpan<Tensor> inputs)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            arena.Inputs[i] = _inputs[i].View(inputs[i].Bytes, _names[i]);
            _uploads[i].Send(inputs[i], arena.Inputs[i]);
        }
        foreach (var (_, output) in _roles.Written) arena.Outputs[output] = _outputs[output].View(arena.Plan!.OutputBytes[output], "outputs");
        Array.Clear(_isSent);
    }

    /// <summary>Sends the results that no step from this one on changes.</summary>
    public void Send(GpuArena arena, int step)
    {
        for (var k = 0; k < _isSent.Length; k++)
        {
            if (_isSent[k] || _readyAt[k] > step) continue;
            _isSent[k] = true;
            _downloads[k].Send(arena.Views[_roles.Outputs[k].Buffer].SubView(0, arena.Plan!.OutputBytes[k]));
        }
    }

    /// <summary>Writes the results into tensors, once they have been waited for.</summary>
    public void Receive(ReadOnlySpan<Tensor?> outputs)
    {
        for (var k = 0; k < outputs.Length; k++) _downloads[k].Receive(outputs[k]!);
    }
}
