using CsCheck;

namespace DeepSym.Tests.Data;

public sealed class NpyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("deepsym").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string, byte[], string> Read => new()
    {
        { "f4", NumPyFiles.Float32Matrix, "float32[2,3] [[0, 0.5, 1], [1.5, 2, 2.5]]" },
        { "f8", NumPyFiles.Float64Specials, "float64[8] [0, -0, 0.1, inf, -inf, nan, 5e-324, 1.7976931e+308]" },
        { "i8", NumPyFiles.Int64Extremes, "int64[4] [-9223372036854775808, -1, 0, 9223372036854775807]" },
        { "b1", NumPyFiles.Bools, "bool[3,2] [[True, False], [False, True], [True, True]]" },
        { "rank 0", NumPyFiles.Scalar, "float64[] 2.5" },
        { "empty", NumPyFiles.Empty, "float32[0,3] []" },
        { "u1, column-major", NumPyFiles.ColumnMajorBytes, "uint8[2,3] [[0, 1, 2], [3, 4, 5]]" },
        { "f4, big-endian", NumPyFiles.BigEndianFloats, "float32[2] [1.5, -2]" },
        { "i2, big-endian", NumPyFiles.BigEndianShorts, "int16[3] [1, -2, 300]" },
        { "i1", NumPyFiles.SignedBytes, "int8[3] [-128, 0, 127]" },
        { "u1", NumPyFiles.UnsignedBytes, "uint8[3] [0, 128, 255]" },
        { "i2", NumPyFiles.SignedShorts, "int16[3] [-32768, 0, 32767]" },
        { "u2", NumPyFiles.UnsignedShorts, "uint16[3] [0, 32768, 65535]" },
        { "u4", NumPyFiles.UnsignedInts, "uint32[3] [0, 2147483648, 4294967295]" },
        { "u8", NumPyFiles.UnsignedLongs, "uint64[2] [1, 2]" },
        { "f2", NumPyFiles.Halves, "float16[6] [0.1, 65500, 6e-08, inf, nan, -0]" },
        { "format 2.0", NumPyFiles.Version2, "int32[3] [1, 2, 3]" },
        { "format 3.0", NumPyFiles.Version3, "int32[3] [1, 2, 3]" },
    };

    [Theory]
    [MemberData(nameof(Read))]
    public void Files_of_NumPy_are_read(string what, byte[] file, string expected)
    {
        Assert.NotEmpty(what);
        Assert.Equal(expected, Npy.Load(new MemoryStream(file)).ToString());
        Assert.Equal(expected, Npy.Load(new Forward(file)).ToString());
    }

    [Fact]
    public void Column_major_cubes_are_turned()
    {
        var expected = Tensor.Arange(0f, 24, 1).Reshape(2, 3, 4);
        Assert.True(Npy.Load(new MemoryStream(NumPyFiles.ColumnMajorCube)).ContentEquals(expected));
    }

    [Fact]
    public void Files_are_written_byte_for_byte_as_NumPy_does()
    {
        Assert.Equal(NumPyFiles.Float32Matrix, Saved(Tensor.From<float>([0, 0.5f, 1, 1.5f, 2, 2.5f], 2, 3)));
        Assert.Equal(NumPyFiles.Int32Cube, Saved(Tensor.Arange(-12, 12, 1).Reshape(2, 3, 4)));
        Assert.Equal(NumPyFiles.Int64Extremes, Saved(Tensor.From([long.MinValue, -1, 0, long.MaxValue])));
        Assert.Equal(NumPyFiles.Bools, Saved(Tensor.From(new[,] { { true, false }, { false, true }, { true, true } })));
        Assert.Equal(NumPyFiles.Scalar, Saved(2.5));
        Assert.Equal(NumPyFiles.Empty, Saved(Tensor.Zeros<float>(0, 3)));
    }

    [Fact]
    public void A_tensor_survives_saving_and_loading() => Tensors.Any.Sample(x =>
    {
        var file = Saved(x);
        Assert.True(Npy.Load(new MemoryStream(file)).ContentEquals(x));
        Assert.True(Npy.Load(new Forward(file)).ContentEquals(x));
    });

    [Fact]
    public void A_large_tensor_survives_a_stream_of_unknown_length()
    {
        var x = Tensor.Arange(0.0, 5_000_000, 1);
        Assert.True(Npy.Load(new Forward(Saved(x))).ContentEquals(x));
    }

    [Fact]
    public void Several_tensors_share_a_stream()
    {
        using var stream = new MemoryStream();
        Npy.Save(stream, 1);
        Npy.Save(stream, 2f);
        stream.Position = 0;
        Assert.Equal("int32[] 1", Npy.Load(stream).ToString());
        Assert.Equal("float32[] 2", Npy.Load(stream).ToString());
    }

    [Fact]
    public void Saving_replaces_a_file_and_leaves_no_other()
    {
        var path = Path.Combine(folder, "x.npy");
        Npy.Save(path, Tensor.Arange(100_000));
        Npy.Save(path, 2.5);
        Assert.Equal("float64[] 2.5", Npy.Load(path).ToString());
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file()
    {
        var path = Path.Combine(folder, "x.npy");
        Npy.Save(path, 2.5);
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException();
        }));
        Assert.Equal("float64[] 2.5", Npy.Load(path).ToString());
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_refused_by_name()
    {
        var path = Path.Combine(folder, "none", "x.npy");
        Assert.Equal($"{path} cannot be written: there is no folder {Path.Combine(folder, "none")}.",
            Assert.Throws<DirectoryNotFoundException>(() => Npy.Save(path, 1)).Message);
        Assert.Equal($"{folder} cannot be written: it is a folder.", Assert.Throws<IOException>(() => Npy.Save(folder, 1)).Message);
    }

    [Fact]
    public void What_NumPy_lacks_is_refused_by_name() => Assert.Equal(
        "NumPy has no type for bfloat16: convert with .To(DType.Float32) before writing.",
        Assert.Throws<DTypeException>(() => Npy.Save(new MemoryStream(), Tensor.Zeros(DType.BFloat16, 2))).Message);

    public static TheoryData<byte[], string> Foreign => new()
    {
        { NumPyFiles.Complex, "elements of type <c8 cannot be read; readable are b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8." },
        { NumPyFiles.Text, "elements of type <U3 cannot be read; readable are b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8." },
        { NumPyFiles.Objects, "elements of type |O cannot be read; readable are b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8." },
        {
            NumPyFiles.Structured, "structured elements cannot be read; readable are b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8: " +
            "{'descr': [('n', '<i4'), ('x', '<f4')], 'fortran_order': False, 'shape': (1,), }"
        },
        { [], "not a .npy file: it begins with the bytes , not with 934E554D5059 (\\x93NUMPY)." },
        { [.. "PK\x3\x4 and more bytes"u8], "not a .npy file: it begins with the bytes 504B03042061, not with 934E554D5059 (\\x93NUMPY)." },
        { NumPyFiles.Float32Matrix[..8], "cut off within the header, after 8 bytes." },
        { NumPyFiles.Version2[..11], "cut off within the header, after 11 bytes." },
        { NumPyFiles.Float32Matrix[..40], "cut off within the header: 118 bytes of text expected, 30 found." },
        { NumPyFiles.Float32Matrix[..^1], "cut off: f4[2,3] has 24 bytes of elements, 23 found." },
        { [.. NumPyFiles.Float32Matrix[..6], 4, 0, .. NumPyFiles.Float32Matrix[8..]], "format 4.0 of .npy; readable are 1.0, 2.0 and 3.0." },
        { [.. NumPyFiles.Version2[..8], 255, 255, 255, 127], "the header claims to be 2147483647 bytes long; none has more than 65536." },
        {
            File("{'descr': '<f4', 'fortran_order': False}"),
            "the header lacks one of 'descr', 'fortran_order' and 'shape': {'descr': '<f4', 'fortran_order': False}"
        },
        { File("print('hello')"), "the header is not a dictionary of 'descr', 'fortran_order' and 'shape': print('hello')" },
        { Header("(2, 2)", "4"), "elements of type 4 cannot be read; readable are b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8." },
        { Header("(2, -2)"), "shape (2, -2): the length of an axis must be from 0 to 2147483647." },
        { Header("(5000000000,)"), "shape (5000000000): the length of an axis must be from 0 to 2147483647." },
        { Header("(2000000000, 2)"), "cut off: f4[2000000000,2] has 16000000000 bytes of elements, 0 found." },
        {
            Header("(2000000000, 2000000000, 2000000000)"),
            "float32[2000000000,2000000000,2000000000] is too large: a tensor holds at most 4294967134 elements of float32."
        },
        {
            Header("3"),
            "the header is not a dictionary of 'descr', 'fortran_order' and 'shape': {'descr': '<f4', 'fortran_order': False, 'shape': 3}"
        },
        {
            Header("True"),
            "'fortran_order' must be True or False and 'shape' a tuple of integers: {'descr': '<f4', 'fortran_order': False, 'shape': True}"
        },
    };

    [Theory]
    [MemberData(nameof(Foreign))]
    public void What_cannot_be_read_is_refused_by_name(byte[] file, string message)
    {
        Assert.Equal("stream: " + message, Assert.Throws<InvalidDataException>(() => Npy.Load(new MemoryStream(file))).Message);
        Assert.Equal("stream: " + message, Assert.Throws<InvalidDataException>(() => Npy.Load(new Forward(file))).Message);
        var path = Path.Combine(folder, "x.npy");
        System.IO.File.WriteAllBytes(path, file);
        Assert.Equal($"{path}: {message}", Assert.Throws<InvalidDataException>(() => Npy.Load(path)).Message);
    }

    [Fact]
    public void A_lying_header_allocates_little()
    {
        var file = Header("(2000000000, 2)");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => Npy.Load(new Forward(file)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000_000);
    }

    [Fact]
    public void Spellings_of_the_header_are_free()
    {
        var file = File("""{ "shape" : ( 2L , 1 ), 'fortran_order':True,'descr':"=i4" , }""" + "\n\n");
        Assert.Equal("int32[2,1] [[1], [2]]", Npy.Load(new MemoryStream([.. file, 1, 0, 0, 0, 2, 0, 0, 0])).ToString());
    }

    [Fact]
    public void Bytes_other_than_1_are_true_as_well()
    {
        var x = Npy.Load(new MemoryStream([.. NumPyFiles.Bools[..^1], 7]));
        Assert.True(x.ContentEquals(Npy.Load(new MemoryStream(NumPyFiles.Bools))));
    }

    [Fact]
    public void A_damaged_file_gives_a_tensor_or_InvalidDataException_only() =>
        Gen.Select(Gen.OneOf(NumPyFiles.Float32Matrix, NumPyFiles.ColumnMajorCube, NumPyFiles.Version2, NumPyFiles.Structured),
            Gen.Select(Gen.Int[0, 127], Gen.Byte).Array[1, 4], Gen.Int[0, 300]).Sample((file, changes, length) =>
        {
            var damaged = file[..Math.Min(file.Length, length)];
            foreach (var (at, value) in changes)
                if (at < damaged.Length)
                    damaged[at] = value;
            if (Record.Exception(() => Npy.Load(new MemoryStream(damaged))) is { } e)
                Assert.IsType<InvalidDataException>(e);
        }, iter: 5000);

    private static byte[] Saved(Tensor x)
    {
        using var stream = new MemoryStream();
        Npy.Save(stream, x);
        return stream.ToArray();
    }

    private static byte[] File(string header) =>
        [.. NumPyFiles.Scalar[..8], (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header)];

    private static byte[] Header(string shape, string descr = "<f4") => File($"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}}}");
}
