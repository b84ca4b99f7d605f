using System.Collections.Immutable;

namespace DeepSym.Backends.Gpu;

/// <summary>What a machine shows of its OpenCL devices.</summary>
/// <param name="HasLibrary">Whether the OpenCL library can be loaded.</param>
/// <param name="Drivers">The names of the drivers that have registered with it.</param>
/// <param name="Refused">The devices that cannot be used, each with the reason: <c>'name' has no ...</c>.</param>
/// <param name="Closed">The device files that exist and that this user may not open.</param>
sealed record MissingOpenCL(bool HasLibrary, ImmutableArray<string> Drivers, ImmutableArray<string> Refused, ImmutableArray<string> Closed)
{
    /// <summary>Why no device can be used, and what helps.</summary>
    public string Reason => this switch
    {
        { HasLibrary: false } => "There is no OpenCL device: the OpenCL library is not installed. Install the OpenCL driver of a device with its loader (ocl-icd-libopencl1 on Debian), or use Backend.Cpu.",
        { Refused.Length: > 0 } => $"No OpenCL device can be used: {string.Join("; ", Refused)}. Kernels need OpenCL C 2.0 or later with the generic address space. Update the driver, or use Backend.Cpu.",
        { Closed.Length: > 0 } => $"There is no OpenCL device: {DeviceFiles.Explain(Closed)}",
        { Drivers.Length: 0 } => "There is no OpenCL device: the OpenCL library is installed, and no driver has registered with it. Install the OpenCL driver of a device (on Linux it registers in /etc/OpenCL/vendors), or use Backend.Cpu.",
        _ => $"There is no OpenCL device: the driver {string.Join(", ", Drivers.Select(d => $"'{d}'"))} lists none. clinfo says what it sees; a container needs its devices handed in.",
    };

    /// <summary>What a device lacks, as it stands in <see cref="Refused"/>; null when it can be used.</summary>
    public static string? Lack(string name, string driver, (int Major, int Minor) language, bool hasGenericAddressSpace) =>
        language.Major < 2 ? $"'{name}' of '{driver}' knows OpenCL C {language.Major}.{language.Minor} only"
        : !hasGenericAddressSpace ? $"'{name}' of '{driver}' has no generic address space"
        : null;
}

/// <summary>What a machine shows of its CUDA devices.</summary>
/// <param name="HasDriver">Whether the library of the NVIDIA driver can be loaded.</param>
/// <param name="Failure">What the driver says when it is started; null when it starts.</param>
/// <param name="Refused">The devices that are too old or too new, with their compute capability.</param>
/// <param name="Closed">The device files that exist and that this user may not open.</param>
sealed record MissingCuda(bool HasDriver, string? Failure, ImmutableArray<string> Refused, ImmutableArray<string> Closed)
{
    /// <summary>Why no device can be used, and what helps.</summary>
    public string Reason => this switch
    {
        { HasDriver: false } => "There is no CUDA device: no NVIDIA driver is installed. Install one, or use Backend.Cpu.",
        { Closed.Length: > 0 } => $"There is no CUDA device: {DeviceFiles.Explain(Closed)}",
        { Refused.Length: > 0 } => $"No CUDA device can be used: ILGPU has no code for {string.Join(", ", Refused)}. Use Backend.OpenCL or Backend.Cpu.",
        { Failure: { } failure } => $"There is no CUDA device: the NVIDIA driver says '{failure}'. nvidia-smi says what it sees; a container needs its devices handed in.",
        _ => "There is no CUDA device: the NVIDIA driver starts and lists none. CUDA_VISIBLE_DEVICES may hide them; nvidia-smi says what it sees.",
    };
}

/// <summary>The files through which drivers reach devices on Linux.</summary>
static class DeviceFiles
{
    /// <summary>Those of NVIDIA devices.</summary>
    public static readonly ImmutableArray<string> Nvidia = ["/dev/nvidia*"];

    /// <summary>Those of all devices that compute.</summary>
    public static readonly ImmutableArray<string> All = ["/dev/nvidia*", "/dev/dri/renderD*", "/dev/kfd"];

    /// <summary>The files of these patterns that exist and that this user may not read and write.</summary>
    public static ImmutableArray<string> Closed(ImmutableArray<string> patterns) =>
        [.. patterns.SelectMany(pattern => Path.GetDirectoryName(pattern) is { } folder && Directory.Exists(folder) ? Directory.EnumerateFiles(folder, Path.GetFileName(pattern)) : []).Where(IsClosed).Order(StringComparer.Ordinal)];

    /// <summary>The sentence about them.</summary>
    public static string Explain(ImmutableArray<string> closed) =>
        $"this user may not open {string.Join(", ", closed)}. Add the user to the group that owns {(closed.Length == 1 ? "it" : "them")} (often video or render), or use Backend.Cpu.";

    static bool IsClosed(string path)
    {
        try
        {
            File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;   // it may be opened, and has no device behind it
        }
    }
}
