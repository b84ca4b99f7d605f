using System.Reflection.Emit;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// Y = L X Lᵀ for small square tiles X whose elements are whole vectors, for each of <paramref name="vectors"/> neighbouring vectors of each of
/// <paramref name="tiles"/> ≥ 1 tiles. Element (i, j) of a tile lies i * row + j * column from its begin; all strides are in bytes.
/// </summary>
internal unsafe delegate void TileTransform(
    nint tiles, nint vectors, byte* source, nint sourceTile, nint sourceRow, nint sourceColumn, byte* target, nint targetTile, nint targetRow, nint targetColumn);

/// <summary>
/// Emits tile transforms. A row of Y is a combination of the rows of X, read from memory, and then of its own columns, in registers:
/// nothing spills, and additions and subtractions are all there is where the coefficients are 1 and -1.
/// </summary>
internal static class TileTransforms
{
    /// <summary>The transform by <paramref name="matrix"/>, whose every row has a positive coefficient, for vectors of <paramref name="bytes"/> bytes.</summary>
    public static unsafe TileTransform Emit<T>(double[,] matrix, int bytes) where T : unmanaged
    {
        // The unused first argument makes the delegate a closed one, which calls without a shuffle of its arguments.
        var method = new DynamicMethod(
            $"tile_{matrix.GetLength(1)}to{matrix.GetLength(0)}", typeof(void),
            [
                typeof(object), typeof(nint), typeof(nint), typeof(byte*), typeof(nint), typeof(nint), typeof(nint), typeof(byte*), typeof(nint), typeof(nint), typeof(nint),
            ],
            typeof(TileTransform).Module, skipVisibility: true);
        new Body(method.GetILGenerator(), matrix, VectorMethods.Of(typeof(T), bytes), bytes).Emit();
        return method.CreateDelegate<TileTransform>(null);
    }

    private sealed class Body(ILGenerator il, double[,] matrix, VectorMethods v, int bytes)
    {
        private const short Tiles = 1, Vectors = 2, Source = 3, SourceTile = 4, SourceRow = 5, SourceColumn = 6, Target = 7, TargetTile = 8, TargetRow = 9, TargetColumn = 10;

        private readonly LocalBuilder[] _rows = il.Locals(typeof(byte*), matrix.GetLength(1));
        private readonly LocalBuilder[] _sourceColumns = il.Locals(typeof(nint), matrix.GetLength(1));
        private readonly LocalBuilder[] _targetColumns = il.Locals(typeof(nint), matrix.GetLength(0));
        private readonly LocalBuilder[] _columns = il.Locals(v.Type, matrix.GetLength(1));
        private readonly LocalBuilder _target = il.DeclareLocal(typeof(byte*)), _row = il.DeclareLocal(typeof(byte*)), _left = il.DeclareLocal(typeof(nint)), _sum = il.DeclareLocal(v.Type);

        public void Emit()
        {
            Multiples(SourceColumn, _sourceColumns);
            Multiples(TargetColumn, _targetColumns);
            var (nextTile, nextVector) = (il.DefineLabel(), il.DefineLabel());
            il.MarkLabel(nextTile);
            BeginTile();
            il.MarkLabel(nextVector);
            Tile();
            foreach (var pointer in _rows.Append(_target))
                Advance(pointer, () => il.Emit(OpCodes.Ldc_I4, bytes));
            Advance(_left, () => il.Emit(OpCodes.Ldc_I4_M1));
            il.Emit(OpCodes.Ldloc, _left);
            il.Emit(OpCodes.Brtrue, nextVector);

            Advance(Source, SourceTile);
            Advance(Target, TargetTile);
            il.Emit(OpCodes.Ldarg, Tiles);
            il.Emit(OpCodes.Ldc_I4_1);
            il.Emit(OpCodes.Sub);
            il.Emit(OpCodes.Starg, Tiles);
            il.Emit(OpCodes.Ldarg, Tiles);
            il.Emit(OpCodes.Brtrue, nextTile);
            il.Emit(OpCodes.Ret);
        }

        private void Multiples(short stride, LocalBuilder[] multiples)
        {
            for (var i = 1; i < multiples.Length; i++)
            {
                il.Emit(OpCodes.Ldarg, stride);
                il.Emit(OpCodes.Ldc_I4, i);
                il.Emit(OpCodes.Mul);
                il.Emit(OpCodes.Stloc, multiples[i]);
            }
        }

        private void BeginTile()
        {
            for (var i = 0; i < _rows.Length; i++)
            {
                il.PushRow(Source, SourceRow, i);
                il.Emit(OpCodes.Stloc, _rows[i]);
            }
            il.Emit(OpCodes.Ldarg, Target);
            il.Emit(OpCodes.Stloc, _target);
            il.Emit(OpCodes.Ldarg, Vectors);
            il.Emit(OpCodes.Stloc, _left);
        }

        private void Tile()
        {
            il.Emit(OpCodes.Ldloc, _target);
            il.Emit(OpCodes.Stloc, _row);
            for (var i = 0; i < matrix.GetLength(0); i++)
            {
                for (var j = 0; j < _columns.Length; j++)
                {
                    var column = j;
                    Combine(i, row => Load(row, column));
                    il.Emit(OpCodes.Ldloc, _sum);
                    il.Emit(OpCodes.Stloc, _columns[j]);
                }
                for (var j = 0; j < _targetColumns.Length; j++)
                {
                    Combine(j, column => il.Emit(OpCodes.Ldloc, _columns[column]));
                    il.Emit(OpCodes.Ldloc, _sum);
                    il.Emit(OpCodes.Ldloc, _row);
                    AddMultiple(_targetColumns, j);
                    il.Emit(OpCodes.Call, v.Store);
                }
                Advance(_row, () => il.Emit(OpCodes.Ldarg, TargetRow));
            }
        }

        // _sum = Σ matrix[i, j] term(j), a positive coefficient first.
        private void Combine(int i, Action<int> term)
        {
            var terms = Enumerable.Range(0, matrix.GetLength(1)).Where(j => matrix[i, j] != 0).OrderByDescending(j => matrix[i, j] > 0).ToArray();
            for (var n = 0; n < terms.Length; n++)
            {
                var coefficient = matrix[i, terms[n]];
                if (n > 0 && Math.Abs(coefficient) == 1)
                    il.Emit(OpCodes.Ldloc, _sum);
                term(terms[n]);
                if (Math.Abs(coefficient) != 1)
                {
                    if (v.Element == typeof(float)) il.Emit(OpCodes.Ldc_R4, (float)coefficient);
                    else il.Emit(OpCodes.Ldc_R8, coefficient);
                    il.Emit(OpCodes.Call, v.Broadcast);
                    if (n > 0)
                    {
                        il.Emit(OpCodes.Ldloc, _sum);
                        il.Emit(OpCodes.Call, v.MultiplyAdd);
                    }
                    else
                        il.Emit(OpCodes.Call, v.Multiply);
                }
                else if (n > 0)
                    il.Emit(OpCodes.Call, coefficient > 0 ? v.Add : v.Subtract);
                il.Emit(OpCodes.Stloc, _sum);
            }
        }

        private void Load(int row, int column)
        {
            il.Emit(OpCodes.Ldloc, _rows[row]);
            AddMultiple(_sourceColumns, column);
            il.Emit(OpCodes.Call, v.Load);
        }

        private void AddMultiple(LocalBuilder[] multiples, int i)
        {
            if (i == 0)
                return;
            il.Emit(OpCodes.Ldloc, multiples[i]);
            il.Emit(OpCodes.Add);
        }

        private void Advance(short pointer, short stride)
        {
            il.Emit(OpCodes.Ldarg, pointer);
            il.Emit(OpCodes.Ldarg, stride);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Starg, pointer);
        }

        private void Advance(LocalBuilder variable, Action step)
        {
            il.Emit(OpCodes.Ldloc, variable);
            step();
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Stloc, variable);
        }
    }
}
