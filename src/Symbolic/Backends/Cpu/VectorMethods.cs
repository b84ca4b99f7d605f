using System.Reflection;
using System.Runtime.Intrinsics;

namespace DeepSym.Backends.Cpu;

/// <summary>The methods of Vector128, Vector256 and Vector512 that an emitted kernel calls, for the width of this processor.</summary>
internal sealed class VectorMethods
{
    private static readonly Type s_static =
        Lanes.Bytes == 64 ? typeof(Vector512) : Lanes.Bytes == 32 ? typeof(Vector256) : typeof(Vector128);

    private static readonly Type s_generic =
        Lanes.Bytes == 64 ? typeof(Vector512<>) : Lanes.Bytes == 32 ? typeof(Vector256<>) : typeof(Vector128<>);

    private VectorMethods(Type element)
    {
        Type = s_generic.MakeGenericType(element);
        Zero = Type.GetProperty("Zero")!.GetMethod!;
        Add = Type.GetMethod("op_Addition", [Type, Type])!;
        Broadcast = s_static.GetMethod("Create", 0, [element])!;
        MultiplyAdd = s_static.GetMethod("MultiplyAddEstimate", 0, [Type, Type, Type])!;
        Load = OnPointer("Load", element);
        Store = OnPointer("Store", element);
    }

    public Type Type { get; }
    public MethodInfo Zero { get; }
    public MethodInfo Add { get; }
    public MethodInfo Broadcast { get; }

    /// <summary>x * y + z, rounded once where the processor has fused multiply-add and twice where it has not.</summary>
    public MethodInfo MultiplyAdd { get; }

    public MethodInfo Load { get; }
    public MethodInfo Store { get; }

    /// <summary>The methods for vectors of <typeparamref name="T"/>.</summary>
    public static VectorMethods Of<T>() where T : unmanaged => Cache<T>.Value;

    private static MethodInfo OnPointer(string name, Type element) =>
        s_static.GetMethods().Single(m => m.Name == name).MakeGenericMethod(element);

    private static class Cache<T>
    {
        public static readonly VectorMethods Value = new(typeof(T));
    }
}
