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
    static readonly Notice ThereIsNone = new("Backend.Auto: no CUDA device and no OpenCL device other than the processor can be used (ComputeDevice.WhyNot says why); functions run as with Backend.Cpu.");

    /// <summary>A device of a backend by its number.</summary>
    /// <exception cref="NotSupportedException">There is none; the message says why.</exception>
    public static GpuDevice For(Backend backend, int number)
    {
        Device[] found = [.. Of(backend)];
        if (found.Length == 0) throw new NotSupportedException(Reason(backend));
        if (number >= 0 && number < found.Length) return Opened(found[number]);
        throw new NotSupportedException($"CompileOptions.DeviceNumber is {number}, and Backend.{backend} has {string.Join(", ", found.Select((d, i) => $"{i}: {d.Name}"))}.");
    }

    /// <summary>A CUDA device, or else an OpenCL device that is not the processor, or else null: the processor, which is said once on the error output.</summary>
    public static GpuDevice? Best(int number)
    {
        foreach (var backend in new[] { Backend.Cuda, Backend.OpenCL })
            if (Of(backend).Any(device => !IsProcessor(device))) return For(backend, number);
        ThereIsNone.Say(Console.Error);
        return null;
    }

    /// <summary>Whether there is a device for the backend.</summary>
    public static bool Exist(Backend backend) => Of(backend).Any();

    /// <summary>The simulation opened once more, with a limit to its memory, a queue of its own or without float64: for tests.</summary>
    public static GpuDevice Simulated(long memoryLimit = long.MaxValue, Func<DeviceQueue, DeviceQueue>? queue = null, bool hasFloat64 = true) =>
        new(Of(Backend.Simulated).First().CreateAccelerator(AllDevices.Value), memoryLimit, queue) { HasFloat64 = hasFloat64 };

    /// <summary>What there is.</summary>
    public static ImmutableArray<ComputeDevice> List() =>
        [.. new[] { Backend.Cuda, Backend.OpenCL, Backend.Simulated }.SelectMany(backend => Of(backend).Select((d, i) => new ComputeDevice(backend, i, d.Name, d.MemorySize)))];

    /// <summary>Why there is no device for the backend.</summary>
    public static string Reason(Backend backend) => backend switch
    {
        Backend.Cuda => DriverReport.Cuda(AllDevices.Value.Devices.OfType<CudaDevice>()).Reason,
        Backend.OpenCL => DriverReport.OpenCL(AllDevices.Value.Devices.OfType<CLDevice>()).Reason,
        _ => $"There is no device for Backend.{backend}.",
    };

    // Those that can be used; an OpenCL driver for the processor comes last.
    static IEnumerable<Device> Of(Backend backend) => AllDevices.Value.Devices.Where(device => backend == device switch
    {
        CudaDevice cuda => DriverReport.Lack(cuda) is null ? Backend.Cuda : null,
        CLDevice openCL => DriverReport.Lack(openCL) is null ? Backend.OpenCL : null,
        _ => (Backend?)Backend.Simulated,
    }).OrderBy(IsProcessor);

    static bool IsProcessor(Device device) => device is CLDevice { DeviceType: var type } && type.HasFlag(CLDeviceType.CL_DEVICE_TYPE_CPU);

    static GpuDevice Opened(Device device)
    {
        lock (Opening)
        {
            if (!Open.TryGetValue(device, out var open)) Open[device] = open = new GpuDevice(device.CreateAccelerator(AllDevices.Value));
            return open;
        }
    }

    // Also those that cannot be used, so that they can be named.
    static Context Look() => Context.Create(builder =>
    {
        DeviceFunctions.Register();
        builder.Cuda(_ => true);
        NameOpenCL();
        builder.OpenCL(_ => true).CPU(CPUDevice.Default).Optimize(OptimizationLevel.O1);
    });

    static void NameOpenCL()
    {
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, (name, _, _) =>
                name == "OpenCL" && NativeLibrary.TryLoad(DriverReport.OpenCLName, out var library) ? library : IntPtr.Zero);
        }
        catch (InvalidOperationException)
        {
            // There can be one resolver: under WSL ILGPU has just set its own, for CUDA.
        }
    }
}
