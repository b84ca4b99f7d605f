using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// Background threads that share the chunks of one loop at a time with the thread that asks for it.
/// Chunks are claimed one by one, by the caller too, so that a thread that the system has put aside delays at most the chunk it holds.
/// Each thread begins with a share of its own, the same part of every loop, so that it finds in its caches what it wrote in the loop before;
/// then it claims what others have left of theirs.
/// </summary>
internal sealed class WorkerPool
{
    // About 30 µs, longer than most gaps between two loops of one call, then some 200 µs in which the processor is offered to others at every look:
    // to wake a thread takes up to 50 µs where processors are virtual.
    private const int SpinsBeforeYielding = 600;
    private const int YieldsBeforeParking = 400;

    // An index that no job reaches: between two jobs nothing can be claimed.
    private const int Closed = int.MaxValue;

    private readonly Worker?[] _workers;
    private readonly Lock _starting = new();
    private int _busy;

    // The job, and how many there were.
    private int _job;
    private ParallelWork? _work;
    private long _count, _grain;
    private int _chunks, _helpers;
    private ExceptionDispatchInfo? _failure;

    // The caller's share, then each worker's.
    private readonly Share[] _shares;

    /// <summary>A pool for loops of up to <paramref name="threads"/> threads, the caller's among them; no thread starts before it is needed.</summary>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _workers = new Worker?[threads - 1];
        _shares = new Share[threads];
        foreach (ref var share in _shares.AsSpan())
            share.Ticket = Closed;
    }

    /// <summary>The pool of the process, one thread per processor.</summary>
    public static WorkerPool Shared { get; } = new(Environment.ProcessorCount);

    /// <summary>The most threads that a loop can have, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>
    /// Covers 0 up to <paramref name="count"/> in chunks of <paramref name="grain"/>, the same chunks for any number of threads.
    /// Runs on the caller's thread alone when there is one chunk, <paramref name="maxThreads"/> is 1, or the pool serves another loop
    /// (an outer one included): it never waits for a turn. The first exception of a chunk reaches the caller; chunks not yet begun are then left out.
    /// </summary>
    public void For(ParallelWork work, long count, long grain, int maxThreads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grain, 1);
        if (count <= 0)
            return;
        var chunks = (count - 1) / grain + 1;
        var helpers = (int)Math.Min(Math.Min(maxThreads, Threads), chunks) - 1;
        if (helpers < 1 || chunks >= Closed || Interlocked.Exchange(ref _busy, 1) != 0)
        {
            for (long begin = 0; begin < count; begin += grain)
                work.Execute(begin, Math.Min(count, begin + grain));
            return;
        }

        try
        {
            Open(work, count, grain, (int)chunks, helpers);
            RunChunks(own: 0);
            var wait = new SpinWait();
            while (Completed() < _chunks)
                wait.SpinOnce(sleep1Threshold: -1);
            for (var i = 0; i <= helpers; i++)
                Volatile.Write(ref _shares[i].Ticket, _shares[i].Ticket | Closed);
        }
        finally
        {
            var failure = _failure;
            (_work, _failure) = (null, null);
            Volatile.Write(ref _busy, 0);
            failure?.Throw();
        }
    }

    private void Open(ParallelWork work, long count, long grain, int chunks, int helpers)
    {
        (_work, _count, _grain, _chunks, _helpers) = (work, count, grain, chunks, helpers);
        if (_workers[helpers - 1] is null)
            Start(helpers);

        // All counts begin anew before any share opens: a worker that is still looking for chunks of the job before may take one at once.
        for (var i = 0; i <= helpers; i++)
            (_shares[i].Completed, _shares[i].End) = (0, FirstChunk(i + 1));
        for (var i = 0; i <= helpers; i++)
            Volatile.Write(ref _shares[i].Ticket, ((_shares[i].Ticket >> 32) + 1) << 32 | (uint)FirstChunk(i));
        Interlocked.Increment(ref _job);
        for (var i = 0; i < helpers; i++)
            _workers[i]!.Wake();
    }

    private void Start(int helpers)
    {
        lock (_starting)
            for (var i = 0; i < helpers; i++)
                _workers[i] ??= new Worker(this, i);
    }

    private int FirstChunk(int share) => (int)((long)share * _chunks / (_helpers + 1));

    private int Completed()
    {
        var completed = 0;
        for (var i = 0; i <= _helpers; i++)
            completed += Volatile.Read(ref _shares[i].Completed);
        return completed;
    }

    private void RunChunks(int own)
    {
        var shares = _helpers + 1;
        for (var i = 0; i < shares; i++)
            while (TryRunChunk(own, ref _shares[(own + i) % shares])) { }
    }

    private bool TryRunChunk(int own, ref Share share)
    {
        while (true)
        {
            var ticket = Volatile.Read(ref share.Ticket);
            var chunk = (int)ticket;
            if (chunk >= Volatile.Read(ref share.End) || own > Volatile.Read(ref _helpers))
                return false;
            if (Interlocked.CompareExchange(ref share.Ticket, ticket + 1, ticket) != ticket)
                continue;
            var begin = chunk * _grain;
            try
            {
                if (Volatile.Read(ref _failure) is null)
                    _work!.Execute(begin, Math.Min(_count, begin + _grain));
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            }
            Volatile.Write(ref _shares[own].Completed, _shares[own].Completed + 1);
            return true;
        }
    }

    // Far enough from the next that no two are on one line of the cache, nor on two lines that are fetched together.
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Share
    {
        // How often it was opened (high half) and its next unclaimed chunk (low half). A claim is a compare-and-swap of the pair,
        // so a late worker cannot take a chunk of one job with the fields of another.
        public long Ticket;

        // The chunk after its last.
        public int End;

        // The chunks, of this share and of others, that its thread has run.
        public int Completed;
    }

    private sealed class Worker
    {
        private readonly WorkerPool _pool;
        private readonly int _index;
        private readonly object _gate = new();
        private int _parked;
        private int _seen;   // the last job that it took part in

        public Worker(WorkerPool pool, int index)
        {
            (_pool, _index) = (pool, index);
            new Thread(Loop) { IsBackground = true, Name = $"DeepSym worker {index + 1}" }.Start();
        }

        public void Wake()
        {
            if (Volatile.Read(ref _parked) == 0)
                return;
            lock (_gate)
            {
                _parked = 0;
                Monitor.Pulse(_gate);
            }
        }

        private bool HasWork => Volatile.Read(ref _pool._job) != _seen && _index < _pool._helpers;

        private void Loop()
        {
            while (true)
            {
                if (SpinForWork())
                {
                    _seen = Volatile.Read(ref _pool._job);
                    _pool.RunChunks(own: _index + 1);
                    continue;
                }

                // A job opened from here on sees the flag and clears it; one opened before is seen by this second look.
                Interlocked.Exchange(ref _parked, 1);
                if (HasWork)
                    _parked = 0;
                lock (_gate)
                    while (_parked == 1)
                        Monitor.Wait(_gate);
            }
        }

        private bool SpinForWork()
        {
            for (var looks = 0; looks < SpinsBeforeYielding + YieldsBeforeParking; looks++)
            {
                if (HasWork)
                    return true;
                if (looks < SpinsBeforeYielding)
                    Thread.SpinWait(1);
                else
                    Thread.Yield();
            }
            return false;
        }
    }
}
