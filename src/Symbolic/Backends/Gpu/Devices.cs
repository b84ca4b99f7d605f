using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace DeepSym.Backends.Gpu;

/// <summary>Finds the devices of this machine, once, and opens each when it is first needed.</summary>
static class Devices
{
    static readonly Lock Opening = new();
    static readonly Lazy<Context> AllDevices = new(Look);
    static readonly Dictionary<Device, GpuDevice> Open = [];

    static readonly Lazy<bool> SaidThatThereIsNone = new(() =>
    {
        Console.Error.WriteLine("Backend.Auto: no CUDA and no OpenCL device can be used; functions run on the processor.");
        return true;
    });

    /// <summary>A device of a backend by its number.</summary>
    /// <exception cref="NotSupportedException">There is none; the message says why.</exception>
    public static GpuDevice For(Backend backend, int number)
    {
        Device[] found = [.. Of(backend)];
        if (found.Length == 0) throw new NotSupportedException(Reason(backend));
        if (number >= 0 && number < found.Length) return Opened(found[number]);
        throw new NotSupportedException($"CompileOptions.DeviceNumber is {number}, and Backend.{backend} has {string.Join(", ", found.Select((d, i) => $"{i}: {d.Name}"))}.");
    }

    /// <summary>A CUDA device, or else an OpenCL device, or else null: the processor, which is said once on the error output.</summary>
    public static GpuDevice? Best(int number)
    {
        foreach (var backend in new[] { Backend.Cuda, Backend.OpenCL })
            if (Exist(backend)) return For(backend, number);
        _ = SaidThatThereIsNone.Value;
        return null;
    }

    /// <summary>Whether there is a device for the backend.</summary>
    public static bool Exist(Backend backend) => Of(backend).Any();

    /// <summary>What there is.</summary>
    public static ImmutableArray<ComputeDevice> List() =>
        [.. AllDevices.Value.Devices.GroupBy(BackendOf).SelectMany(kind => kind.Select((d, i) => new ComputeDevice(kind.Key, i, d.Name, d.MemorySize)))];

    /// <summary>The simulation opened once more, with a limit to its memory or a queue of its own: for tests.</summary>
    public static GpuDevice Simulated(long memoryLimit = long.MaxValue, Func<DeviceQueue, DeviceQueue>? queue = null) =>
        new(Of(Backend.Simulated).First().CreateAccelerator(AllDevices.Value), memoryLimit, queue);

    static IEnumerable<Device> Of(Backend backend) => AllDevices.Value.Devices.Where(d => BackendOf(d) == backend);

    static Backend BackendOf(Device device) => device.AcceleratorType switch
    {
        AcceleratorType.Cuda => Backend.Cuda,
        AcceleratorType.OpenCL => Backend.OpenCL,
        _ => Backend.Simulated,
    };

    static GpuDevice Opened(Device device)
    {
        lock (Opening)
        {
            if (!Open.TryGetValue(device, out var open)) Open[device] = open = new GpuDevice(device.CreateAccelerator(AllDevices.Value));
            return open;
        }
    }

    static Context Look()
    {
        // Debian and others have libOpenCL.so only in a package for developers.
        NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, (name, _, _) =>
            name == "OpenCL" && OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libOpenCL.so.1", out var library) ? library : IntPtr.Zero);
        DeviceFunctions.Register();
        return Context.Create(builder => builder.Cuda().OpenCL().CPU(CPUDevice.Default).Optimize(OptimizationLevel.O1));
    }

    /// <summary>Why there is no device for the backend.</summary>
    public static string Reason(Backend backend) => backend switch
    {
        Backend.Cuda => NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda" : "libcuda.so.1", out _)
            ? "There is an NVIDIA driver, and it lists no device that can be used. nvidia-smi says what it sees; a container needs its devices handed in."
            : "There is no CUDA device: no NVIDIA driver is installed. Install one, or use Backend.Cpu.",
        Backend.OpenCL => NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "OpenCL" : "libOpenCL.so.1", out _)
            ? "There is an OpenCL library, and no device of it that supports OpenCL C 2.0 with the generic address space, which kernels need."
            : "There is no OpenCL device: no OpenCL library is installed. Install the driver of a device, or use Backend.Cpu.",
        _ => $"There is no device for Backend.{backend}.",
    };
}
