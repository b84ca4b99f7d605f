using System.Reflection;
using System.Reflection.Emit;
using DeepSym.Kernels;
using ILGPU;
using ILGPU.Util;

namespace DeepSym.Backends.Gpu;

/// <summary>Emits arithmetic and loops of one thread. Values that are pushed stay on the stack; those that are let have a local.</summary>
sealed class ThreadCode(ILGenerator il, int firstSlot)
{
    readonly Dictionary<Size, LocalBuilder> _sizes = [];

    public ILGenerator Il => il;

    public LocalBuilder Let(Type type, Action push)
    {
        var local = il.DeclareLocal(type);
        Set(local, push);
        return local;
    }

    public void Set(LocalBuilder local, Action push)
    {
        push();
        il.Emit(OpCodes.Stloc, local);
    }

    public void Push(LocalBuilder local) => il.Emit(OpCodes.Ldloc, local);

    public void Push(int value) => il.Emit(OpCodes.Ldc_I4, value);

    public void Binary(OpCode code, Action left, Action right)
    {
        left();
        right();
        il.Emit(code);
    }

    public void Binary(OpCode code, LocalBuilder left, int right) => Binary(code, () => Push(left), () => Push(right));

    /// <summary>A size as an int64; those of slots are read once, by <see cref="Read"/>.</summary>
    public void PushLong(Size size)
    {
        if (size.IsSlot) Push(_sizes[size]);
        else il.Emit(OpCodes.Ldc_I8, size.Value);
    }

    /// <summary>A size as an int32.</summary>
    public void PushInt(Size size)
    {
        if (!size.IsSlot)
        {
            Push((int)size.Value);
            return;
        }
        Push(_sizes[size]);
        il.Emit(OpCodes.Conv_I4);
    }

    /// <summary>Reads sizes from the block that is the first argument.</summary>
    public void Read(IEnumerable<Size> sizes)
    {
        foreach (var size in sizes.Where(size => size.IsSlot).Distinct())
            _sizes[size] = Let(typeof(long), () =>
            {
                il.Emit(OpCodes.Ldarga_S, (byte)0);
                il.Emit(OpCodes.Ldc_I8, size.Value + firstSlot);
                il.Emit(OpCodes.Call, Item(typeof(ArrayView<long>), typeof(long)));
                il.Emit(OpCodes.Ldind_I8);
            });
    }

    public void Zero(Type type)
    {
        if (type == typeof(float)) il.Emit(OpCodes.Ldc_R4, 0f);
        else if (type == typeof(double)) il.Emit(OpCodes.Ldc_R8, 0.0);
        else if (type == typeof(long)) il.Emit(OpCodes.Ldc_I8, 0L);
        else Push(0);
    }

    /// <summary>The smaller of two int32.</summary>
    public void Minimum(Action left, Action right)
    {
        left();
        right();
        il.Emit(OpCodes.Call, typeof(DeviceMath).GetMethod(nameof(DeviceMath.Minimum), [typeof(int), typeof(int)])!);
    }

    /// <summary>One of two values, both of which are computed: without a branch.</summary>
    public void Select(Type type, Action condition, Action whenTrue, Action whenFalse)
    {
        condition();
        whenTrue();
        whenFalse();
        il.Emit(OpCodes.Call, typeof(Utilities).GetMethod(nameof(Utilities.Select))!.MakeGenericMethod(type));
    }

    /// <summary>Counts from what begin pushes, while it is below what end pushes.</summary>
    public void For(Type type, Action begin, Action end, Action step, Action<LocalBuilder> body)
    {
        var (top, test) = (il.DefineLabel(), il.DefineLabel());
        var index = Let(type, begin);
        il.Emit(OpCodes.Br, test);
        il.MarkLabel(top);
        body(index);
        Set(index, () => Binary(OpCodes.Add, () => Push(index), step));
        il.MarkLabel(test);
        Push(index);
        end();
        il.Emit(OpCodes.Blt, top);
    }

    /// <summary>Shared memory of the group.</summary>
    public LocalBuilder Shared(Type type, int length) => Let(typeof(ArrayView<>).MakeGenericType(type), () =>
    {
        Push(length);
        il.Emit(OpCodes.Call, typeof(SharedMemory).GetMethod(nameof(SharedMemory.Allocate), [typeof(int)])!.MakeGenericMethod(type));
    });

    public void Barrier() => il.Emit(OpCodes.Call, typeof(Group).GetMethod(nameof(Group.Barrier))!);

    public void Property(Type type, string name) => il.Emit(OpCodes.Call, type.GetProperty(name)!.GetMethod!);

    /// <summary>The number of the thread among all of them, as an int64.</summary>
    public void GlobalIndex()
    {
        Property(typeof(Grid), nameof(Grid.IdxX));
        il.Emit(OpCodes.Conv_I8);
        Property(typeof(Group), nameof(Group.DimX));
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Mul);
        Property(typeof(Group), nameof(Group.IdxX));
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Add);
    }

    /// <summary>The number of all threads, as an int64.</summary>
    public void GlobalStep()
    {
        Property(typeof(Grid), nameof(Grid.DimX));
        il.Emit(OpCodes.Conv_I8);
        Property(typeof(Group), nameof(Group.DimX));
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Mul);
    }

    /// <summary>The address of an element of a view.</summary>
    public void Address(LocalBuilder view, Action index) => Address(() => il.Emit(OpCodes.Ldloca, view), view.LocalType, typeof(int), index);

    /// <summary>The address of an element of a view that is an argument.</summary>
    public void Address(int argument, Type element, Action index) => Address(() => il.Emit(OpCodes.Ldarga, (short)argument), typeof(ArrayView<>).MakeGenericType(element), typeof(long), index);

    void Address(Action view, Type type, Type index, Action push)
    {
        view();
        push();
        il.Emit(OpCodes.Call, Item(type, index));
    }

    static MethodInfo Item(Type view, Type index) => view.GetMethod("get_Item", [index])!;
}
