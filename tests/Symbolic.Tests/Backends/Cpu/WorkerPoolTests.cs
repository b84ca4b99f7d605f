using DeepSym.Backends.Cpu;

namespace DeepSym.Tests.Backends.Cpu;

public sealed class WorkerPoolTests
{
    private static readonly WorkerPool s_pool = new(4);

    [Theory]
    [InlineData(0, 1, 4)]
    [InlineData(1, 1, 4)]
    [InlineData(1000, 1, 4)]
    [InlineData(1000, 7, 4)]
    [InlineData(1000, 7, 1)]
    [InlineData(1000, 2000, 4)]
    [InlineData(1000, 499, 2)]
    public void Every_index_runs_exactly_once_in_the_same_chunks(long count, long grain, int threads)
    {
        for (var repeat = 0; repeat < 200; repeat++)
        {
            var work = new Counting(count, grain);
            s_pool.For(work, count, grain, threads);
            Assert.All(work.Visits, visits => Assert.Equal(1, visits));
            Assert.Equal(0, work.WrongChunks);
        }
    }

    [Fact]
    public void One_thread_is_the_callers_own()
    {
        var work = new Threads();
        s_pool.For(work, 100, 1, 1);
        Assert.Equal([Environment.CurrentManagedThreadId], work.Seen);
    }

    [Fact]
    public void Two_chunks_that_wait_for_each_other_both_finish()
    {
        using var barrier = new Barrier(2);
        s_pool.For(new Body((_, _) => Assert.True(barrier.SignalAndWait(TimeSpan.FromSeconds(30)))), 2, 1, 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_exception_reaches_the_caller_and_the_pool_stays_usable(int threads)
    {
        for (var repeat = 0; repeat < 100; repeat++)
        {
            var failing = new Body((begin, _) =>
            {
                if (begin == 13)
                    throw new InvalidOperationException("thirteen");
            });
            Assert.Equal("thirteen", Assert.Throws<InvalidOperationException>(() => s_pool.For(failing, 50, 1, threads)).Message);
            var work = new Counting(100, 3);
            s_pool.For(work, 100, 3, threads);
            Assert.All(work.Visits, visits => Assert.Equal(1, visits));
        }
    }

    [Fact]
    public void A_loop_inside_a_loop_runs_on_the_thread_that_asks()
    {
        var inner = Enumerable.Range(0, 20).Select(_ => new Threads()).ToArray();
        s_pool.For(new Body((begin, _) => s_pool.For(inner[begin], 50, 1, 4)), 20, 1, 4);
        Assert.All(inner, work => Assert.Single(work.Seen));
        Assert.All(inner, work => Assert.Equal(50, work.Chunks));
    }

    [Fact]
    public void Callers_at_the_same_time_all_get_their_work_done()
    {
        var failures = 0;
        var callers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var repeat = 0; repeat < 500; repeat++)
            {
                var work = new Counting(64, 3);
                s_pool.For(work, 64, 3, 4);
                if (work.WrongChunks > 0 || work.Visits.Any(visits => visits != 1))
                    Interlocked.Increment(ref failures);
            }
        })).ToArray();
        foreach (var caller in callers)
            caller.Start();
        foreach (var caller in callers)
            caller.Join();
        Assert.Equal(0, failures);
    }

    [Fact(Timeout = 60_000)]
    public async Task Loops_close_after_each_other_count_every_chunk() => await Task.Run(() =>
    {
        var ran = 0L;
        var work = new Body((begin, end) => Interlocked.Add(ref ran, end - begin));
        for (var repeat = 0; repeat < 100_000; repeat++)
            s_pool.For(work, 8, 1, 4);
        Assert.Equal(800_000, ran);
    });

    [Fact]
    public void Sleeping_workers_wake_for_the_next_loop()
    {
        for (var repeat = 0; repeat < 5; repeat++)
        {
            Thread.Sleep(20);
            Two_chunks_that_wait_for_each_other_both_finish();
        }
    }

    [Fact]
    public void A_grain_below_one_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>("grain", () => s_pool.For(new Threads(), 10, 0, 2));

    private sealed class Counting(long count, long grain) : ParallelWork
    {
        public int[] Visits { get; } = new int[count];

        public int WrongChunks;

        protected internal override void Execute(long begin, long end)
        {
            if (begin % grain != 0 || end != Math.Min(count, begin + grain))
                Interlocked.Increment(ref WrongChunks);
            for (var i = begin; i < end; i++)
                Interlocked.Increment(ref Visits[i]);
        }
    }

    private sealed class Threads : ParallelWork
    {
        private readonly HashSet<int> _seen = [];

        public int Chunks { get; private set; }

        public IReadOnlyCollection<int> Seen => _seen;

        protected internal override void Execute(long begin, long end)
        {
            lock (_seen)
            {
                _seen.Add(Environment.CurrentManagedThreadId);
                Chunks++;
            }
        }
    }

    private sealed class Body(Action<long, long> action) : ParallelWork
    {
        protected internal override void Execute(long begin, long end) => action(begin, end);
    }
}
