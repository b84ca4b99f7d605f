using System.Collections.Immutable;
using DeepSym.Backends.Gpu;

namespace DeepSym;

/// <summary>A device of this machine that functions can run on: see <see cref="CompileOptions.Backend"/> and <see cref="CompileOptions.DeviceNumber"/>.</summary>
/// <param name="Backend">The backend that uses it.</param>
/// <param name="Number">Its number among the devices of that backend, from 0.</param>
/// <param name="Name">What its driver calls it.</param>
/// <param name="Memory">Its memory in bytes.</param>
public sealed record ComputeDevice(Backend Backend, int Number, string Name, long Memory)
{
    /// <summary>The devices of this machine; the simulation is one of them.</summary>
    public static ImmutableArray<ComputeDevice> All => Devices.List();

    /// <summary>Why no device of the backend can be used; null when one can.</summary>
    public static string? WhyNot(Backend backend) => backend is Backend.Cpu or Backend.Interpreter or Backend.Auto || Devices.Exist(backend) ? null : Devices.Reason(backend);
}
