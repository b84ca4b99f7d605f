using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DeepSym.Training;

/// <summary>
/// An array read from a file in the IDX format of the MNIST data: two zero bytes, a type code, the number of axes,
/// their lengths and the elements, all big-endian; plain or compressed with gzip, told apart by the first two bytes.
/// </summary>
public sealed class IdxFile
{
    private readonly byte[] elements; // in the machine's byte order

    private IdxFile(string name, IdxType type, ImmutableArray<int> shape, byte[] elements, string sha256) =>
        (Name, Type, Shape, this.elements, Sha256) = (name, type, shape, elements, sha256);

    /// <summary>The path that was read.</summary>
    public string Name { get; }

    /// <summary>The stored element type.</summary>
    public IdxType Type { get; }

    /// <summary>The lengths of the axes; the first is the number of samples.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>SHA-256 of the whole content after decompression, in lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>Reads the file at <paramref name="path"/>; throws <see cref="InvalidDataException"/> naming the file and what was found when it is
    /// damaged.</summary>
    public static IdxFile Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>The elements in row-major order; <typeparamref name="T"/> is the stored type, or float or double for any. Throws
    /// <see cref="InvalidOperationException"/> for another.</summary>
    public T[] ToArray<T>() where T : unmanaged, INumberBase<T> => Type switch
    {
        IdxType.UInt8 => Convert<byte, T>(),
        IdxType.Int8 => Convert<sbyte, T>(),
        IdxType.Int16 => Convert<short, T>(),
        IdxType.Int32 => Convert<int, T>(),
        IdxType.Float32 => Convert<float, T>(),
        _ => Convert<double, T>(),
    };

    /// <summary>The type and the axes, such as <c>UInt8[60000, 28, 28]</c>.</summary>
    public override string ToString() => Describe(Type, Shape);

    internal static IdxFile Read(Stream file, string name)
    {
        Span<byte> magic = stackalloc byte[2];
        var compressed = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
        file.Position = 0;
        if (!compressed) return Parse(file, name);

        using var gzip = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        var parsed = Parse(gzip, name);
        RequireGzipTrailer(file, parsed, name);
        return parsed;
    }

    private static IdxFile Parse(Stream content, string name)
    {
        Span<byte> head = stackalloc byte[4 + (4 * byte.MaxValue)];
        var found = Fill(content, head[..4], name);
        if (found < 4) throw Damaged(name, $"it ends after {found} of the 4 bytes that every IDX file begins with");
        var type = (IdxType)head[2];
        if (head[0] != 0 || head[1] != 0 || !Enum.IsDefined(type) || head[3] == 0)
            throw Damaged(
                name,
                $"it begins with the bytes {System.Convert.ToHexString(head[..4])}; an IDX file begins with 0000, " +
                "a type code (08, 09, 0B, 0C, 0D or 0E) and the number of axes");

        head = head[..(4 + (4 * head[3]))];
        found = Fill(content, head[4..], name);
        if (found < head.Length - 4) throw Damaged(name, $"it ends within the lengths of its {head[3]} axes");
        var (shape, size) = Axes(head, type, name);

        var elements = Elements(content, size, name);
        var described = $"its header says {Describe(type, shape)}, {size} bytes of elements";
        if (elements.Length < size) throw Damaged(name, $"{described}, but it ends after {elements.Length}: truncated");
        if (Fill(content, stackalloc byte[1], name) != 0) throw Damaged(name, $"{described}, but further bytes follow");

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(head);
        hash.AppendData(elements);
        ToMachineOrder(elements, SizeOf(type));
        return new(name, type, shape, elements, System.Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static (ImmutableArray<int> Shape, int Size) Axes(ReadOnlySpan<byte> head, IdxType type, string name)
    {
        var lengths = new long[head[3]];
        for (var axis = 0; axis < lengths.Length; axis++) lengths[axis] = BinaryPrimitives.ReadUInt32BigEndian(head[(4 + (4 * axis))..]);
        Int128 size = SizeOf(type);
        foreach (var length in lengths)
        {
            size *= length;
            if (length > int.MaxValue || size > Array.MaxLength)
                throw Damaged(
                    name, $"its header says {type}[{string.Join(", ", lengths)}], more than the {Array.MaxLength} bytes that fit into one array");
        }
        return ([.. lengths.Select(length => (int)length)], (int)size);
    }

    // Memory grows with what is really there, not with what the header claims.
    private static byte[] Elements(Stream content, int size, string name)
    {
        var elements = new byte[Math.Min(size, 1 << 20)];
        var count = 0;
        while (true)
        {
            count += Fill(content, elements.AsSpan(count), name);
            if (count < elements.Length) return elements[..count];
            if (count == size) return elements;
            Array.Resize(ref elements, (int)Math.Min(size, 4L * elements.Length));
        }
    }

    private static int Fill(Stream content, Span<byte> buffer, string name)
    {
        try
        {
            return content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{name}: its gzip compression is damaged.", error);
        }
    }

    // The decompressor stops without a word at a cut trailer and skips what follows it: the last four bytes are the length of the content.
    private static void RequireGzipTrailer(Stream file, IdxFile parsed, string name)
    {
        Span<byte> trailer = stackalloc byte[4];
        file.Position = file.Length - 4;
        file.ReadExactly(trailer);
        var length = 4 + (4 * parsed.Shape.Length) + parsed.elements.Length;
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) != (uint)length)
            throw Damaged(name, $"its gzip stream holds {length} bytes and does not end with that number: the end is cut off, or other bytes follow");
    }

    private static void ToMachineOrder(byte[] elements, int size)
    {
        if (!BitConverter.IsLittleEndian || size == 1) return;
        for (var i = 0; i < elements.Length; i += size) elements.AsSpan(i, size).Reverse();
    }

    private T[] Convert<TStored, T>()
        where TStored : unmanaged, INumberBase<TStored>
        where T : unmanaged, INumberBase<T>
    {
        if (typeof(T) == typeof(TStored)) return MemoryMarshal.Cast<byte, T>(elements).ToArray();
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
            throw new InvalidOperationException(
                $"{Name} holds {this}: its elements can be had as {typeof(TStored).Name}, Single or Double, not as {typeof(T).Name}.");
        var stored = MemoryMarshal.Cast<byte, TStored>(elements);
        var values = new T[stored.Length];
        for (var i = 0; i < values.Length; i++) values[i] = T.CreateSaturating(stored[i]);
        return values;
    }

    private static int SizeOf(IdxType type) => type switch
    {
        IdxType.UInt8 or IdxType.Int8 => 1,
        IdxType.Int16 => 2,
        IdxType.Int32 or IdxType.Float32 => 4,
        _ => 8,
    };

    private static string Describe(IdxType type, ImmutableArray<int> shape) => $"{type}[{string.Join(", ", shape)}]";

    private static InvalidDataException Damaged(string name, string found) => new($"{name}: {found}.");
}
