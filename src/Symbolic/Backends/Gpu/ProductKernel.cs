using System.Reflection;
using System.Reflection.Emit;
using DeepSym.Kernels;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>What a kernel of a product does.</summary>
enum ProductPass
{
    /// <summary>Everything: groups compute blocks of the product, and what follows from its elements.</summary>
    Whole,

    /// <summary>Groups compute blocks of each part of the sums, which go to memory of their own: [part, batch, row, column].</summary>
    Parts,

    /// <summary>Threads add the parts of elements in their order, and compute what follows.</summary>
    Total,
}

/// <summary>
/// A product as a kernel. Its parameters are the sizes, those of the epilogue first; the range of blocks (or elements); the buffers of the epilogue; then
/// the operands (or the parts) and the product (or the parts).
/// </summary>
/// <param name="Nest">What is multiplied.</param>
/// <param name="Pass">What of it the kernel does.</param>
/// <param name="Tile">How groups share blocks; null where there are none.</param>
/// <param name="Epilogue">What is computed from each element, if anything.</param>
sealed record ProductKernel(ProductNest Nest, ProductPass Pass, ProductTile? Tile, ProductEpilogue? Epilogue)
{
    /// <summary>How many sizes of the epilogue lie before those of the product.</summary>
    public static int FirstSize(ProductEpilogue? epilogue) => (epilogue?.Nest.Sizes ?? 1) - 1;

    /// <summary>The kernel as a method for ILGPU.</summary>
    public MethodInfo Method()
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("DeepSym.Kernels"), AssemblyBuilderAccess.RunAndCollect);
        var type = assembly.DefineDynamicModule("kernels").DefineType("Kernels", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        Type[] own = Enumerable.Repeat(ViewOf(Nest.DType), Pass == ProductPass.Total ? 2 : 3).ToArray();
        Type[] others = [.. Epilogue?.Nest.Buffers.Select(ViewOf) ?? []];
        var method = type.DefineMethod("Product", MethodAttributes.Public | MethodAttributes.Static, typeof(void), [typeof(ArrayView<long>), typeof(long), typeof(long), .. others, .. own]);
        var code = new ThreadCode(method.GetILGenerator(), FirstSize(Epilogue));
        code.Read(Nest.Numbers);
        var first = KernelMethod.FirstBuffer + others.Length;
        var store = new ProductStore(code, this, first + own.Length - 1);
        if (Pass == ProductPass.Total) new ProductTotal(code, Nest, first, store).Emit();
        else new ProductBlocks(code, this, first, store).Emit();
        code.Il.Emit(OpCodes.Ret);
        return type.CreateType().GetMethod("Product")!;

        static Type ViewOf(DType dtype) => typeof(ArrayView<>).MakeGenericType(KernelMethod.ElementOf(dtype));
    }
}

/// <summary>Pointwise work on the elements of a product.</summary>
/// <param name="Nest">A nest over its rows and columns.</param>
/// <param name="Product">The number of the product among the buffers of the nest.</param>
/// <param name="IsProductKept">Whether others need the product itself.</param>
sealed record ProductEpilogue(LoopNest Nest, int Product, bool IsProductKept);
