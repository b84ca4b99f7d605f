using DeepSym.Backends.Gpu;
using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>When a program is recorded, repeated and recorded anew, with a recorder in the place of CUDA's.</summary>
public sealed class RecordingTests
{
    static readonly GpuDevice Device = Devices.Simulated(queue: inner => new TapedQueue(inner));

    static readonly Variable X = T.FMatrix("x", "n", 3);

    readonly CompileOptions _options = new() { Device = Device };
    readonly TapedQueue _queue = (TapedQueue)Device.Queue;
    readonly int _recorded = ((TapedQueue)Device.Queue).Recorded, _replayed = ((TapedQueue)Device.Queue).Replayed;

    (int, int) Counts => (_queue.Recorded - _recorded, _queue.Replayed - _replayed);

    [Fact]
    public void A_program_is_recorded_the_second_time_and_repeated_from_then_on()
    {
        var f = Function.Compile([X], T.Softmax(T.Dot(X, T.Constant(Tensor.Ones<float>(3, 4)))), options: _options);
        for (var i = 1; i <= 4; i++)
        {
            Assert.Equal(0.25f, f.Invoke(Tensor.Full(i, 2, 3).To(DType.Float32))[0].ToArray<float>()[7], 1e-6);
            Assert.Equal((Math.Min(i - 1, 1), i - 1), Counts);
        }
    }

    [Fact]
    public void Each_shape_has_its_recording()
    {
        var f = Function.Compile([X], T.Sum(T.Exp(X) * 2, 1), options: _options);
        foreach (var n in new[] { 4, 4, 2, 2, 4, 2, 3 })
            Assert.Equal([.. Enumerable.Repeat(6f, n)], f.Invoke(Tensor.Zeros<float>(n, 3))[0].ToArray<float>());
        Assert.Equal((2, 4), Counts);
    }

    [Fact]
    public void Memory_that_has_moved_makes_recordings_stale()
    {
        var f = Function.Compile([X], T.Sum(T.Exp(X) * 2, 1), options: _options);
        foreach (var n in new[] { 4, 4, 4000, 4, 4 })   // the arguments of the large call need another block
            Assert.Equal(6f, f.Invoke(Tensor.Zeros<float>(n, 3))[0].ToArray<float>()[n - 1]);
        Assert.Equal((2, 2), Counts);
    }

    [Fact]
    public void Another_place_of_a_shared_variable_makes_recordings_stale()
    {
        var w = T.Shared(Tensor.Ones<float>(3), "w");
        var f = Function.Compile([X], T.Sum(X * w, 1), options: _options);
        var x = Tensor.Ones<float>(2, 3);
        for (var i = 0; i < 3; i++) Assert.Equal([3f, 3], f.Invoke(x)[0].ToArray<float>());
        Assert.Equal((1, 2), Counts);
        w.SetValue(Tensor.Full(2f, 3));
        var other = T.Shared(Tensor.Full(7f, 3), "other");
        Assert.Equal(21f, Function.Compile([], T.Sum(other), options: _options).Invoke()[0].ToScalar<float>());   // takes the block that is free
        for (var i = 0; i < 2; i++) Assert.Equal([6f, 6], f.Invoke(x)[0].ToArray<float>());
        Assert.Equal((2, 3), Counts);
    }

    [Fact]
    public void Training_is_recorded_up_to_the_check_of_indices_and_from_there()
    {
        var (t, w) = (T.LVector("t", "n"), T.Shared(Numerically.Draw(1, 3, 4).To(DType.Float32), "w"));
        var loss = T.Mean(T.SoftmaxCrossentropy(T.Dot(X, w), t));
        In[] inputs = [X, t];
        (SharedVariable, Expr)[] updates = [(w, w - 0.5 * T.Grad(loss, w))];
        var (x, labels) = (Numerically.Draw(2, 5, 3).To(DType.Float32), Tensor.From(new[] { 0L, 3, 1, 2, 2 }));
        var step = Function.Compile(inputs, loss, updates, options: _options);
        var losses = Enumerable.Range(0, 4).Select(_ => step.Invoke(x, labels)[0].ToScalar<float>()).ToArray();
        Assert.Equal((2, 6), Counts);
        Assert.True(losses[3] < losses[0]);
        var before = w.GetValue().ToArray<float>();
        Assert.Throws<ArgumentOutOfRangeException>(() => { step.Invoke(x, Tensor.From(new[] { 0L, 3, 1, 4, 2 })); });
        Assert.Equal(before, w.GetValue().ToArray<float>());
        Assert.True(step.Invoke(x, labels)[0].ToScalar<float>() < losses[3]);
    }

    [Fact]
    public void Loops_of_known_length_are_recorded()
    {
        var f = Function.Compile([X], T.Scan([T.Zeros([3], DType.Float32)], [X], (carry, row) => ([carry[0] * 2 + row[0]], [])).Last[0], options: _options);
        for (var i = 0; i < 3; i++) Assert.Equal([15f, 15, 15], f.Invoke(Tensor.Ones<float>(4, 3))[0].ToArray<float>());
        Assert.Equal((1, 2), Counts);
        Assert.Equal([7f, 7, 7], f.Invoke(Tensor.Ones<float>(3, 3))[0].ToArray<float>());
    }

    [Fact]
    public void What_the_processor_must_see_is_not_recorded()
    {
        foreach (var value in new[] { T.IfElse(T.Sum(X) > 0, T.Exp(X), X), T.Scan(a => new ScanStep(a[0] * 2) { Until = T.Max(a[0]) > 9 }, outputs: [X], steps: 8).Last[0] })
        {
            var f = Function.Compile([X], value, options: _options);
            var program = (GpuProgram)f.Executable;
            Assert.Contains(program.Stretches, stretch => !stretch.IsQueued);
            for (var i = 0; i < 3; i++) Numerically.Close(Function.Compile([X], value).Invoke(Tensor.Ones<float>(2, 3))[0], f.Invoke(Tensor.Ones<float>(2, 3))[0], 1e-5);
        }
    }

    [Fact]
    public void A_refusal_is_remembered()
    {
        var f = Function.Compile([X], T.Sum(T.Exp(X), 1), options: _options);
        _queue.Refuses = true;
        for (var i = 0; i < 3; i++) Assert.Equal([3f, 3], f.Invoke(Tensor.Zeros<float>(2, 3))[0].ToArray<float>());
        _queue.Refuses = false;
        Assert.Equal([3f, 3], f.Invoke(Tensor.Zeros<float>(2, 3))[0].ToArray<float>());
        Assert.Equal((0, 0), Counts);
    }

    [Fact]
    public void A_disposed_function_leaves_nothing()
    {
        var own = Devices.Simulated(queue: inner => new TapedQueue(inner));   // so that the garbage collector frees nothing of other tests meanwhile
        var f = Function.Compile([X], T.Sum(T.Exp(X), 1), options: new CompileOptions { Device = own });
        var before = own.Pool.HeldBytes;
        for (var i = 0; i < 3; i++) f.Invoke(Tensor.Zeros<float>(200, 3));
        Assert.True(own.Pool.HeldBytes >= before + 2400);
        f.Dispose();
        Assert.Equal(before, own.Pool.HeldBytes);
    }
}
