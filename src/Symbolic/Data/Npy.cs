using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DeepSym;

/// <summary>NumPy's file of one array (.npy): writes format 1.0, reads 1.0, 2.0 and 3.0, in row- or column-major order.</summary>
/// <remarks>Elements that no dtype holds, such as complex or structured ones, throw; so does writing bfloat16, which NumPy lacks.</remarks>
public static unsafe class Npy
{
    private const int Piece = 1 << 20; // bytes read or written at once
    private const int FirstGuess = 1 << 24; // bytes allocated on the word of a header that cannot be checked

    /// <summary>Writes a file, wholly or not at all.</summary>
    public static void Save(string path, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        AtomicFile.Write(path, stream => Save(stream, tensor));
    }

    /// <summary>Writes a tensor at the stream's position.</summary>
    public static void Save(Stream stream, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensor);
        stream.Write(NpyHeader.For(tensor));
        for (long start = 0; start < tensor.Bytes; start += Piece)
            stream.Write(tensor.BytesAt(start, (int)Math.Min(Piece, tensor.Bytes - start)));
    }

    /// <summary>Reads a file; throws <see cref="InvalidDataException"/>, naming it, when it is damaged, cut off or of another kind.</summary>
    public static Tensor Load(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(new NpySource(stream, path));
    }

    /// <summary>Reads a tensor at the stream's position, and no byte beyond it; throws <see cref="InvalidDataException"/> when the data is damaged
    /// or cut off.</summary>
    public static Tensor Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Read(new NpySource(stream, stream is FileStream file ? file.Name : "stream"));
    }

    internal static Tensor Read(NpySource source)
    {
        var header = NpyHeader.Read(source);
        var elements = ReadElements(source, header);
        if (header.BigEndian)
            Reverse(elements, header);
        var dtype = header.Type.DType;
        var target = header.Type.Size == dtype.Size() ? elements : Storage.Uninitialized(header.Length * dtype.Size());
        header.Type.Read(elements.Pointer, target.Pointer, header.Length);
        GC.KeepAlive(elements);
        var result = Tensor.Over(target, dtype, header.Shape);
        return header.FortranOrder && header.Shape.Length > 1 ? FromColumnMajor(result) : result;
    }

    /// <summary>The elements as the file has them; memory grows with what arrives, unless the stream's length confirms the header.</summary>
    private static Storage ReadElements(NpySource source, NpyHeader header)
    {
        var bytes = header.Bytes;
        if (source.Remaining < bytes)
            throw CutOff(source, header, source.Remaining.Value);
        var storage = Storage.Uninitialized(source.Remaining is null ? Math.Min(bytes, FirstGuess) : bytes);
        long done = 0;
        while (done < bytes)
        {
            if (done == storage.Bytes)
            {
                var larger = Storage.Uninitialized(Math.Min(bytes, 2 * done));
                Buffer.MemoryCopy(storage.Pointer, larger.Pointer, larger.Bytes, done);
                GC.KeepAlive(storage);
                storage = larger;
            }
            var count = (int)Math.Min(Piece, storage.Bytes - done);
            var read = source.Read(MemoryMarshal.CreateSpan(ref storage.At(done), count));
            done += read;
            if (read < count)
                throw CutOff(source, header, done);
        }
        return storage;
    }

    private static InvalidDataException CutOff(NpySource source, NpyHeader header, long found) => source.Invalid(
        $"cut off: {header.Type.Code}{Extents.Text(header.Shape)} has {header.Bytes} bytes of elements, {found} found.");

    private static void Reverse(Storage elements, NpyHeader header)
    {
        for (long i = 0; i < header.Length; i++)
            new Span<byte>(elements.Pointer + i * header.Type.Size, header.Type.Size).Reverse();
        GC.KeepAlive(elements);
    }

    /// <summary>The row-major tensor of elements that lie with the first axis fastest.</summary>
    private static Tensor FromColumnMajor(Tensor columns)
    {
        var size = columns.DType.Size();
        var result = Tensor.Empty(columns.DType, columns.Shape);
        var index = new int[columns.Rank];
        var stride = new long[columns.Rank];
        long count = 1;
        for (var axis = 0; axis < stride.Length; axis++)
        {
            stride[axis] = count * size;
            count *= columns.Shape[axis];
        }
        byte* from = columns.Pointer, to = result.Pointer;
        for (long i = 0; i < columns.Length; i++, to += size)
        {
            Buffer.MemoryCopy(from, to, size, size);
            for (var axis = index.Length - 1; axis >= 0; axis--)
            {
                from += stride[axis];
                if (++index[axis] < columns.Shape[axis])
                    break;
                from -= stride[axis] * columns.Shape[axis];
                index[axis] = 0;
            }
        }
        GC.KeepAlive(columns);
        GC.KeepAlive(result);
        return result;
    }
}
