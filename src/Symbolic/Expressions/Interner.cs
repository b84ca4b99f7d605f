using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace DeepSym;

/// <summary>
/// The table that makes equal structure the same object. It holds nodes weakly and is split into shards, each with its own lock.
/// Small constants are equal by their bits, large ones by reference.
/// </summary>
static class Interner
{
    const int Shards = 32;
    const int LargeConstant = 64;   // bytes

    static readonly Shard[] Table = [.. Enumerable.Range(0, Shards).Select(_ => new Shard())];

    public static Expr Node(Op op, ReadOnlySpan<Expr> inputs)
    {
        var node = Find(op, inputs);
        Origins.Note(node);
        return node;
    }

    static Expr Find(Op op, ReadOnlySpan<Expr> inputs)
    {
        var hash = new HashCode();
        hash.Add(op);
        foreach (var input in inputs) hash.Add(RuntimeHelpers.GetHashCode(input));
        var key = hash.ToHashCode();
        var shard = Table[(uint)key % Shards];
        lock (shard)
        {
            foreach (var candidate in shard.Find(key))
                if (candidate is Apply apply && apply.Op.Equals(op) && apply.Inputs.AsSpan().SequenceEqual(inputs))
                    return candidate;
        }
        var type = op.Infer(inputs, Guards.None);   // outside the lock: inference may build nodes
        foreach (var dim in type.Shape)
            if (dim is { IsStatic: true, Constant: < 0 or > int.MaxValue })
                throw new ShapeException($"{op.Name}({string.Join(", ", inputs.ToArray().Select(i => i.Describe()))}) would have shape {type.Shape}: sizes are from 0 to {int.MaxValue}.");
        var node = new Apply(op, [.. inputs], type);
        lock (shard)
        {
            foreach (var candidate in shard.Find(key))
                if (candidate is Apply apply && apply.Op.Equals(op) && apply.Inputs.AsSpan().SequenceEqual(inputs))
                    return candidate;
            shard.Add(key, node);
            return node;
        }
    }

    /// <summary>The parameter of a function body: the same object for the same place and type, so that equal bodies are equal.</summary>
    public static Variable Parameter(ParameterPlace place, string name, TensorType type)
    {
        var key = HashCode.Combine(place, name, type);
        var shard = Table[(uint)key % Shards];
        lock (shard)
        {
            foreach (var candidate in shard.Find(key))
                if (candidate is Variable known && known.Place == place && known.Name == name && known.Type == type)
                    return known;
            var made = new Variable(name, type.DType, [.. type.Shape], place);
            shard.Add(key, made);
            return made;
        }
    }

    public static Constant Constant(Tensor value, bool isWeak)
    {
        if (value.Length * value.DType.Size() > LargeConstant) return new Constant(value, isWeak);
        var hash = new HashCode();
        hash.Add(value.DType);
        hash.Add(isWeak);
        foreach (var size in value.Shape) hash.Add(size);
        hash.AddBytes(value.AsBytes());
        var key = hash.ToHashCode();
        var shard = Table[(uint)key % Shards];
        lock (shard)
        {
            foreach (var candidate in shard.Find(key))
                if (candidate is Constant constant && constant.IsWeak == isWeak && constant.Value.ContentEquals(value))
                    return constant;
            var made = new Constant(value, isWeak);
            shard.Add(key, made);
            return made;
        }
    }

    sealed class Shard
    {
        readonly Dictionary<int, List<WeakReference<Expr>>> _buckets = [];
        int _added;

        public IEnumerable<Expr> Find(int key)
        {
            if (!_buckets.TryGetValue(key, out var bucket)) yield break;
            foreach (var reference in bucket)
                if (reference.TryGetTarget(out var expr)) yield return expr;
        }

        public void Add(int key, Expr expr)
        {
            if (++_added > 2 * _buckets.Count + 1000) Sweep();
            if (!_buckets.TryGetValue(key, out var bucket)) _buckets[key] = bucket = new(1);
            bucket.Add(new WeakReference<Expr>(expr));
        }

        // Drops what nobody holds any more.
        void Sweep()
        {
            _added = 0;
            foreach (var (key, bucket) in _buckets)
            {
                bucket.RemoveAll(reference => !reference.TryGetTarget(out _));
                if (bucket.Count == 0) _buckets.Remove(key);
            }
        }
    }
}
