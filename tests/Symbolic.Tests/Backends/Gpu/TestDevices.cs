namespace DeepSym.Tests.Backends.Gpu;

/// <summary>The devices that tests run on: ILGPU's simulation, and the real ones of this machine.</summary>
static class TestDevices
{
    public static IReadOnlyList<Backend> All { get; } =
        [Backend.Simulated, .. new[] { Backend.Cuda, Backend.OpenCL }.Where(DeepSym.Backends.Gpu.Devices.Exist)];

    /// <summary>The same for theories.</summary>
    public static TheoryData<Backend> Names => [.. All];

    /// <summary>Options that pick each of them.</summary>
    public static IEnumerable<CompileOptions> Options => All.Select(backend => new CompileOptions { Backend = backend });

    /// <summary>Whether the environment asks for what takes too long for every day.</summary>
    public static bool IsSlowRun { get; } = Environment.GetEnvironmentVariable("DEEPSYM_SLOW") == "1";
}
