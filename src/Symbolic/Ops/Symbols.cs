namespace DeepSym;

public static partial class T
{
    /// <summary>A symbol of any dtype and rank. A size may be an integer, a name (equal names are equal sizes) or null (unknown).</summary>
    public static Variable Variable(string name, DType dtype, params ReadOnlySpan<Dim?> dims)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new Variable(name, dtype, dims.ToArray());
    }

    /// <summary>A float32 scalar.</summary>
    public static Variable Scalar(string name, DType dtype = DType.Float32) => Variable(name, dtype);

    /// <summary>A vector; float32 by default.</summary>
    public static Variable Vector(string name, Dim? length = null, DType dtype = DType.Float32) => Variable(name, dtype, length);

    /// <summary>A matrix; float32 by default.</summary>
    public static Variable Matrix(string name, Dim? rows = null, Dim? columns = null, DType dtype = DType.Float32) => Variable(name, dtype, rows, columns);

    /// <summary>A tensor of three axes; float32 by default.</summary>
    public static Variable Tensor3(string name, Dim? d0 = null, Dim? d1 = null, Dim? d2 = null, DType dtype = DType.Float32) => Variable(name, dtype, d0, d1, d2);

    /// <summary>A tensor of four axes; float32 by default.</summary>
    public static Variable Tensor4(string name, Dim? d0 = null, Dim? d1 = null, Dim? d2 = null, Dim? d3 = null, DType dtype = DType.Float32) => Variable(name, dtype, d0, d1, d2, d3);

    /// <summary>A float32 scalar.</summary>
    public static Variable FScalar(string name) => Scalar(name);

    /// <summary>A float64 scalar.</summary>
    public static Variable DScalar(string name) => Scalar(name, DType.Float64);

    /// <summary>An int32 scalar.</summary>
    public static Variable IScalar(string name) => Scalar(name, DType.Int32);

    /// <summary>An int64 scalar.</summary>
    public static Variable LScalar(string name) => Scalar(name, DType.Int64);

    /// <summary>A bool scalar.</summary>
    public static Variable BScalar(string name) => Scalar(name, DType.Bool);

    /// <summary>A float32 vector.</summary>
    public static Variable FVector(string name, Dim? length = null) => Vector(name, length);

    /// <summary>A float64 vector.</summary>
    public static Variable DVector(string name, Dim? length = null) => Vector(name, length, DType.Float64);

    /// <summary>An int32 vector.</summary>
    public static Variable IVector(string name, Dim? length = null) => Vector(name, length, DType.Int32);

    /// <summary>An int64 vector.</summary>
    public static Variable LVector(string name, Dim? length = null) => Vector(name, length, DType.Int64);

    /// <summary>A float32 matrix.</summary>
    public static Variable FMatrix(string name, Dim? rows = null, Dim? columns = null) => Matrix(name, rows, columns);

    /// <summary>A float64 matrix.</summary>
    public static Variable DMatrix(string name, Dim? rows = null, Dim? columns = null) => Matrix(name, rows, columns, DType.Float64);

    /// <summary>An int32 matrix.</summary>
    public static Variable IMatrix(string name, Dim? rows = null, Dim? columns = null) => Matrix(name, rows, columns, DType.Int32);

    /// <summary>An int64 matrix.</summary>
    public static Variable LMatrix(string name, Dim? rows = null, Dim? columns = null) => Matrix(name, rows, columns, DType.Int64);

    /// <summary>A float32 tensor of three axes.</summary>
    public static Variable FTensor3(string name) => Tensor3(name);

    /// <summary>A float64 tensor of three axes.</summary>
    public static Variable DTensor3(string name) => Tensor3(name, dtype: DType.Float64);

    /// <summary>A float32 tensor of four axes.</summary>
    public static Variable FTensor4(string name) => Tensor4(name);

    /// <summary>A float64 tensor of four axes.</summary>
    public static Variable DTensor4(string name) => Tensor4(name, dtype: DType.Float64);

    /// <summary>A value that lives between calls and that updates write. Its shape is fixed; see the other form for one that may change.</summary>
    public static SharedVariable Shared(Tensor value, string name)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Shared(value, name, [.. value.Shape.ToArray().Select(size => (Dim?)size)]);
    }

    /// <summary>A value that lives between calls, with declared sizes: an integer is fixed, a name or null may change from call to call.</summary>
    /// <exception cref="ShapeException">The value does not fit the sizes.</exception>
    public static SharedVariable Shared(Tensor value, string name, params ReadOnlySpan<Dim?> dims)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (dims.Length != value.Rank) throw new ShapeException($"Shared variable '{name}': {dims.Length} sizes are declared for a value of rank {value.Rank}.");
        return new SharedVariable(value.Copy(), name, dims.ToArray());
    }

    /// <summary>A value as part of the graph; its dtype is kept (literals such as <c>2.0</c>, by contrast, take the dtype of what they meet).</summary>
    public static Constant Constant(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Interner.Constant(value.Copy(), isWeak: false);
    }

    // A literal: weak.
    static Expr Constant(double value) => value;
}
