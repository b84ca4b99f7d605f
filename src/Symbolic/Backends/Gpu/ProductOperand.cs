using System.Numerics;
using System.Reflection.Emit;
using DeepSym.Kernels;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// Emits how a group brings pieces of an operand into shared memory: every thread has the same few places of each piece. What depends on rows (or columns) is
/// computed once for a block, what depends on the summed index once for a piece. Indices past the end read the last element, and what lies outside counts
/// as zero: there are no branches.
/// </summary>
sealed class ProductOperand
{
    readonly ThreadCode _code;
    readonly ProductNest _nest;
    readonly Access _access;
    readonly ProductRole _across;
    readonly bool _isAlongSum;
    readonly int _length, _pitch, _threads, _step, _argument;
    readonly Type _type;
    readonly LocalBuilder _shared, _acrossIndex, _sumIndex;
    readonly AccessCode[] _fixed;       // for each row that a thread reads
    readonly LocalBuilder[] _values, _areInside;

    public ProductOperand(ThreadCode code, ProductKernel kernel, bool isLeft, int argument, LocalBuilder shared, LocalBuilder thread)
    {
        var tile = kernel.Tile!;
        (_code, _nest, _argument, _shared, _type) = (code, kernel.Nest, argument, shared, ScalarCode.TypeOf(kernel.Nest.DType));
        (_access, _across, _length, _pitch) = isLeft ? (_nest.Left, _nest.Rows, tile.Rows, tile.LeftPitch) : (_nest.Right, _nest.Columns, tile.Columns, tile.RightPitch);
        _isAlongSum = (isLeft ? _nest.LeftRuns : _nest.RightRuns) == Runs.AlongSum;
        (_threads, _step) = (tile.Threads, tile.Step);
        var (fast, slow) = (_isAlongSum ? _step : _length, code.Let(typeof(int), () => code.Binary(OpCodes.Shr_Un, thread, BitOperations.Log2((uint)(_isAlongSum ? _step : _length)))));
        var rest = code.Let(typeof(int), () => code.Binary(OpCodes.And, thread, fast - 1));
        (_acrossIndex, _sumIndex) = _isAlongSum ? (slow, rest) : (rest, slow);
        _values = [.. Enumerable.Range(0, _length * _step / _threads).Select(_ => code.Il.DeclareLocal(_type))];
        _areInside = [.. _values.Select(_ => code.Il.DeclareLocal(typeof(bool)))];
        _fixed = new AccessCode[_isAlongSum ? _values.Length : 1];
    }

    int Stride => _threads / (_isAlongSum ? _step : _length);   // from a thread's element to its next one, along the slow index

    /// <summary>What depends on rows, for the block that begins at <paramref name="first"/>.</summary>
    public void Begin(LocalBuilder first, IReadOnlyDictionary<int, LocalBuilder> batch)
    {
        for (var e = 0; e < _fixed.Length; e++)
        {
            var at = e;
            var index = _code.Let(typeof(int), () => _code.Minimum(
                () => _code.Binary(OpCodes.Add, () => _code.Push(first), () => _code.Binary(OpCodes.Add, _acrossIndex, at * Stride)),
                () => _code.Binary(OpCodes.Sub, () => _code.PushInt(_across.Extent), () => _code.Push(1))));
            _fixed[e] = AccessCode.Of(_code, _access, AccessCode.Digits(_code, _across, index, batch), withOffset: true);
        }
    }

    /// <summary>Reads the piece whose sums begin at <paramref name="k0"/>.</summary>
    public void Load(LocalBuilder k0, LocalBuilder end, LocalBuilder last)
    {
        var sums = Enumerable.Range(0, _isAlongSum ? 1 : _values.Length).Select(e =>
        {
            var k = _code.Let(typeof(int), () => _code.Binary(OpCodes.Add, () => _code.Push(k0), () => _code.Binary(OpCodes.Add, _sumIndex, e * Stride)));
            var isInside = _code.Let(typeof(bool), () => _code.Binary(OpCodes.Clt, () => _code.Push(k), () => _code.Push(end)));
            var index = _code.Let(typeof(int), () => _code.Minimum(() => _code.Push(k), () => _code.Push(last)));
            return (Access: AccessCode.Of(_code, _access, AccessCode.Digits(_code, _nest.Sum, index), withOffset: false), IsInside: isInside);
        }).ToArray();
        for (var e = 0; e < _values.Length; e++)
        {
            var (sum, isInside) = sums[_isAlongSum ? 0 : e];
            var (place, condition) = AccessCode.Whole(_code, _access, _fixed[_isAlongSum ? e : 0], sum, isInside);
            _code.Set(_areInside[e], () => _code.Push(condition));
            _code.Set(_values[e], () =>
            {
                _code.Address(_argument, _type, () => _code.Push(place));
                _code.Il.Emit(OpCodes.Ldobj, _type);
            });
        }
    }

    /// <summary>Writes what was read, which has arrived by now, to the piece of shared memory that begins at an index.</summary>
    public void Store(LocalBuilder piece)
    {
        var first = _code.Let(typeof(int), () => _code.Binary(OpCodes.Add, () => _code.Push(piece),
            () => _code.Binary(OpCodes.Add, () => _code.Binary(OpCodes.Mul, _sumIndex, _pitch), () => _code.Push(_acrossIndex))));
        for (var e = 0; e < _values.Length; e++)
        {
            var at = e;
            _code.Address(_shared, () => _code.Binary(OpCodes.Add, first, at * Stride * (_isAlongSum ? 1 : _pitch)));
            _code.Select(_type, () => _code.Push(_areInside[at]), () => _code.Push(_values[at]), () => _code.Zero(_type));
            _code.Il.Emit(OpCodes.Stobj, _type);
        }
    }
}
