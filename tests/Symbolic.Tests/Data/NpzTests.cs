using System.IO.Compression;
using CsCheck;

namespace DeepSym.Tests.Data;

public sealed class NpzTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("deepsym").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Archives_of_NumPy_are_read()
    {
        var stored = Npz.Load(new MemoryStream(NumPyFiles.Archive));
        Assert.Equal(["x", "flags"], stored.Keys);
        Assert.Equal("float32[3] [0, 1, 2]", stored["x"].ToString());
        Assert.Equal("bool[2] [True, False]", stored["flags"].ToString());

        var deflated = Npz.Load(new MemoryStream(NumPyFiles.CompressedArchive));
        Assert.True(deflated["x"].ContentEquals(Tensor.Zeros<float>(20, 20)));
        Assert.Equal("int64[] 7", deflated["n"].ToString());
    }

    [Fact]
    public void Tensors_survive_saving_and_loading() =>
        Gen.Select(Gen.Dictionary(Gen.String.AlphaNumeric, Tensors.Any)[0, 5], Gen.Enum<CompressionLevel>()).Sample((tensors, compression) =>
        {
            var loaded = Npz.Load(new MemoryStream(Saved(tensors, compression)));
            Assert.Equal(tensors.Keys, loaded.Keys);
            Assert.All(tensors, pair => Assert.True(pair.Value.ContentEquals(loaded[pair.Key])));
        }, iter: 300);

    [Fact]
    public void The_same_tensors_give_the_same_bytes() => Assert.Equal(Saved(Two), Saved(Two));

    [Fact]
    public void A_file_is_replaced_wholly_and_leaves_no_other()
    {
        var path = Path.Combine(folder, "x.npz");
        Npz.Save(path, Two);
        Npz.Save(path, Two, CompressionLevel.Optimal);
        Assert.Equal(["a", "b/c"], Npz.Load(path).Keys);
        Assert.Equal([path], Directory.GetFiles(folder));
        Assert.Throws<ArgumentNullException>(() => Npz.Save(path, new Dictionary<string, Tensor> { ["a"] = Two["a"], ["b"] = null! }));
        Assert.Equal(["a", "b/c"], Npz.Load(path).Keys);
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Fact]
    public void A_flipped_bit_of_the_elements_is_found()
    {
        var file = Saved(Two);
        var at = file.AsSpan().IndexOf(BitConverter.GetBytes(0.15625f));
        file[at] ^= 1;
        Assert.StartsWith("stream, entry 'a.npy': damaged: the checksum is ",
            Assert.Throws<InvalidDataException>(() => Npz.Load(new MemoryStream(file))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_archive_of_arrays_is_refused_by_name()
    {
        Assert.StartsWith("stream: not a readable ZIP archive: ",
            Assert.Throws<InvalidDataException>(() => Npz.Load(new MemoryStream(NumPyFiles.Scalar))).Message, StringComparison.Ordinal);
        Assert.StartsWith("stream: not a readable ZIP archive: ",
            Assert.Throws<InvalidDataException>(() => Npz.Load(new MemoryStream(NumPyFiles.Archive[..^30]))).Message, StringComparison.Ordinal);
        Assert.Equal("stream, entry 'readme.txt': an archive of arrays has only entries named *.npy.", Refused(Zip(("readme.txt", [1]))));
        Assert.Equal("stream, entry 'x.npy': not a .npy file: it begins with the bytes 010203, not with 934E554D5059 (\\x93NUMPY).",
            Refused(Zip(("x.npy", [1, 2, 3]))));
        Assert.Equal("stream, entry 'x.npy': more bytes than float64[] has.", Refused(Zip(("x.npy", [.. NumPyFiles.Scalar, 0]))));
        Assert.Equal("stream, entry 'x.npy': cut off: f8[] has 8 bytes of elements, 7 found.", Refused(Zip(("x.npy", NumPyFiles.Scalar[..^1]))));
        Assert.Equal("stream, entry 'x.npy': the archive has two entries of this name.",
            Refused(Zip(("x.npy", NumPyFiles.Scalar), ("x.npy", NumPyFiles.Scalar))));
        var path = Path.Combine(folder, "x.npz");
        File.WriteAllBytes(path, Zip(("a.txt", [])));
        Assert.Equal($"{path}, entry 'a.txt': an archive of arrays has only entries named *.npy.",
            Assert.Throws<InvalidDataException>(() => Npz.Load(path)).Message);
    }

    [Fact]
    public void A_damaged_archive_gives_the_tensors_or_InvalidDataException_only() =>
        Gen.Select(Gen.OneOf(NumPyFiles.Archive, NumPyFiles.CompressedArchive),
            Gen.Select(Gen.Int[0, 700], Gen.Byte).Array[1, 4], Gen.Int[0, 2000]).Sample((file, changes, length) =>
        {
            var damaged = file[..Math.Min(file.Length, length)];
            foreach (var (at, value) in changes)
                if (at < damaged.Length)
                    damaged[at] = value;
            if (Record.Exception(() => Npz.Load(new MemoryStream(damaged))) is { } e)
                Assert.IsType<InvalidDataException>(e);
        }, iter: 5000);

    [Theory]
    [InlineData("", 0u)]
    [InlineData("a", 0xE8B7BE43u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void The_checksum_is_that_of_ZIP(string text, uint expected)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(text);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Crc32 checksum = default;
            checksum.Add(bytes.AsSpan(0, cut));
            checksum.Add(bytes.AsSpan(cut));
            Assert.Equal(expected, checksum.Value);
        }
    }

    private static Dictionary<string, Tensor> Two => new() { ["a"] = Tensor.Full(0.15625f, 3), ["b/c"] = Tensor.Arange(4) };

    private static byte[] Saved(IReadOnlyDictionary<string, Tensor> tensors, CompressionLevel compression = CompressionLevel.NoCompression)
    {
        using var stream = new MemoryStream();
        Npz.Save(stream, tensors, compression);
        return stream.ToArray();
    }

    private static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
            foreach (var (name, content) in entries)
            {
                using var target = archive.CreateEntry(name).Open();
                target.Write(content);
            }
        return stream.ToArray();
    }

    private static string Refused(byte[] file) => Assert.Throws<InvalidDataException>(() => Npz.Load(new MemoryStream(file))).Message;
}
