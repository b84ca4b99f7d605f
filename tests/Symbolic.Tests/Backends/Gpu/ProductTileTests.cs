using System.Text.RegularExpressions;
using DeepSym.Backends.Gpu;
using DeepSym.Compilation;
using DeepSym.Kernels;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>How products are cut into blocks, and the kernels of blocks as large as real devices have them.</summary>
public sealed class ProductTileTests
{
    static readonly Variable X = T.FMatrix("x", "n", "k"), Y = T.FMatrix("y", "k", "m");

    public static TheoryData<string> Texts => [.. Programs.Keys];

    static readonly Dictionary<string, (Expr Value, Variable[] Inputs)> Programs = new()
    {
        ["product"] = (T.Relu(T.Dot(X, Y) + 1), [X, Y]),
        ["product-convolution"] = (T.Conv2D(T.Variable("images", DType.Float32, "n", 8, 16, 16), T.Variable("filters", DType.Float32, 32, 8, 3, 3), 1), []),
    };

    [Fact]
    public void Tiles_fit_devices()
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64, DType.Int64 })
            foreach (var threads in new[] { 16, 128, 1024 })
                foreach (var size in new[] { 1, 10, 100, 1000, 10_000 })
                    foreach (var other in new[] { 1, 64, 4096 })
                    {
                        var (tile, parts) = ProductTile.For(1, size, other, size, dtype, threads);
                        Assert.InRange(tile.Threads, 1, threads);
                        Assert.InRange(tile.Shared * dtype.Size(), 1, 48 << 10);
                        Assert.InRange(parts, 1, Math.Max(1, size / 256));
                        Assert.True(tile.Rows * tile.Step >= tile.Threads && tile.Columns * tile.Step >= tile.Threads && tile.Threads >= Math.Max(tile.Rows, tile.Columns), $"{tile}: every thread has something of each piece");
                    }
    }

    [Fact]
    public void Large_products_have_large_tiles_and_long_sums_of_few_elements_are_cut()
    {
        Assert.Equal((new ProductTile(16, 16, 2, 2, 8), 1L), ProductTile.For(1, 4096, 4096, 4096, DType.Float32, 1024));
        var (tile, parts) = ProductTile.For(1, 16, 16, 100_000, DType.Float32, 1024);
        Assert.True(tile.Rows < 128 && parts > 64);
        Assert.Equal(1, ProductTile.For(128, 128, 128, 100_000, DType.Float32, 1024).Parts);
    }

    [Fact]
    public void A_device_of_few_threads_has_no_products()
    {
        var error = Assert.Throws<NotSupportedException>(() => ProductTile.For(1, 8, 8, 8, DType.Float32, 8));
        Assert.Equal("A matrix product needs groups of 16 threads, and the device has 8.", error.Message);
    }

    [Fact]
    public void Every_tile_gives_the_product()
    {
        var (product, epilogue) = Compiled("product");
        using var context = Context.Create(builder => builder.CPU(new CPUDevice(32, 8, 1)).Optimize(OptimizationLevel.O1));
        using var accelerator = context.GetCPUDevice(0).CreateCPUAccelerator(context);
        foreach (var tile in ProductTile.All.Append(new ProductTile(4, 8, 2, 1, 8)))
        {
            var (rows, terms, columns) = (tile.Rows + 3, 2 * tile.Step + 1, tile.Columns - 2);
            var (a, b) = (Draw(rows * terms), Draw(terms * columns));
            var kernel = new GpuKernel(accelerator, new ProductKernel(product.Nest, ProductPass.Whole, tile, epilogue).Method());
            // Its own sizes by their dims: rows, terms and columns are n, k and m.
            var binding = new DimBinding(_ => 0);
            binding.Bind(X, [rows, terms]);
            binding.Bind(Y, [terms, columns]);
            long[] own = [.. product.Sizes.Select(binding.Evaluate), 1, terms + tile.Step];
            var step = Step("product");
            using var sizes = accelerator.Allocate1D<long>([.. step.Epilogue!.Sizes.Select(binding.Evaluate), .. own.Skip(1)]);
            using var left = accelerator.Allocate1D(a);
            using var right = accelerator.Allocate1D(b);
            using var one = accelerator.Allocate1D([1f]);
            using var result = accelerator.Allocate1D<float>(rows * columns);
            object[] others = [.. step.Epilogue.Buffers.Select(buffer => (object)(buffer.Kind == BufferKind.Literals ? one : result).View.BaseView)];
            kernel.Launch(accelerator.DefaultStream, new KernelConfig(2, tile.Threads),
                [sizes.View.BaseView, 0L, 2L, .. others, left.View.BaseView, right.View.BaseView, result.View.BaseView]);
            accelerator.Synchronize();
            var expected = new float[rows * columns];
            for (var i = 0; i < rows; i++)
                for (var j = 0; j < columns; j++)
                    expected[i * columns + j] = Math.Max(0, 1 + Enumerable.Range(0, terms).Sum(k => a[i * terms + k] * b[k * columns + j]));
            Assert.Equal(expected, result.GetAsArray1D());
        }
    }

    [Theory, MemberData(nameof(Texts))]
    public void The_kernel_of_large_blocks_keeps_its_sums_in_registers(string name)
    {
        var (product, epilogue) = Compiled(name);
        var text = KernelTextTests.Ptx([new ProductKernel(product.Nest, ProductPass.Whole, ProductTile.All[0], epilogue).Method()]);
        Assert.DoesNotContain(".local", text, StringComparison.Ordinal);
        // For each of 8 terms: four quads from shared memory, and 64 multiplications.
        Assert.Equal(8 * 4, Regex.Count(text, @"ld\.shared\.v4\.f32"));
        Assert.Equal(8 * 64, Regex.Count(text, @"mul\.f32|fma\.rn\.f32"));
    }

    static LibraryStep Step(string name)
    {
        var (value, inputs) = Programs[name];
        var program = (GpuProgram)Compiler.Compile(new Graph([.. inputs.Length > 0 ? inputs : Traversal.Leaves([value]).OfType<Variable>()], [value], []), CompileOptions.Default, Backend.Simulated);
        return program.Host.Schedule.Steps.OfType<LibraryStep>().Single();
    }

    static (SymbolicProduct Product, ProductEpilogue? Epilogue) Compiled(string name)
    {
        var step = Step(name);
        return (SymbolicProduct.Of(step)!, step.Epilogue is { } epilogue ? new(epilogue.Nest, epilogue.Buffers.IndexOf(step.Output.Buffer), IsProductKept: false) : null);
    }

    static float[] Draw(int length)
    {
        var random = new Random(length);
        return [.. Enumerable.Range(0, length).Select(_ => (float)random.Next(-3, 4))];
    }
}
