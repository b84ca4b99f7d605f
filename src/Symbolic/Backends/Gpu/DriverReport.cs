using System.Runtime.InteropServices;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace DeepSym.Backends.Gpu;

/// <summary>Asks the drivers of this machine why they show no device that can be used.</summary>
static unsafe class DriverReport
{
    /// <summary>What an OpenCL device lacks; null when it can be used.</summary>
    public static string? Lack(CLDevice device) =>
        MissingOpenCL.Lack(device.Name, device.PlatformName, (device.CLStdVersion.Major, device.CLStdVersion.Minor), device.Capabilities.GenericAddressSpace);

    /// <summary>What an NVIDIA device is when there is no code for it; null when it can be used.</summary>
    public static string? Lack(CudaDevice device) =>
        device.Architecture is not null && device.InstructionSet is { } instructions && PTXCodeGenerator.SupportedInstructionSets.Contains(instructions) ? null
        : $"'{device.Name}' (compute capability {device.Architecture?.ToString() ?? "unknown"}, driver for CUDA {device.DriverVersion})";

    public static MissingOpenCL OpenCL(IEnumerable<CLDevice> devices)
    {
        var hasLibrary = NativeLibrary.TryLoad(OpenCLName, out _);
        return new MissingOpenCL(hasLibrary, hasLibrary ? [.. Drivers()] : [], [.. devices.Select(Lack).OfType<string>()], DeviceFiles.Closed(DeviceFiles.All));
    }

    public static MissingCuda Cuda(IEnumerable<CudaDevice> devices)
    {
        var hasDriver = NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda" : "libcuda.so.1", out var driver);
        return new MissingCuda(hasDriver, hasDriver ? Start(driver) : null, [.. devices.Select(Lack).OfType<string>()], DeviceFiles.Closed(DeviceFiles.Nvidia));
    }

    /// <summary>The name of the OpenCL library. Debian and others have libOpenCL.so only in a package for developers.</summary>
    public static string OpenCLName => OperatingSystem.IsLinux() ? "libOpenCL.so.1" : "OpenCL";

    static string[] Drivers()
    {
        try
        {
            var library = CLAPI.CurrentAPI;
            if (library.GetNumPlatforms(out var count) != CLError.CL_SUCCESS || count == 0) return [];
            var platforms = new nint[count];
            return library.GetPlatforms(platforms, ref count) == CLError.CL_SUCCESS ? [.. platforms.Select(platform => library.GetPlatformInfo(platform, CLPlatformInfoType.CL_PLATFORM_NAME))] : [];
        }
        catch (NotSupportedException)
        {
            return [];   // ILGPU's way to say that the library knows no driver
        }
    }

    // What cuInit says, which may be called again at any time; null when it succeeds.
    static string? Start(nint driver)
    {
        if (!NativeLibrary.TryGetExport(driver, "cuInit", out var init)) return "no function cuInit";
        var error = ((delegate* unmanaged<uint, int>)init)(0);
        if (error == 0) return null;
        byte* text = null;
        return NativeLibrary.TryGetExport(driver, "cuGetErrorString", out var explain) && ((delegate* unmanaged<int, byte**, int>)explain)(error, &text) == 0 && text != null
            ? Marshal.PtrToStringUTF8((nint)text) : $"error {error}";
    }
}
