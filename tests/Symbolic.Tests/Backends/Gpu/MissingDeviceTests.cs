using DeepSym.Backends;
using DeepSym.Backends.Gpu;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>What is said where no device can be used.</summary>
public sealed class MissingDeviceTests
{
    static readonly MissingOpenCL OpenCL = new(HasLibrary: true, ["Some Platform"], [], []);
    static readonly MissingCuda Cuda = new(HasDriver: true, null, [], []);

    [Fact]
    public void A_missing_OpenCL_library_is_said() => Assert.Equal(
        "There is no OpenCL device: the OpenCL library is not installed. Install the OpenCL driver of a device with its loader (ocl-icd-libopencl1 on Debian), or use Backend.Cpu.",
        new MissingOpenCL(HasLibrary: false, [], [], []).Reason);

    [Fact]
    public void An_OpenCL_library_without_drivers_is_said() => Assert.Equal(
        "There is no OpenCL device: the OpenCL library is installed, and no driver has registered with it. Install the OpenCL driver of a device (on Linux it registers in /etc/OpenCL/vendors), or use Backend.Cpu.",
        (OpenCL with { Drivers = [] }).Reason);

    [Fact]
    public void OpenCL_drivers_without_devices_are_named() => Assert.Equal(
        "There is no OpenCL device: the driver 'Some Platform' lists none. clinfo says what it sees; a container needs its devices handed in.", OpenCL.Reason);

    [Fact]
    public void Refused_OpenCL_devices_are_named_with_what_they_lack() => Assert.Equal(
        "No OpenCL device can be used: 'pthread' of 'Portable Computing Language' has no generic address space; 'old' of 'Some Platform' knows OpenCL C 1.2 only. "
        + "Kernels need OpenCL C 2.0 or later with the generic address space. Update the driver, or use Backend.Cpu.",
        (OpenCL with
        {
            Refused = [MissingOpenCL.Lack("pthread", "Portable Computing Language", (3, 0), hasGenericAddressSpace: false)!, MissingOpenCL.Lack("old", "Some Platform", (1, 2), hasGenericAddressSpace: true)!],
        }).Reason);

    [Fact]
    public void An_OpenCL_device_with_the_generic_address_space_lacks_nothing() => Assert.Null(MissingOpenCL.Lack("device", "driver", (2, 0), hasGenericAddressSpace: true));

    [Fact]
    public void A_missing_NVIDIA_driver_is_said() => Assert.Equal(
        "There is no CUDA device: no NVIDIA driver is installed. Install one, or use Backend.Cpu.", new MissingCuda(HasDriver: false, null, [], []).Reason);

    [Fact]
    public void What_the_NVIDIA_driver_says_is_passed_on() => Assert.Equal(
        "There is no CUDA device: the NVIDIA driver says 'no CUDA-capable device is detected'. nvidia-smi says what it sees; a container needs its devices handed in.",
        (Cuda with { Failure = "no CUDA-capable device is detected" }).Reason);

    [Fact]
    public void An_NVIDIA_driver_that_lists_nothing_is_said() => Assert.Equal(
        "There is no CUDA device: the NVIDIA driver starts and lists none. CUDA_VISIBLE_DEVICES may hide them; nvidia-smi says what it sees.", Cuda.Reason);

    [Fact]
    public void NVIDIA_devices_without_code_are_named() => Assert.Equal(
        "No CUDA device can be used: ILGPU has no code for 'Old' (compute capability SM_20, driver for CUDA 8.0). Use Backend.OpenCL or Backend.Cpu.",
        (Cuda with { Refused = ["'Old' (compute capability SM_20, driver for CUDA 8.0)"] }).Reason);

    [Fact]
    public void Device_files_that_may_not_be_opened_are_named()
    {
        Assert.Equal("There is no CUDA device: this user may not open /dev/nvidia0, /dev/nvidiactl. Add the user to the group that owns them (often video or render), or use Backend.Cpu.",
            (Cuda with { Failure = "no CUDA-capable device is detected", Closed = ["/dev/nvidia0", "/dev/nvidiactl"] }).Reason);
        Assert.Equal("There is no OpenCL device: this user may not open /dev/kfd. Add the user to the group that owns it (often video or render), or use Backend.Cpu.", (OpenCL with { Closed = ["/dev/kfd"] }).Reason);
    }

    [Fact]
    public void Files_that_may_not_be_opened_are_found()
    {
        if (Environment.IsPrivilegedProcess) Assert.Skip("every file may be opened");
        using var folder = new TemporaryFolder();
        var (open, closed) = (Path.Combine(folder.Path, "device0"), Path.Combine(folder.Path, "device1"));
        foreach (var file in new[] { open, closed, Path.Combine(folder.Path, "other") }) File.WriteAllText(file, "");
        if (OperatingSystem.IsWindows()) Assert.Skip("files have no modes");
        else File.SetUnixFileMode(closed, UnixFileMode.None);
        Assert.Equal([closed], DeviceFiles.Closed([Path.Combine(folder.Path, "device*"), Path.Combine(folder.Path, "none", "*")]));
    }

    [Fact]
    public void A_notice_is_said_once()
    {
        var (notice, writer) = (new Notice("No device."), new StringWriter());
        notice.Say(writer);
        notice.Say(writer);
        Assert.Equal("No device." + Environment.NewLine, writer.ToString());
    }

    [Theory, InlineData(Backend.Cuda, "CUDA device"), InlineData(Backend.OpenCL, "OpenCL device")]
    public void A_device_that_is_not_there_says_why(Backend backend, string what)
    {
        if (Devices.Exist(backend)) Assert.Skip("there is such a device");
        var x = T.FVector("x");
        var error = Assert.Throws<NotSupportedException>(() => Function.Compile([x], T.Sum(x), options: new CompileOptions { Backend = backend }));
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, ComputeDevice.WhyNot(backend));
    }
}
