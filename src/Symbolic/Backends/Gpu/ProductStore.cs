using System.Reflection.Emit;
using DeepSym.Kernels;

namespace DeepSym.Backends.Gpu;

/// <summary>Emits what happens to a finished element: it is stored, or becomes part of what the epilogue computes, or both.</summary>
sealed class ProductStore(ThreadCode code, ProductKernel kernel, int argument)
{
    readonly ProductNest _nest = kernel.Nest;
    readonly Type _type = ScalarCode.TypeOf(kernel.Nest.DType);
    readonly KernelMethod? _epilogue = kernel.Epilogue is { } epilogue && kernel.Pass != ProductPass.Parts ? KernelMethod.Within(epilogue.Nest, code.Il) : null;

    /// <summary>The element of int32 indices.</summary>
    /// <param name="batch">The index of the matrix.</param>
    /// <param name="row">The row within it.</param>
    /// <param name="column">The column.</param>
    /// <param name="part">Which part of the sums it is; null when it is all of them.</param>
    /// <param name="value">The value.</param>
    public void Emit(LocalBuilder batch, LocalBuilder row, LocalBuilder column, LocalBuilder? part, LocalBuilder value)
    {
        var flatRow = code.Let(typeof(long), () => code.Binary(OpCodes.Add, () => code.Binary(OpCodes.Mul, () => Long(batch), () => code.PushLong(_nest.Rows.Extent)), () => Long(row)));
        if (_epilogue is null || kernel.Epilogue!.IsProductKept)
        {
            var place = part is null ? Target() : PlaceInParts(code, _nest, part, flatRow, column);
            code.Address(argument, _type, () => code.Push(place));
            code.Push(value);
            code.Il.Emit(OpCodes.Stobj, _type);
        }
        if (_epilogue is null) return;
        var flatColumn = code.Let(typeof(long), () => Long(column));
        _epilogue.EmitElement(flatRow, flatColumn, kernel.Epilogue!.Product, value);

        LocalBuilder Target()
        {
            var indices = AccessCode.Digits(code, _nest.Rows, row, AccessCode.Digits(code, _nest.Columns, column));
            indices[_nest.Batch.Axis] = batch;
            return AccessCode.Of(code, _nest.Target, indices, withOffset: true).Place;
        }

        void Long(LocalBuilder index)
        {
            code.Push(index);
            code.Il.Emit(OpCodes.Conv_I8);
        }
    }

    /// <summary>Where a part of an element lies: [part, batch and row, column].</summary>
    public static LocalBuilder PlaceInParts(ThreadCode code, ProductNest nest, LocalBuilder part, LocalBuilder flatRow, LocalBuilder column) => code.Let(typeof(long), () =>
    {
        Long(part);
        code.PushLong(nest.Batch.Extent);
        code.Il.Emit(OpCodes.Mul);
        code.PushLong(nest.Rows.Extent);
        code.Il.Emit(OpCodes.Mul);
        code.Push(flatRow);
        code.Il.Emit(OpCodes.Add);
        code.PushLong(nest.Columns.Extent);
        code.Il.Emit(OpCodes.Mul);
        Long(column);
        code.Il.Emit(OpCodes.Add);

        void Long(LocalBuilder index)
        {
            code.Push(index);
            code.Il.Emit(OpCodes.Conv_I8);
        }
    });
}

/// <summary>Emits the kernel that adds the parts of sums: one element in each thread.</summary>
sealed class ProductTotal(ThreadCode code, ProductNest nest, int parts, ProductStore store)
{
    public void Emit()
    {
        var type = ScalarCode.TypeOf(nest.DType);
        code.For(typeof(long), () =>
        {
            code.GlobalIndex();
            code.Il.Emit(OpCodes.Ldarg_1);
            code.Il.Emit(OpCodes.Add);
        }, () => code.Il.Emit(OpCodes.Ldarg_2), code.GlobalStep, element =>
        {
            var flatRow = code.Let(typeof(long), () => code.Binary(OpCodes.Div, () => code.Push(element), () => code.PushLong(nest.Columns.Extent)));
            var column = Int(OpCodes.Rem, element, nest.Columns.Extent);
            var (batch, row) = (Int(OpCodes.Div, flatRow, nest.Rows.Extent), Int(OpCodes.Rem, flatRow, nest.Rows.Extent));
            var sum = code.Let(type, () => code.Zero(type));
            code.For(typeof(int), () => code.Push(0), () => code.PushInt(nest.Parts), () => code.Push(1), part =>
                code.Set(sum, () => code.Binary(OpCodes.Add, () => code.Push(sum), () =>
                {
                    var place = ProductStore.PlaceInParts(code, nest, part, flatRow, column);
                    code.Address(parts, type, () => code.Push(place));
                    code.Il.Emit(OpCodes.Ldobj, type);
                })));
            store.Emit(batch, row, column, null, sum);
        });

        LocalBuilder Int(OpCode operation, LocalBuilder value, Size by) => code.Let(typeof(int), () =>
        {
            code.Binary(operation, () => code.Push(value), () => code.PushLong(by));
            code.Il.Emit(OpCodes.Conv_I4);
        });
    }
}
