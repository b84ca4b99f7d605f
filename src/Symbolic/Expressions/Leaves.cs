namespace DeepSym;

/// <summary>A symbol: an input of the functions compiled from expressions of it. (Theano's variable without owner.)</summary>
public sealed class Variable : Leaf
{
    internal Variable(string name, DType dtype, IReadOnlyList<Dim?> dims, ParameterPlace? place = null) : base(name, dtype, dims) => Place = place;

    /// <summary>For a parameter of a <see cref="Lambda"/>: which one.</summary>
    internal ParameterPlace? Place { get; }
}

/// <summary>A value that is part of the graph.</summary>
public sealed class Constant : Leaf
{
    internal Constant(Tensor value, bool isWeak) : base("", value.DType, [.. value.Shape.ToArray().Select(size => (Dim)size)]) =>
        (Value, IsWeak) = (value, isWeak);

    /// <summary>The value; it must not be changed.</summary>
    public Tensor Value { get; }

    /// <inheritdoc/>
    public override bool IsWeak { get; }
}

/// <summary>
/// A value that lives between calls: functions read it as if it were an input, and their updates write it.
/// (Theano's <c>shared</c>.) Reading and writing are safe from several threads.
/// </summary>
public sealed class SharedVariable : Leaf
{
    Tensor _value;
    Residence? _residence;

    internal SharedVariable(Tensor value, string name, IReadOnlyList<Dim?> dims) : base(name, value.DType, dims) => _value = value;

    /// <summary>The stream of random numbers whose counter this is; null for all others.</summary>
    internal RandomStream? Stream { get; init; }

    /// <summary>Held for reading by the functions that use the variable, and for writing by those that update it.</summary>
    internal ReaderWriterLockSlim Lock { get; } = new(LockRecursionPolicy.SupportsRecursion);

    /// <summary>The tensor itself, to be read only under <see cref="Lock"/>.</summary>
    internal Tensor Storage
    {
        get
        {
            _residence?.BringHome(_value);
            return _value;
        }
        set => (_value, Residence) = (value, null);
    }

    /// <summary>The tensor, to be written: what a device has of it is forgotten.</summary>
    internal Tensor StorageToWrite()
    {
        var storage = Storage;
        Residence = null;
        return storage;
    }

    /// <summary>The device that holds the value, or a copy of it; null when only the tensor does.</summary>
    internal Residence? Residence
    {
        get => _residence;
        set
        {
            _residence?.Leave();
            _residence = value;
        }
    }

    /// <summary>The sizes of the value, wherever it is.</summary>
    internal ReadOnlySpan<int> Extents => _value.Shape;

    /// <summary>A copy of the value.</summary>
    public Tensor GetValue()
    {
        Lock.EnterReadLock();
        try { return Storage.Copy(); }
        finally { Lock.ExitReadLock(); }
    }

    /// <summary>Replaces the value by a copy of <paramref name="value"/>, of the same dtype and of a shape that fits the declared one.</summary>
    /// <exception cref="DTypeException">The dtype is another.</exception>
    /// <exception cref="ShapeException">The shape does not fit.</exception>
    public void SetValue(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.DType != DType)
            throw new DTypeException($"Shared variable '{Name}' is {Type}; the new value is {value.DType.Name()}. Convert it with .To(DType.{DType}).");
        var fits = value.Rank == Rank;
        for (var i = 0; fits && i < Rank; i++) fits = !Shape[i].IsStatic || Shape[i].Constant == value.Shape[i];
        if (!fits)
            throw new ShapeException($"Shared variable '{Name}' is {Type}; the new value has shape [{string.Join(",", value.Shape.ToArray())}]. Give T.Shared free dimensions (null) where the size may change.");
        Lock.EnterWriteLock();
        try
        {
            if (_value.Shape.SequenceEqual(value.Shape)) value.CopyTo(_value);
            else _value = value.Copy();
            Residence = null;
        }
        finally { Lock.ExitWriteLock(); }
    }
}
