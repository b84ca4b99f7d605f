using System.Buffers.Binary;
using System.IO.Compression;
using DeepSym.Tests.Golden.Arrays;
using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Cases;

/// <summary>
/// The training set of MNIST in file order, found in the folder <c>mnist</c> of the environment variable DEEPSYM_DATA, as the texts slice it:
/// images as rows of float64 from 0 to 1, labels as int32.
/// </summary>
internal sealed class MnistTraining : IIndexed
{
    readonly byte[] _bytes;
    readonly int _rowLength;
    readonly ElementType _type;

    MnistTraining(byte[] bytes, int rowLength, ElementType type) => (_bytes, _rowLength, _type) = (bytes, rowLength, type);

    /// <summary>Images and labels, or null where there are none.</summary>
    public static (MnistTraining Images, MnistTraining Labels)? Find()
    {
        string? folder = Environment.GetEnvironmentVariable("DEEPSYM_DATA");
        return folder is not null && Read(folder, "train-images-idx3-ubyte") is { } images && Read(folder, "train-labels-idx1-ubyte") is { } labels
            ? (new(images, 28 * 28, ElementType.Float64), new(labels, 1, ElementType.Int32))
            : null;
    }

    public object this[object? index]
    {
        get
        {
            var (start, count, _) = ((PythonSlice)index!).Resolve(_bytes.Length / _rowLength);
            double scale = _type.IsFloat ? 255 : 1;
            return new NdArray(_type, _type.IsFloat ? [count, _rowLength] : [count], [.. _bytes.Skip(start * _rowLength).Take(count * _rowLength).Select(b => b / scale)]);
        }
    }

    // The content of an IDX file, plain or compressed, after its header of sizes.
    static byte[]? Read(string folder, string name)
    {
        string plain = Path.Combine(folder, "mnist", name), compressed = plain + ".gz";
        if (!File.Exists(plain) && !File.Exists(compressed))
            return null;
        using Stream stream = File.Exists(plain) ? File.OpenRead(plain) : new GZipStream(File.OpenRead(compressed), CompressionMode.Decompress);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        byte[] bytes = content.ToArray();
        return bytes[(4 + (4 * (BinaryPrimitives.ReadInt32BigEndian(bytes) & 0xFF)))..];
    }
}
