using System.Collections;
using System.Runtime.CompilerServices;

namespace DeepSym;

/// <summary>The sizes of the axes of an expression. The rank is always known; a size may be symbolic.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed record Shape : IReadOnlyList<Dim>
{
    Shape(EquatableArray<Dim> dims) => Dims = dims;

    /// <summary>The shape of a scalar.</summary>
    public static Shape Scalar { get; } = new(default(EquatableArray<Dim>));

    /// <summary>The sizes.</summary>
    public EquatableArray<Dim> Dims { get; }

    /// <summary>The number of axes.</summary>
    public int Rank => Dims.Count;

    /// <inheritdoc/>
    public int Count => Dims.Count;

    /// <summary>The size of axis <paramref name="axis"/>.</summary>
    public Dim this[int axis] => Dims[axis];

    /// <summary>The number of elements.</summary>
    public Dim Length => Dims.Aggregate(Dim.One, (product, dim) => product * dim);

    /// <summary>Whether every size is a known integer.</summary>
    public bool IsStatic => Dims.All(dim => dim.IsStatic);

    /// <summary>A shape of the given sizes.</summary>
    public static Shape Create(ReadOnlySpan<Dim> dims) => new(EquatableArray.Create(dims));

    /// <summary>A shape of the given sizes.</summary>
    public static Shape Of(IEnumerable<Dim> dims) => new(dims.ToEquatable());

    /// <summary>A shape of known integers.</summary>
    public static Shape Of(ReadOnlySpan<int> sizes)
    {
        var dims = new Dim[sizes.Length];
        for (var i = 0; i < dims.Length; i++) dims[i] = sizes[i];
        return Create(dims);
    }

    /// <summary>The shape with the size of one axis replaced.</summary>
    public Shape With(int axis, Dim dim) => Of(Dims.Select((d, i) => i == axis ? dim : d));

    /// <summary>The shape without <paramref name="axis"/>.</summary>
    public Shape Without(int axis) => Of(Dims.Where((_, i) => i != axis));

    /// <inheritdoc/>
    public IEnumerator<Dim> GetEnumerator() => ((IEnumerable<Dim>)Dims).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>For example <c>[batch,784]</c>.</summary>
    public override string ToString() => "[" + string.Join(",", Dims) + "]";
}

/// <summary>The type of an expression: what its elements are, and how many along each axis.</summary>
public sealed record TensorType(DType DType, Shape Shape)
{
    /// <summary>The number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>The types of the results of an op that has several: its node is a tuple, which only <see cref="Project"/> uses. Empty for a tensor.</summary>
    public EquatableArray<TensorType> Parts { get; init; }

    /// <summary>Whether it is the type of several results.</summary>
    public bool IsTuple => Parts.Count > 0;

    /// <summary>The type of several results.</summary>
    public static TensorType Tuple(IEnumerable<TensorType> parts) => new(DType.Bool, Shape.Scalar) { Parts = parts.ToEquatable() };

    /// <summary>For example <c>float32[batch,784]</c>, and <c>(float32[n], int64)</c> for several results.</summary>
    public override string ToString() => IsTuple ? $"({string.Join(", ", Parts)})" : Rank == 0 ? DType.Name() : DType.Name() + Shape;
}
