using DeepSym.Backends.Cpu;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>Steps that run one after the other.</summary>
/// <param name="Begin">The first.</param>
/// <param name="End">The one after the last.</param>
/// <param name="IsQueued">Whether all that they do is put work into the queue.</param>
/// <param name="ChecksBefore">Whether earlier steps may have failed, and these must not run if so.</param>
readonly record struct Stretch(int Begin, int End, bool IsQueued, bool ChecksBefore);

/// <summary>
/// The stretches of a program as recordings, for each plan and for the memory in use: a stretch runs once as it is, so that the device has loaded all it needs, is recorded the
/// second time, and repeated from then on; when memory has moved, all over again.
/// </summary>
sealed class Recordings(GpuProgram program, GpuArena arena)
{
    const int MostPlans = 8;
    const long MostLaunches = 20_000;   // of a stretch; longer loops are launched step by step

    readonly Dictionary<CpuPlan, Recorded[]> _known = [];

    /// <summary>Runs a stretch.</summary>
    public void Run(int number)
    {
        var stretch = program.Stretches[number];
        if (!stretch.IsQueued || !program.Device.Queue.CanRecord)
        {
            arena.Run(stretch.Begin, stretch.End);
            return;
        }
        if (!_known.TryGetValue(arena.Plan!, out var recorded))
        {
            if (_known.Count == MostPlans) Clear();
            _known[arena.Plan!] = recorded = [.. program.Stretches.Select(s => new Recorded(program, arena, s))];
        }
        recorded[number].Run();
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        foreach (var recorded in _known.Values.SelectMany(r => r)) recorded.Forget();
        _known.Clear();
    }

    /// <summary>A stretch with the sizes of one plan.</summary>
    sealed class Recorded
    {
        readonly GpuProgram _program;
        readonly GpuArena _arena;
        readonly Action _work;
        readonly ArrayView<byte>[] _shared;   // where shared variables were
        long _moves = -1;
        bool _hasRun, _isRefused;
        IRecording? _recording;

        public Recorded(GpuProgram program, GpuArena arena, Stretch stretch)
        {
            (_program, _arena) = (program, arena);
            _work = () => arena.Run(stretch.Begin, stretch.End);
            _shared = new ArrayView<byte>[program.Host.Roles.Shared.Length];
            _isRefused = arena.LaunchesOf(stretch.Begin, stretch.End) > MostLaunches;
        }

        public void Run()
        {
            if (HasMoved()) Forget();
            if (_hasRun && !_isRefused && _recording is null)
            {
                _recording = _program.Device.Queue.Record(_work);
                _isRefused = _recording is null;
            }
            _hasRun = true;
            if (_recording is null) _work();
            else _recording.Replay();
        }

        public void Forget()
        {
            _recording?.Dispose();
            (_recording, _hasRun) = (null, false);
        }

        bool HasMoved()
        {
            var hasMoved = _moves != _program.Holding.Moves;
            _moves = _program.Holding.Moves;
            for (var i = 0; i < _shared.Length; i++)
            {
                var now = _arena.Views[_program.Host.Roles.Shared[i].Buffer];
                hasMoved |= !KernelArguments.AreSame(_shared[i], now);
                _shared[i] = now;
            }
            return hasMoved;
        }
    }
}
