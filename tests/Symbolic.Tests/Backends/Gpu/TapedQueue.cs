using System.Runtime.CompilerServices;
using DeepSym.Backends.Gpu;
using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>A queue that records as CUDA's driver does: with the arguments of the moment, and without doing anything meanwhile.</summary>
sealed class TapedQueue(DeviceQueue inner) : DeviceQueue
{
    List<Action>? _tape;

    /// <summary>How often work was recorded, and recordings repeated.</summary>
    public int Recorded { get; private set; }

    public int Replayed { get; private set; }

    /// <summary>Whether recording is refused.</summary>
    public bool Refuses { get; set; }

    public override bool CanRecord => true;

    public override void Launch(GpuKernel kernel, KernelConfig config, object[] arguments)
    {
        object[] now = [.. arguments.Select(argument => RuntimeHelpers.GetObjectValue(argument)!)];
        Put(() => inner.Launch(kernel, config, now));
        Launches++;
    }

    public override void Zero(ArrayView<byte> view) => Put(() => inner.Zero(view));

    public override void Copy(ArrayView<byte> from, ArrayView<byte> to) => Put(() => inner.Copy(from, to));

    public override IRecording? Record(Action work)
    {
        if (Refuses) return null;
        var tape = _tape = [];
        work();
        _tape = null;
        Recorded++;
        return new Tape(this, tape);
    }

    protected override void Synchronize() => Assert.Null(_tape);

    void Put(Action action)
    {
        if (_tape is not null) _tape.Add(action);
        else action();
    }

    sealed class Tape(TapedQueue queue, List<Action> actions) : IRecording
    {
        public void Replay()
        {
            queue.Replayed++;
            foreach (var action in actions) action();
        }

        public void Dispose() => actions.Clear();
    }
}
