using System.Reflection.Emit;
using DeepSym.Kernels;

namespace DeepSym.Backends.Gpu;

/// <summary>What some of the indices of an access contribute: to the place, and to what each guard looks at.</summary>
sealed record AccessCode(LocalBuilder Place, LocalBuilder[] Guards)
{
    /// <summary>The contribution of indices (int32 locals, by axis); other axes count as zero.</summary>
    public static AccessCode Of(ThreadCode code, Access access, IReadOnlyDictionary<int, LocalBuilder> indices, bool withOffset)
    {
        var place = code.Let(typeof(long), () => Sum(access.Offset, access.Terms, isLong: true));
        return new AccessCode(place, [.. access.Guards.Select(guard => code.Let(typeof(int), () => Sum(guard.Offset, guard.Terms, isLong: false)))]);

        void Sum(Size offset, EquatableArray<AccessTerm> terms, bool isLong)
        {
            Number(withOffset ? offset : Size.Of(0));
            foreach (var term in terms.Where(term => indices.ContainsKey(term.Axis)))
            {
                code.Push(indices[term.Axis]);
                if (isLong) code.Il.Emit(OpCodes.Conv_I8);
                Number(term.Stride);
                code.Il.Emit(OpCodes.Mul);
                code.Il.Emit(OpCodes.Add);
            }

            void Number(Size size)
            {
                if (isLong) code.PushLong(size);
                else code.PushInt(size);
            }
        }
    }

    /// <summary>The index of a role and its digits, by axis, together with those that are known.</summary>
    public static Dictionary<int, LocalBuilder> Digits(ThreadCode code, ProductRole role, LocalBuilder index, IReadOnlyDictionary<int, LocalBuilder>? known = null)
    {
        var indices = new Dictionary<int, LocalBuilder>(known ?? new Dictionary<int, LocalBuilder>()) { [role.Axis] = index };
        var rest = index;
        for (var i = role.Digits.Count - 1; i >= 0; i--)
        {
            var (digit, whole) = (role.Digits[i], rest);
            indices[digit.Axis] = i == 0 ? whole : code.Let(typeof(int), () => code.Binary(OpCodes.Rem_Un, () => code.Push(whole), () => code.PushInt(digit.Extent)));
            if (i > 0) rest = code.Let(typeof(int), () => code.Binary(OpCodes.Div_Un, () => code.Push(whole), () => code.PushInt(digit.Extent)));
        }
        return indices;
    }

    /// <summary>
    /// The place of an element from both its contributions, and whether it counts: when <paramref name="isInside"/> says so and every guard holds.
    /// Where a guard fails the place is 0, which can be read.
    /// </summary>
    public static (LocalBuilder Place, LocalBuilder IsInside) Whole(ThreadCode code, Access access, AccessCode first, AccessCode second, LocalBuilder isInside)
    {
        var place = code.Let(typeof(long), () => code.Binary(OpCodes.Add, () => code.Push(first.Place), () => code.Push(second.Place)));
        if (access.Guards.Count == 0) return (place, isInside);
        var holds = code.Let(typeof(bool), () => code.Push(isInside));
        foreach (var (i, guard) in access.Guards.Index())
        {
            var q = code.Let(typeof(int), () => code.Binary(OpCodes.Add, () => code.Push(first.Guards[i]), () => code.Push(second.Guards[i])));
            if (guard.Divisor > 1)
            {
                // What is negative is more than any limit as an unsigned number, also when it is divided by a stride.
                And(() => code.Binary(OpCodes.Ceq, () => code.Binary(OpCodes.Rem_Un, q, guard.Divisor), () => code.Push(0)));
                code.Set(q, () => code.Binary(OpCodes.Div_Un, q, guard.Divisor));
            }
            And(() => code.Binary(OpCodes.Clt_Un, () => code.Push(q), () => code.PushInt(guard.Limit)));
            code.Set(place, () => code.Binary(OpCodes.Add, () => code.Push(place), () => code.Binary(OpCodes.Mul, () =>
            {
                code.Push(q);
                code.Il.Emit(OpCodes.Conv_I8);
            }, () => code.PushLong(guard.Stride))));
        }
        code.Set(place, () => code.Select(typeof(long), () => code.Push(holds), () => code.Push(place), () => code.Il.Emit(OpCodes.Ldc_I8, 0L)));
        return (place, holds);

        void And(Action condition) => code.Set(holds, () => code.Binary(OpCodes.And, () => code.Push(holds), condition));
    }
}
