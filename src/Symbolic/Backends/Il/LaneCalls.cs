using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DeepSym.Backends.Il;

/// <summary>What kernels do lane by lane, on small blocks of memory: functions without vector code, partial vectors, guarded and indexed loads.</summary>
static unsafe class LaneCalls
{
    /// <summary>Zeros that a load gives whose guards fail: more than a register holds.</summary>
    public static readonly byte* Zeros = (byte*)NativeMemory.AllocZeroed(128);

    static readonly List<ScalarFunction> Functions = [];

    /// <summary>The number by which kernels call a function through its definition.</summary>
    public static int NumberOf(ScalarFunction function)
    {
        lock (Functions)
        {
            var number = Functions.IndexOf(function);
            if (number >= 0) return number;
            Functions.Add(function);
            return Functions.Count - 1;
        }
    }

    /// <summary>Calls a function on every lane: arguments lie one after the other in <paramref name="arguments"/>, each <paramref name="stride"/> bytes long; truth values are 32-bit masks.</summary>
    public static void Call(int number, byte* arguments, int stride, int lanes, int dtype, byte* result, int resultType)
    {
        ScalarFunction function;
        lock (Functions) function = Functions[number];
        Span<Number> numbers = stackalloc Number[function.Arity];
        for (var lane = 0; lane < lanes; lane++)
        {
            for (var k = 0; k < numbers.Length; k++)
                numbers[k] = Read(arguments + (long)k * stride, lane, k == 0 && function.Types == ScalarTypes.Selection ? DType.Bool : (DType)dtype);
            Write(result, lane, (DType)resultType, function.Value(numbers, (DType)dtype));
        }
    }

    static Number Read(byte* p, int lane, DType dtype) => dtype switch
    {
        DType.Float32 or DType.Float16 or DType.BFloat16 => new Number(((float*)p)[lane], 0),
        DType.Float64 => new Number(((double*)p)[lane], 0),
        DType.Int64 or DType.UInt64 => new Number(0, ((long*)p)[lane]),
        DType.UInt32 => new Number(0, ((uint*)p)[lane]),
        DType.Bool => new Number(0, ((int*)p)[lane] & 1),
        _ => new Number(0, ((int*)p)[lane]),
    };

    static void Write(byte* p, int lane, DType dtype, Number value)
    {
        switch (dtype)
        {
            case DType.Float32 or DType.Float16 or DType.BFloat16: ((float*)p)[lane] = (float)value.Real; break;
            case DType.Float64: ((double*)p)[lane] = value.Real; break;
            case DType.Int64 or DType.UInt64: ((long*)p)[lane] = value.Integer; break;
            case DType.Bool: ((int*)p)[lane] = value.IsTrue ? -1 : 0; break;
            default: ((int*)p)[lane] = (int)value.Integer; break;
        }
    }

    /// <summary>Spreads elements of 1 or 2 bytes over the lanes of a register; the place may be the block itself.</summary>
    public static void Unpack(byte* source, byte* block, int dtype, int lanes)
    {
        switch ((DType)dtype)
        {
            case DType.Int8:
                for (var lane = lanes - 1; lane >= 0; lane--) ((int*)block)[lane] = ((sbyte*)source)[lane];
                break;
            case DType.UInt8:
                for (var lane = lanes - 1; lane >= 0; lane--) ((int*)block)[lane] = source[lane];
                break;
            case DType.Int16:
                for (var lane = lanes - 1; lane >= 0; lane--) ((int*)block)[lane] = ((short*)source)[lane];
                break;
            case DType.UInt16:
                for (var lane = lanes - 1; lane >= 0; lane--) ((int*)block)[lane] = ((ushort*)source)[lane];
                break;
            case DType.Float16:
                for (var lane = lanes - 1; lane >= 0; lane--) ((float*)block)[lane] = (float)((Half*)source)[lane];
                break;
            default:
                for (var lane = lanes - 1; lane >= 0; lane--) ((uint*)block)[lane] = (uint)((ushort*)source)[lane] << 16;
                break;
        }
    }

    /// <summary>The opposite of <see cref="Unpack"/>.</summary>
    public static void Pack(byte* block, byte* target, int dtype, int lanes)
    {
        switch ((DType)dtype)
        {
            case DType.Int8 or DType.UInt8:
                for (var lane = 0; lane < lanes; lane++) target[lane] = (byte)((int*)block)[lane];
                break;
            case DType.Int16 or DType.UInt16:
                for (var lane = 0; lane < lanes; lane++) ((short*)target)[lane] = (short)((int*)block)[lane];
                break;
            case DType.Float16:
                for (var lane = 0; lane < lanes; lane++) ((Half*)target)[lane] = (Half)((float*)block)[lane];
                break;
            default:
                for (var lane = 0; lane < lanes; lane++) ((BFloat16*)target)[lane] = (BFloat16)((float*)block)[lane];
                break;
        }
    }

    /// <summary>Gathers elements that lie <paramref name="stride"/> bytes apart; lanes beyond the last are zero.</summary>
    public static void LoadStrided(byte* source, long stride, long lanes, int size, byte* block)
    {
        if (lanes < 16) Unsafe.InitBlockUnaligned(block, 0, 128);
        switch (size)
        {
            case 4:
                for (var lane = 0L; lane < lanes; lane++, source += stride) ((int*)block)[lane] = *(int*)source;
                break;
            case 8:
                for (var lane = 0L; lane < lanes; lane++, source += stride) ((long*)block)[lane] = *(long*)source;
                break;
            case 2:
                for (var lane = 0L; lane < lanes; lane++, source += stride) ((short*)block)[lane] = *(short*)source;
                break;
            default:
                for (var lane = 0L; lane < lanes; lane++, source += stride) block[lane] = *source;
                break;
        }
    }

    /// <summary>Scatters elements <paramref name="stride"/> bytes apart.</summary>
    public static void StoreStrided(byte* block, byte* target, long stride, long lanes, int size)
    {
        switch (size)
        {
            case 4:
                for (var lane = 0L; lane < lanes; lane++, target += stride) *(int*)target = ((int*)block)[lane];
                break;
            case 8:
                for (var lane = 0L; lane < lanes; lane++, target += stride) *(long*)target = ((long*)block)[lane];
                break;
            case 2:
                for (var lane = 0L; lane < lanes; lane++, target += stride) *(short*)target = ((short*)block)[lane];
                break;
            default:
                for (var lane = 0L; lane < lanes; lane++, target += stride) *target = block[lane];
                break;
        }
    }

    /// <summary>The place of an element with guards; null when one of them fails. See <see cref="LoadGuarded"/>.</summary>
    public static byte* PlaceGuarded(byte* place, long* guards, int count) => PlaceGuarded(place, guards, count, lane: 0);

    static byte* PlaceGuarded(byte* place, long* guards, int count, long lane)
    {
        for (var g = 0; g < count; g++)
        {
            var guard = guards + 5 * g;
            var numerator = guard[0] + lane * guard[1];
            var index = numerator / guard[2];
            if (numerator < 0 || index * guard[2] != numerator || index >= guard[3]) return null;
            place += index * guard[4];
        }
        return place;
    }

    /// <summary>
    /// Gathers elements each of which has guards: <paramref name="guards"/> holds for each guard the numerator in lane 0, its step, the divisor, the limit and the
    /// stride in bytes. A lane whose guards do not all hold is zero and touches no memory.
    /// </summary>
    public static void LoadGuarded(byte* source, long stride, long lanes, int size, long* guards, int count, byte* block)
    {
        Unsafe.InitBlockUnaligned(block, 0, 128);
        for (var lane = 0L; lane < lanes; lane++)
        {
            var place = PlaceGuarded(source + lane * stride, guards, count, lane);
            if (place is null) continue;
            if (size == 4) ((int*)block)[lane] = *(int*)place;
            else if (size == 8) ((long*)block)[lane] = *(long*)place;
            else if (size == 2) ((short*)block)[lane] = *(short*)place;
            else block[lane] = *place;
        }
    }

    /// <summary>The offset in bytes of an index, or 0 and the error code when it is out of range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Offset(long index, long limit, long stride, long* error)
    {
        if (index < 0) index += limit;
        if ((ulong)index < (ulong)limit) return index * stride;
        *error = 1;
        return 0;
    }

    /// <summary>Adds the offsets of one index for each lane.</summary>
    public static void AddOffsets(long* indices, long lanes, long limit, long stride, long* error, long* offsets)
    {
        for (var lane = 0L; lane < lanes; lane++) offsets[lane] += Offset(indices[lane], limit, stride, error);
    }

    /// <summary>Gathers elements at offsets in bytes.</summary>
    public static void LoadAt(byte* source, long stride, long* offsets, long lanes, int size, byte* block)
    {
        Unsafe.InitBlockUnaligned(block, 0, 128);
        for (var lane = 0L; lane < lanes; lane++)
        {
            var place = source + lane * stride + offsets[lane];
            if (size == 4) ((int*)block)[lane] = *(int*)place;
            else if (size == 8) ((long*)block)[lane] = *(long*)place;
            else if (size == 2) ((short*)block)[lane] = *(short*)place;
            else block[lane] = *place;
        }
    }
}
