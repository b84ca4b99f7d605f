using DeepSym.Rewriting;
using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Loops;

/// <summary>Loops whose gradients keep the state of every few steps only.</summary>
public sealed class CheckpointTests
{
    [Theory]
    [InlineData(12, 4, false), InlineData(11, 4, false), InlineData(3, 4, false), InlineData(11, 4, true), InlineData(8, 1, true)]
    public void Values_and_gradients_are_those_of_the_plain_loop(int steps, int saveEvery, bool isSymbolic)
    {
        var (x, h, w) = (T.DMatrix("x", isSymbolic ? null : steps, 3), T.DVector("h", 3), T.DMatrix("w", 3, 3));
        Tensor[] values = [Numerically.Draw(1, steps, 3), Numerically.Draw(2, 3), Numerically.Draw(3, 3, 3)];
        var expected = Ask(0).Invoke(values);
        var got = Ask(saveEvery).Invoke(values);
        for (var i = 0; i < expected.Length; i++) Numerically.Close(expected[i], got[i], Tolerances.Sample(got[i].DType));

        Function Ask(int every)
        {
            var scanned = T.Scan(a => new ScanStep(T.Tanh(T.Dot(a[1], w) + a[0]), a[0] * 2 + a[1]), [x], [h, Initial.None], saveEvery: every);
            var cost = T.Sum(scanned.Outputs[0] * scanned.Outputs[1]) + T.Sum(scanned.Last[0]);
            return ScanTests.Compile(Backend.Cpu, [x, h, w], [cost, .. T.Grad(cost, x, h, w)]);
        }
    }

    [Fact]
    public void The_loop_keeps_only_the_states_between_chunks()
    {
        var h = T.DVector("h", 3);
        var last = T.Scan(a => T.Sin(a[0]), outputs: [h], steps: 100, saveEvery: 10).Last[0];
        var roots = DeepSym.Rewriting.Loops.Apply(Rewriter.Apply([T.Grad(T.Sum(last), h)], Tables.Simplify, Numerics.Default), Numerics.Default);
        var loops = Traversal.Topological(roots).Where(e => e.Op is Scan).Select(e => (Scan)e.Op!).ToList();
        Assert.Equal(2, loops.Count);
        Assert.All(loops, loop => Assert.Equal(10, loop.Length.Constant));
    }
}
