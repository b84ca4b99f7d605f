using System.Numerics;
using CsCheck;
using DeepSym.Backends.Cpu;

namespace DeepSym.Tests.Backends.Cpu;

public sealed unsafe class GemmTests
{
    private static readonly Gen<Product> s_small =
        from m in Gen.Int[0, 70]
        from n in Gen.Int[0, 70]
        from k in Gen.Int[0, 70]
        from layout in Layouts
        select new Product(m, n, k, layout);

    // Long thin products, depths of several blocks, rows and columns around the sizes of tiles.
    private static readonly (int M, int N, int K)[] s_unevenSizes =
    [
        (1, 300, 77), (300, 1, 77), (1, 1, 1000), (2, 900, 40), (900, 3, 40), (128, 10, 512), (512, 10, 128), (10, 128, 512),
        (20, 700, 25), (25, 600, 20), (300, 500, 40), (97, 113, 800), (241, 65, 385), (64, 64, 64), (130, 257, 1200),
    ];

    private static readonly Gen<Product> s_uneven =
        from i in Gen.Int[0, s_unevenSizes.Length - 1]
        from layout in Layouts
        select new Product(s_unevenSizes[i].M, s_unevenSizes[i].N, s_unevenSizes[i].K, layout);

    // Those whose vectors run along the depth, and their neighbours that do not.
    private static readonly Gen<Product> s_fewColumns =
        from m in Gen.Int[28, 150]
        from n in Gen.Int[1, 14]
        from k in Gen.Int[120, 700]
        from isTransposed in Gen.Bool
        from layout in Layouts
        select isTransposed ? new Product(n, m, k, layout) : new Product(m, n, k, layout);

    private static Gen<Layout> Layouts =>
        from a in Gen.Enum<Order>()
        from b in Gen.Enum<Order>()
        from padding in Gen.Int[0, 5]
        from accumulate in Gen.Bool
        from seed in Gen.Int[0, 1000]
        select new Layout(a, b, padding, accumulate, seed);

    [Fact]
    public void Small_float32_products_equal_plain_loops() => s_small.Sample(Check<float>, iter: 1500);

    [Fact]
    public void Small_float64_products_equal_plain_loops() => s_small.Sample(Check<double>, iter: 1500);

    [Fact]
    public void Uneven_float32_products_equal_plain_loops() => s_uneven.Sample(Check<float>, iter: 120);

    [Fact]
    public void Uneven_float64_products_equal_plain_loops() => s_uneven.Sample(Check<double>, iter: 120);

    [Fact]
    public void Float32_products_with_few_columns_equal_plain_loops() => s_fewColumns.Sample(Check<float>, iter: 150);

    [Fact]
    public void Float64_products_with_few_columns_equal_plain_loops() => s_fewColumns.Sample(Check<double>, iter: 100);

    [Theory]
    [InlineData(40, 10, 133)]
    [InlineData(40, 1, 133)]
    [InlineData(40, 10, 130)]
    public void An_infinite_element_is_infinite_in_its_row_alone(int m, int n, int k)
    {
        float[] a = new float[m * k], b = new float[k * n], c = new float[m * n];
        Array.Fill(a, 1);
        Array.Fill(b, 1);
        foreach (var place in new[] { 0, k - 9, k - 5, k - 1 })
        {
            var row = place % m;
            a[row * k + place] = float.PositiveInfinity;
            fixed (float* pa = a, pb = b, pc = c)
                Gemm.Run(new GemmShape(m, n, k), pa, pb, pc, accumulate: false, null, 1);
            for (var i = 0; i < c.Length; i++)
                Assert.Equal(i / n == row ? float.PositiveInfinity : k, c[i]);
            a[row * k + place] = 1;
        }
    }

    [Theory]
    [InlineData(500, 700, 900, Order.Rows, Order.Rows)]
    [InlineData(500, 700, 900, Order.Columns, Order.Rows)]
    [InlineData(500, 700, 900, Order.Rows, Order.Columns)]
    [InlineData(40, 3000, 2000, Order.Rows, Order.Columns)]
    [InlineData(20, 500, 784, Order.Rows, Order.Rows)]
    [InlineData(45, 610, 700, Order.Columns, Order.Rows)]
    [InlineData(60, 610, 700, Order.Rows, Order.Rows)]
    [InlineData(128, 512, 784, Order.Columns, Order.Rows)]
    public void Large_products_equal_plain_loops(int m, int n, int k, Order a, Order b)
    {
        Check<float>(new Product(m, n, k, new Layout(a, b, 3, true, 7)));
        Check<float>(new Product(m, n, k, new Layout(a, b, 3, false, 8)));   // even: B as trained weights
        Check<float>(new Product(m, n, k, new Layout(a, b, 3, true, 8)));
    }

    [Theory]
    [InlineData(9, 31, 17, 45)]
    [InlineData(3, 200, 190, 180)]
    [InlineData(8, 1, 33, 70)]
    [InlineData(5, 33, 1, 70)]
    public void Each_matrix_of_a_batch_is_its_own_product(int batch, int m, int n, int k)
    {
        var random = new Random(1);
        foreach (var (sharedA, sharedB) in new[] { (false, false), (true, false), (false, true) })
        {
            float[] a = Values<float>(random, (sharedA ? 1 : batch) * m * k), b = Values<float>(random, (sharedB ? 1 : batch) * k * n);
            var shape = new GemmShape(m, n, k)
            {
                Batch = batch, BatchStrideA = sharedA ? 0 : m * k, BatchStrideB = sharedB ? 0 : k * n,
            };
            float[] together = new float[batch * m * n], apart = new float[batch * m * n];
            var coverage = new Coverage(batch * m, n);
            fixed (float* pa = a, pb = b, pc = together, pd = apart)
            {
                Gemm.Run(shape, pa, pb, pc, accumulate: false, coverage, 2);
                for (var i = 0; i < batch; i++)
                    Gemm.Run(new GemmShape(m, n, k), pa + i * shape.BatchStrideA, pb + i * shape.BatchStrideB, pd + i * m * n, false, null, 1);
            }
            AssertClose(apart.Select(x => (double)x).ToArray(), together, k);
            coverage.AssertExact();
        }
    }

    [Fact]
    public void An_operand_is_packed_where_many_rows_share_it()
    {
        var wide = new GemmShape(32, 512, 128);
        Assert.Equal(0, Gemm.PanelBytes<float>(wide, 4));
        Assert.InRange(Gemm.PanelBytes<float>(wide, 5), 512 * 128 * sizeof(float), 512 * 129 * sizeof(float));
        Assert.InRange(Gemm.PanelBytes<double>(wide with { RowStrideB = 1, ColumnStrideB = 128 }, 5), 512 * 128 * sizeof(double), 512 * 129 * sizeof(double));
        Assert.All(
            [new GemmShape(0, 512, 128), new GemmShape(1, 512, 128), new GemmShape(512, 1, 128), new GemmShape(32, 512, 0), wide with { Batch = 3 }],
            shape => Assert.Equal(0, Gemm.PanelBytes<float>(shape, 1000)));
    }

    [Fact]
    public void A_product_of_depth_zero_is_zero_or_what_was_there()
    {
        float[] c = [1, 2, 3, 4, 5, 6];
        float nothing = 0;
        var coverage = new Coverage(2, 3);
        fixed (float* p = c)
        {
            Gemm.Run(new GemmShape(2, 3, 0), &nothing, &nothing, p, accumulate: true, null, 2);
            Assert.Equal([1, 2, 3, 4, 5, 6], c);
            Gemm.Run(new GemmShape(2, 3, 0), &nothing, &nothing, p, accumulate: false, coverage, 2);
        }
        Assert.Equal(new float[6], c);
        coverage.AssertExact();
    }

    [Fact]
    public void An_epilogue_that_throws_reaches_the_caller_and_the_next_product_is_right()
    {
        var values = Values<float>(new Random(2), 300 * 300);
        var c = new float[300 * 300];
        fixed (float* a = values, pc = c)
        {
            nint pa = (nint)a, p = (nint)pc;
            Assert.Throws<InvalidOperationException>(
                () => Gemm.Run(new GemmShape(300, 300, 300), (float*)pa, (float*)pa, (float*)p, false, new Throwing(), 2));
        }
        Check<float>(new Product(300, 300, 300, new Layout(Order.Rows, Order.Rows, 0, false, 3)));
    }

    [Fact]
    public void Products_allocate_nothing_once_warm()
    {
        var values = Values<float>(new Random(3), 400 * 400);
        var c = new float[400 * 400];
        var coverage = new Silent();
        fixed (float* a = values, p = c)
        {
            for (var repeat = 0; repeat < 5; repeat++)
                Several(a, p, coverage);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var repeat = 0; repeat < 5; repeat++)
                Several(a, p, coverage);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        static void Several(float* a, float* c, GemmEpilogue epilogue)
        {
            Gemm.Run(new GemmShape(400, 400, 400), a, a, c, false, epilogue, 2);
            Gemm.Run(new GemmShape(400, 10, 400) { RowStrideA = 1, ColumnStrideA = 400 }, a, a, c, true, epilogue, 2);
            Gemm.Run(new GemmShape(400, 1, 400), a, a, c, false, epilogue, 2);
            Gemm.Run(new GemmShape(20, 20, 20) { Batch = 30 }, a, a, c, false, epilogue, 2);
        }
    }

    [Fact]
    public void Products_of_integers_wrap_and_products_of_truth_values_are_or_of_ands()
    {
        int[] a = [1, 2, int.MaxValue, 4], b = [5, 6, 7, 8], c = new int[4];
        bool[] p = [true, false, false, true, false, false], q = [false, true, true, false, true, true], r = new bool[4];
        fixed (int* pa = a, pb = b, pc = c)
            Gemm.RunPlain(new GemmShape(2, 2, 2), pa, pb, pc, false, null);
        fixed (bool* pp = p, pq = q, pr = r)
            Gemm.RunLogical(new GemmShape(2, 2, 3), pp, pq, pr, false, null);
        Assert.Equal([19, 22, unchecked(int.MaxValue * 5 + 28), unchecked(int.MaxValue * 6 + 32)], c);
        Assert.Equal([false, true, false, true], r);
    }

    private static void Check<T>(Product product) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (m, n, k, layout) = product;
        var random = new Random(layout.Seed);
        var (rowA, columnA, sizeA) = Strides(layout.A, m, k, layout.Padding);
        var (rowB, columnB, sizeB) = Strides(layout.B, k, n, layout.Padding);
        var rowC = n + layout.Padding;
        T[] a = Values<T>(random, sizeA), b = Values<T>(random, sizeB), before = Values<T>(random, m * rowC + 1);
        var expected = new double[before.Length];
        for (var i = 0; i < before.Length; i++)
            expected[i] = double.CreateChecked(before[i]);
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
            {
                var sum = layout.Accumulate ? expected[i * rowC + j] : 0;
                for (var l = 0; l < k; l++)
                    sum += double.CreateChecked(a[i * rowA + l * columnA]) * double.CreateChecked(b[l * rowB + j * columnB]);
                expected[i * rowC + j] = sum;
            }

        var shape = new GemmShape(m, n, k)
        {
            RowStrideA = rowA, ColumnStrideA = columnA, RowStrideB = rowB, ColumnStrideB = columnB, RowStrideC = rowC,
        };
        T[] one = [.. before], two = [.. before], packed = [.. before];
        Coverage coverageOfOne = new(m, n), coverageOfTwo = new(m, n), coverageOfPacked = new(m, n);
        fixed (T* pa = a, pb = b, p1 = one, p2 = two)
        {
            Gemm.Run(shape, pa, pb, p1, layout.Accumulate, coverageOfOne, 1);
            Gemm.Run(shape with { IsTrainedB = layout.Seed % 2 == 0 }, pa, pb, p2, layout.Accumulate, coverageOfTwo, 2);
        }
        if (Gemm.PanelBytes<T>(shape, 1000) is > 0 and var bytes)
        {
            fixed (T* pa = a, pb = b, pc = packed, panel = new T[bytes / sizeof(T)])
            {
                Gemm.Pack(shape, pb, panel, 2);
                Gemm.Run(shape, pa, (T*)null, pc, layout.Accumulate, coverageOfPacked, 2, panel);
            }
            Assert.Equal(one, packed);
            coverageOfPacked.AssertExact();
        }
        AssertClose(expected, one, k);
        Assert.Equal(one, two);
        coverageOfOne.AssertExact();
        coverageOfTwo.AssertExact();
    }

    private static (int Row, int Column, int Size) Strides(Order order, int rows, int columns, int padding) => order switch
    {
        Order.Rows => (columns + padding, 1, rows * (columns + padding) + 1),
        Order.Columns => (1, rows + padding, columns * (rows + padding) + 1),
        Order.EveryThird => (3 * columns + padding, 3, rows * (3 * columns + padding) + 1),
        _ => throw new ArgumentOutOfRangeException(nameof(order)),
    };

    private static T[] Values<T>(Random random, int count) where T : INumberBase<T> =>
        [.. Enumerable.Range(0, count).Select(_ => T.CreateChecked(random.NextDouble() - 0.5))];

    private static void AssertClose<T>(double[] expected, T[] actual, int k) where T : INumberBase<T>
    {
        var tolerance = (typeof(T) == typeof(float) ? 1.2e-7 : 2.3e-16) * (k + 2);
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - double.CreateChecked(actual[i])) <= tolerance))
                Assert.Fail($"element {i}: expected {expected[i]}, got {actual[i]}");
    }

    public enum Order { Rows, Columns, EveryThird }

    private sealed record Layout(Order A, Order B, int Padding, bool Accumulate, int Seed);

    private sealed record Product(int M, int N, int K, Layout Layout);

    private sealed class Coverage(int rows, int columns) : GemmEpilogue
    {
        private readonly int[] _visits = new int[rows * columns];

        public override void Run(long rowBegin, long rowEnd, long columnBegin, long columnEnd)
        {
            for (var i = rowBegin; i < rowEnd; i++)
                for (var j = columnBegin; j < columnEnd; j++)
                    Interlocked.Increment(ref _visits[i * columns + j]);
        }

        public void AssertExact() => Assert.True(_visits.All(visits => visits == 1), "the epilogue's blocks do not cover C exactly once");
    }

    private sealed class Silent : GemmEpilogue
    {
        public override void Run(long rowBegin, long rowEnd, long columnBegin, long columnEnd) { }
    }

    private sealed class Throwing : GemmEpilogue
    {
        public override void Run(long rowBegin, long rowEnd, long columnBegin, long columnEnd) => throw new InvalidOperationException();
    }
}
