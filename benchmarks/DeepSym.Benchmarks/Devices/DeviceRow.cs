namespace DeepSym.Benchmarks.Devices;

/// <summary>Something to measure on a device.</summary>
/// <param name="Name">The name, the same as the peer's.</param>
/// <param name="Make">Compiles it.</param>
/// <param name="Gigaflop">Its floating operations, in 10^9; 0: they are not what bounds it.</param>
/// <param name="Megabytes">What it must at least read and write, in 10^6; 0: that is not what bounds it.</param>
sealed record DeviceRow(string Name, Func<CompileOptions, DeviceWork> Make, double Gigaflop = 0, double Megabytes = 0);

/// <summary>A function that is called again and again.</summary>
/// <param name="Function">The function.</param>
/// <param name="Arguments">What it is called with in turn.</param>
/// <param name="Outputs">Where its outputs go, which every call waits for; none: calls are put into the queue, and many are waited for together.</param>
sealed record DeviceWork(Function Function, Tensor[][] Arguments, Tensor[] Outputs);

/// <summary>What was measured of a row.</summary>
/// <param name="Name">The row.</param>
/// <param name="Milliseconds">The median time of a call.</param>
/// <param name="Launches">How many kernels a call launches.</param>
/// <param name="HostMicroseconds">The processor's time for a call that is not waited for; null when calls are.</param>
sealed record DeviceResult(string Name, double Milliseconds, long Launches, double? HostMicroseconds);
