using DeepSym.Backends.Cpu;
using DeepSym.Backends.Gpu;
using DeepSym.Compilation;
using DeepSym.Tests.Ops;
using ILGPU;
using ILGPU.Runtime.CPU;
using Blas = DeepSym.Backends.Gpu.Blas;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>Calls of a device's library of products, against plain loops with the meaning of BLAS.</summary>
public sealed class BlasTests
{
    [Fact]
    public void A_call_has_our_product_by_columns()
    {
        foreach (var (m, n, k) in new[] { (3, 4, 5), (1, 4, 5), (3, 1, 5), (3, 4, 1), (1, 1, 1) })
            for (var layout = 0; layout < 4; layout++)
            {
                var (isLeftTransposed, isRightTransposed) = ((layout & 1) != 0, (layout & 2) != 0);
                var shape = new GemmShape(m, n, k)
                {
                    RowStrideA = isLeftTransposed ? 1 : k + 2, ColumnStrideA = isLeftTransposed ? m + 1 : 1,
                    RowStrideB = isRightTransposed ? 1 : n + 3, ColumnStrideB = isRightTransposed ? k + 1 : 1,
                    Batch = 2, BatchStrideA = 60, BatchStrideB = 0, BatchStrideC = m * n + 1,
                };
                var (a, b) = (Draw(1, 120), Draw(2, 60));
                var (expected, actual) = (new float[2 * (m * n + 1)], new float[2 * (m * n + 1)]);
                for (var batch = 0; batch < 2; batch++)
                    for (var i = 0; i < m; i++)
                        for (var j = 0; j < n; j++)
                            for (var t = 0; t < k; t++)
                                expected[batch * (m * n + 1) + i * n + j] += a[batch * 60 + i * shape.RowStrideA + t * shape.ColumnStrideA] * b[t * shape.RowStrideB + j * shape.ColumnStrideB];
                Loops.Multiply(BlasCall.Of(shape)!.Value, b, a, actual);
                Assert.Equal(expected, actual);
            }
    }

    [Fact]
    public void Matrices_that_lie_in_neither_way_have_no_call()
    {
        Assert.Null(BlasCall.Of(new GemmShape(3, 4, 5) { RowStrideA = 20, ColumnStrideA = 2 }));
        Assert.Null(BlasCall.Of(new GemmShape(3, 4, 5) { RowStrideB = 0 }));
        Assert.Null(BlasCall.Of(new GemmShape(0, 4, 5)));
        Assert.Null(BlasCall.Of(new GemmShape(3L << 30, 4, 5)));
    }

    [Fact]
    public void Only_large_products_are_for_the_library()
    {
        Assert.False(BlasCall.Of(new GemmShape(64, 64, 64))!.Value.IsLarge);
        Assert.True(BlasCall.Of(new GemmShape(512, 512, 512))!.Value.IsLarge);
        Assert.True(BlasCall.Of(new GemmShape(64, 64, 64) { Batch = 100 })!.Value.IsLarge);
    }

    [Fact]
    public void A_program_on_a_device_with_a_library_gives_the_same()
    {
        using var context = Context.Create(builder => builder.CPU(CPUDevice.Default).Optimize(OptimizationLevel.O1));
        using var accelerator = CPUDevice.Default.CreateCPUAccelerator(context);
        var library = new Loops();
        var (x, y) = (T.FMatrix("x", "k", "n"), T.FMatrix("y", "k", "m"));
        var graph = new Graph([x, y], [T.Relu(T.Dot(x.Transpose(), y)) + 1], []);
        var host = ((GpuProgram)Compiler.Compile(graph, CompileOptions.Default, Backend.Simulated)).Host;
        var program = new GpuProgram(host, new GpuDevice(accelerator, blas: library), "product");
        foreach (var (terms, calls) in new[] { (8, 0), (20_000, 1) })
        {
            Tensor[] arguments = [Tensor.From(Draw(1, terms * 30), [terms, 30]), Tensor.From(Draw(2, terms * 28), [terms, 28])];
            var outputs = new Tensor?[1];
            program.Run(arguments, outputs);
            Numerically.Close(Function.Compile([x, y], T.Relu(T.Dot(x.Transpose(), y)) + 1).Invoke(arguments)[0], outputs[0]!, 0);
            Assert.Equal(calls, library.Calls);
        }
    }

    static float[] Draw(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (float)random.Next(-3, 4))];
    }

    // What BLAS says of gemm: matrices lie by columns.
    sealed class Loops : Blas
    {
        public int Calls { get; private set; }

        public override unsafe void Multiply(in BlasCall call, DType dtype, ArrayView<byte> first, ArrayView<byte> second, ArrayView<byte> result)
        {
            Calls++;
            Multiply(call, Span(first), Span(second), Span(result));

            static Span<float> Span(ArrayView<byte> view) => new((void*)ILGPU.Runtime.ArrayViewExtensions.LoadEffectiveAddressAsPtr(view), (int)(view.LengthInBytes / sizeof(float)));
        }

        public static void Multiply(BlasCall call, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c)
        {
            for (var batch = 0; batch < call.Batch; batch++)
                for (var column = 0; column < call.N; column++)
                    for (var row = 0; row < call.M; row++)
                    {
                        var sum = 0f;
                        for (var k = 0; k < call.K; k++)
                            sum += a[(int)(batch * call.StrideA) + (call.IsATransposed ? row * call.LeadingA + k : k * call.LeadingA + row)]
                                * b[(int)(batch * call.StrideB) + (call.IsBTransposed ? k * call.LeadingB + column : column * call.LeadingB + k)];
                        c[(int)(batch * call.StrideC) + column * call.LeadingC + row] = sum;
                    }
        }
    }
}
