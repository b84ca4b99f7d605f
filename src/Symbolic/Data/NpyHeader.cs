using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace DeepSym;

/// <summary>What stands before the elements of a .npy file: a magic word, a version, and a Python dictionary as text.</summary>
internal sealed record NpyHeader(NpyType Type, bool BigEndian, bool FortranOrder, int[] Shape, long Length)
{
    private const int Alignment = 64; // of the elements in the file
    private const int MostText = 1 << 16; // far beyond any header of a tensor

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The bytes of all elements in the file.</summary>
    public long Bytes => Length * Type.Size;

    /// <summary>The header of format 1.0 for a tensor.</summary>
    public static byte[] For(Tensor tensor)
    {
        var type = NpyType.Of(tensor.DType);
        var order = type.Size == 1 ? '|' : '<';
        var shape = string.Concat(tensor.Shape.ToArray().Select(n => n.ToString(CultureInfo.InvariantCulture) + ", "));
        var tuple = tensor.Rank == 1 ? shape.TrimEnd() : shape.TrimEnd(' ', ',');
        var text = $"{{'descr': '{order}{type.Code}', 'fortran_order': False, 'shape': ({tuple}), }}";
        var before = Magic.Length + 4;
        var total = (before + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        var header = new byte[total];
        Magic.CopyTo(header);
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(total - before));
        Encoding.ASCII.GetBytes(text.PadRight(total - before - 1) + '\n', header.AsSpan(before));
        return header;
    }

    public static NpyHeader Read(NpySource source)
    {
        Span<byte> start = stackalloc byte[12];
        var count = source.Read(start[..10]);
        if (!start[..count].StartsWith(Magic))
            throw source.Invalid(
                $"not a .npy file: it begins with the bytes {Convert.ToHexString(start[..Math.Min(count, 6)])}, not with 934E554D5059 (\\x93NUMPY).");
        int major = start[6], minor = start[7];
        if (count == 10 && (major is < 1 or > 3 || minor != 0))
            throw source.Invalid($"format {major}.{minor} of .npy; readable are 1.0, 2.0 and 3.0.");
        if (major > 1)
            count += source.Read(start[10..]);
        if (count < (major > 1 ? 12 : 10))
            throw source.Invalid($"cut off within the header, after {count} bytes.");
        var length = major > 1 ? BinaryPrimitives.ReadUInt32LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt16LittleEndian(start[8..]);
        if (length > MostText)
            throw source.Invalid($"the header claims to be {length} bytes long; none has more than {MostText}.");
        var text = new byte[length];
        count = source.Read(text);
        if (count < length)
            throw source.Invalid($"cut off within the header: {length} bytes of text expected, {count} found.");
        return Parse(source, (major == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(text));
    }

    private static NpyHeader Parse(NpySource source, string text)
    {
        var values = PythonDictionary.Parse(text) ?? throw source.Invalid(
            $"the header is not a dictionary of 'descr', 'fortran_order' and 'shape': {Excerpt(text)}");
        if (!values.TryGetValue("descr", out var descr) || !values.TryGetValue("fortran_order", out var order)
            || !values.TryGetValue("shape", out var tuple))
            throw source.Invalid($"the header lacks one of 'descr', 'fortran_order' and 'shape': {Excerpt(text)}");
        if (descr is not string code)
            throw source.Invalid($"structured elements cannot be read; readable are {NpyType.Codes}: {Excerpt(text)}");
        if (order is not bool fortran || tuple is not long[] lengths)
            throw source.Invalid($"'fortran_order' must be True or False and 'shape' a tuple of integers: {Excerpt(text)}");
        var type = code.Length > 1 && "<>|=".Contains(code[0], StringComparison.Ordinal) ? NpyType.Find(code[1..]) : null;
        if (type is null)
            throw source.Invalid($"elements of type {Excerpt(code)} cannot be read; readable are {NpyType.Codes}.");
        if (Array.Exists(lengths, n => n is < 0 or > int.MaxValue))
            throw source.Invalid($"shape ({string.Join(", ", lengths)}): the length of an axis must be from 0 to {int.MaxValue}.");
        int[] shape = [.. lengths.Select(n => (int)n)];
        try
        {
            return new NpyHeader(type, code[0] == '>', fortran, shape, Extents.Count(type.DType, shape));
        }
        catch (ShapeException e)
        {
            throw source.Invalid(e.Message);
        }
    }

    private static string Excerpt(string text) => text.Length <= 200 ? text.Trim() : text[..200] + "...";
}
