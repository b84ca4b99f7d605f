namespace DeepSym;

/// <summary>How a .npy file writes elements: one row per NumPy type that can be read, and the dtype that holds all its values.</summary>
internal abstract unsafe class NpyType(string code, int size, DType dtype)
{
    private static readonly NpyType[] Table =
    [
        new NpyType<byte>("b1", DType.Bool),
        new NpyType<sbyte>("i1", DType.Int8),
        new NpyType<byte>("u1", DType.UInt8),
        new NpyType<short>("i2", DType.Int16),
        new NpyType<ushort>("u2", DType.UInt16),
        new NpyType<int>("i4", DType.Int32),
        new NpyType<uint>("u4", DType.UInt32),
        new NpyType<long>("i8", DType.Int64),
        new NpyType<ulong>("u8", DType.UInt64),
        new NpyType<Half>("f2", DType.Float16),
        new NpyType<float>("f4", DType.Float32),
        new NpyType<double>("f8", DType.Float64),
    ];

    /// <summary>NumPy's letter and size, without the byte order.</summary>
    public string Code { get; } = code;

    /// <summary>The bytes of one element in the file.</summary>
    public int Size { get; } = size;

    /// <summary>The dtype that it is read as.</summary>
    public DType DType { get; } = dtype;

    /// <summary>How elements of <paramref name="dtype"/> are written.</summary>
    public static NpyType Of(DType dtype) => Array.Find(Table, type => type.DType == dtype)
        ?? throw new DTypeException($"NumPy has no type for {dtype.Name()}: convert with .To(DType.{dtype.Computed()}) before writing.");

    /// <summary>The row of a code such as "f4"; null when such elements cannot be read.</summary>
    public static NpyType? Find(string code) => Array.Find(Table, type => type.Code == code);

    /// <summary>Every code that can be read, for the messages.</summary>
    public static string Codes => string.Join(", ", Table.Select(type => type.Code));

    /// <summary>Reads elements in the byte order of this machine.</summary>
    public abstract void Read(byte* from, byte* to, long count);
}

/// <summary>Elements that the file holds as <typeparamref name="T"/>.</summary>
internal sealed unsafe class NpyType<T>(string code, DType dtype) : NpyType(code, sizeof(T), dtype)
    where T : unmanaged, System.Numerics.INumber<T>
{
    public override void Read(byte* from, byte* to, long count) => Element.Of(DType).ConvertFrom((T*)from, to, count);
}
