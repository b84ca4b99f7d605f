using System.Reflection.Emit;

namespace DeepSym.Backends.Cpu;

/// <summary>Steps that the emitters of kernels share.</summary>
internal static class KernelIl
{
    /// <summary>So many locals of one type.</summary>
    public static LocalBuilder[] Locals(this ILGenerator il, Type type, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => il.DeclareLocal(type))];

    /// <summary>Moves the pointer on the stack.</summary>
    public static void AddBytes(this ILGenerator il, int bytes)
    {
        if (bytes == 0)
            return;
        il.Emit(OpCodes.Ldc_I4, bytes);
        il.Emit(OpCodes.Add);
    }

    /// <summary>Pushes pointer + row * stride, of two arguments.</summary>
    public static void PushRow(this ILGenerator il, short pointer, short stride, int row)
    {
        il.Emit(OpCodes.Ldarg, pointer);
        il.Emit(OpCodes.Ldarg, stride);
        il.Emit(OpCodes.Ldc_I4, row);
        il.Emit(OpCodes.Mul);
        il.Emit(OpCodes.Add);
    }
}
