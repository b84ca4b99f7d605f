using System.Reflection;
using System.Runtime.Intrinsics;

namespace DeepSym.Backends.Cpu;

/// <summary>The methods of Vector128, Vector256 or Vector512 that an emitted kernel calls.</summary>
internal sealed class VectorMethods
{
    private readonly Type _static;

    private VectorMethods(Type element, int bytes)
    {
        var (plain, generic) = bytes switch
        {
            64 => (typeof(Vector512), typeof(Vector512<>)),
            32 => (typeof(Vector256), typeof(Vector256<>)),
            _ => (typeof(Vector128), typeof(Vector128<>)),
        };
        _static = plain;
        Element = element;
        Type = generic.MakeGenericType(element);
        Zero = Type.GetProperty("Zero")!.GetMethod!;
        Add = Type.GetMethod("op_Addition", [Type, Type])!;
        Subtract = Type.GetMethod("op_Subtraction", [Type, Type])!;
        Multiply = Type.GetMethod("op_Multiply", [Type, Type])!;
        And = Type.GetMethod("op_BitwiseAnd", [Type, Type])!;
        Broadcast = _static.GetMethod("Create", 0, [element])!;
        MultiplyAdd = _static.GetMethod("MultiplyAddEstimate", 0, [Type, Type, Type])!;
        Sum = _static.GetMethod("Sum")!.MakeGenericMethod(element);
        Load = OnPointer("Load");
        Store = OnPointer("Store");
    }

    public Type Element { get; }
    public Type Type { get; }
    public MethodInfo Zero { get; }
    public MethodInfo Add { get; }
    public MethodInfo Subtract { get; }
    public MethodInfo Multiply { get; }
    public MethodInfo And { get; }
    public MethodInfo Broadcast { get; }

    /// <summary>x * y + z, rounded once where the processor has fused multiply-add and twice where it has not.</summary>
    public MethodInfo MultiplyAdd { get; }

    /// <summary>The sum of a vector's lanes.</summary>
    public MethodInfo Sum { get; }

    public MethodInfo Load { get; }
    public MethodInfo Store { get; }

    /// <summary>The methods for vectors of <typeparamref name="T"/> of this processor's width.</summary>
    public static VectorMethods Of<T>() where T : unmanaged => Cache<T>.Value;

    /// <summary>The methods for vectors of 16, 32 or 64 bytes; what the processor lacks, the runtime does in smaller steps.</summary>
    public static VectorMethods Of(Type element, int bytes) => new(element, bytes);

    private MethodInfo OnPointer(string name) =>
        _static.GetMethods().Single(m => m.Name == name).MakeGenericMethod(Element);

    private static class Cache<T>
    {
        public static readonly VectorMethods Value = new(typeof(T), Lanes.Bytes);
    }
}
