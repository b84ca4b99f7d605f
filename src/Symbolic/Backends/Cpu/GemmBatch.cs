using System.Numerics;

namespace DeepSym.Backends.Cpu;

/// <summary>A batch of products: small matrices go to the threads whole, large ones are shared one after the other. How to multiply is decided once.</summary>
internal sealed unsafe class GemmBatch<T> : KeptWork<GemmBatch<T>> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const long Large = 4 << 20;
    private const long SmallestTask = 256 << 10;

    private GemmShape _shape;
    private T* _a, _b, _c;
    private bool _accumulate;
    private GemmEpilogue? _epilogue;
    private int _threads;

    /// <summary>Multiplies every matrix of the batch.</summary>
    public static void Run(in GemmShape shape, T* a, T* b, T* c, bool accumulate, GemmEpilogue? epilogue, int threads)
    {
        using var call = Rent();
        (call._shape, call._accumulate, call._epilogue) = (shape, accumulate, epilogue);
        call._a = a;
        call._b = b;
        call._c = c;
        var work = Math.Max(1, shape.M * shape.N * shape.K);
        call._threads = work >= Large ? threads : 1;
        if (call._threads > 1)
            call.Execute(0, shape.Batch);
        else
            WorkerPool.Shared.For(call, shape.Batch, Math.Max(1, SmallestTask / work), threads);
    }

    /// <inheritdoc/>
    protected override void Forget() => _epilogue = null;

    /// <inheritdoc/>
    protected internal override void Execute(long begin, long end)
    {
        if (_shape.K == 0 || RowDots<T>.Suits(_shape))
        {
            for (var i = begin; i < end; i++)
                Gemm.RunOne(
                    _shape, _a + i * _shape.BatchStrideA, _b + i * _shape.BatchStrideB, _c + i * _shape.BatchStrideC,
                    _accumulate, _epilogue, i * _shape.M, _threads);
            return;
        }
        using var call = GemmCall<T>.Rent();
        call.Prepare(_shape, _accumulate, _epilogue, _threads, isPacked: false);
        for (var i = begin; i < end; i++)
            call.Multiply(_a + i * _shape.BatchStrideA, _b + i * _shape.BatchStrideB, _c + i * _shape.BatchStrideC, i * _shape.M, null);
    }
}
