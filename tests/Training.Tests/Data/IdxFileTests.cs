using CsCheck;
using DeepSym.Training;

namespace DeepSym.Tests;

public sealed class IdxFileTests
{
    private static readonly byte[] Small = [.. IdxBytes.Header(8, 2, 3), 1, 2, 3, 4, 5, 255];

    [Fact]
    public void A_plain_file_and_its_compressed_form_are_the_same_array()
    {
        foreach (var bytes in new[] { Small, IdxBytes.Gzip(Small) })
        {
            var file = Read(bytes);
            Assert.Equal(IdxType.UInt8, file.Type);
            Assert.Equal([2, 3], file.Shape.AsEnumerable());
            Assert.Equal([1, 2, 3, 4, 5, 255], file.ToArray<byte>());
            Assert.Equal([1f, 2, 3, 4, 5, 255], file.ToArray<float>());
            Assert.Equal(IdxBytes.Sha256(Small), file.Sha256);
            Assert.Equal("UInt8[2, 3]", file.ToString());
        }
    }

    [Fact]
    public void Every_type_is_read_in_the_byte_order_of_the_format()
    {
        Assert.Equal([-2, 127], Read([.. IdxBytes.Header(0x09, 2), 0xFE, 0x7F]).ToArray<sbyte>());
        Assert.Equal([258, -1], Read([.. IdxBytes.Header(0x0B, 2), 1, 2, 0xFF, 0xFF]).ToArray<short>());
        Assert.Equal([0x01020304], Read([.. IdxBytes.Header(0x0C, 1), 1, 2, 3, 4]).ToArray<int>());
        Assert.Equal([-1.5f], Read([.. IdxBytes.Header(0x0D, 1), 0xBF, 0xC0, 0, 0]).ToArray<float>());
        Assert.Equal([-1.5], Read([.. IdxBytes.Header(0x0E, 1), 0xBF, 0xF8, 0, 0, 0, 0, 0, 0]).ToArray<double>());
        Assert.Equal([258f, -1f], Read([.. IdxBytes.Header(0x0B, 2), 1, 2, 0xFF, 0xFF]).ToArray<float>());
        Assert.Equal([-1.5], Read([.. IdxBytes.Header(0x0D, 1), 0xBF, 0xC0, 0, 0]).ToArray<double>());
    }

    [Fact]
    public void An_axis_of_length_zero_gives_an_empty_array() => Assert.Empty(Read(IdxBytes.Header(8, 0, 28, 28)).ToArray<byte>());

    [Fact]
    public void Elements_come_only_as_their_type_or_as_floating_point_numbers()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Read(Small).ToArray<int>());
        Assert.Equal("file holds UInt8[2, 3]: its elements can be had as Byte, Single or Double, not as Int32.", error.Message);
    }

    [Fact]
    public void Damaged_files_are_named_with_what_was_found()
    {
        Fails([], "file: it ends after 0 of the 4 bytes that every IDX file begins with.");
        Fails([0, 0, 8], "file: it ends after 3 of the 4 bytes that every IDX file begins with.");
        Fails(
            "PNG!"u8.ToArray(),
            "file: it begins with the bytes 504E4721; an IDX file begins with 0000, a type code (08, 09, 0B, 0C, 0D or 0E) and the number of axes.");
        Fails(
            [0, 0, 0x0A, 1],
            "file: it begins with the bytes 00000A01; an IDX file begins with 0000, a type code (08, 09, 0B, 0C, 0D or 0E) and the number of axes.");
        Fails(
            [0, 0, 8, 0, 7],
            "file: it begins with the bytes 00000800; an IDX file begins with 0000, a type code (08, 09, 0B, 0C, 0D or 0E) and the number of axes.");
        Fails([0, 0, 8, 2, 0, 0, 0, 1], "file: it ends within the lengths of its 2 axes.");
        Fails(Small[..^2], "file: its header says UInt8[2, 3], 6 bytes of elements, but it ends after 4: truncated.");
        Fails([.. Small, 0], "file: its header says UInt8[2, 3], 6 bytes of elements, but further bytes follow.");
    }

    [Fact]
    public void A_header_that_lies_about_sizes_takes_no_memory_for_them()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Fails(
            [.. IdxBytes.Header(8, 2_000_000_000), 1],
            "file: its header says UInt8[2000000000], 2000000000 bytes of elements, but it ends after 1: truncated.");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 50_000_000);
        Fails(
            IdxBytes.Header(0x0E, -1, -1, -1, -1, -1),
            $"file: its header says Float64[4294967295, 4294967295, 4294967295, 4294967295, 4294967295], " +
            $"more than the {Array.MaxLength} bytes that fit into one array.");
    }

    [Fact]
    public void A_gzip_stream_that_is_cut_or_followed_by_something_is_refused()
    {
        var gzip = IdxBytes.Gzip(Small);
        Fails(gzip[..2], "file: it ends after 0 of the 4 bytes that every IDX file begins with.");
        Fails(gzip[..^3], "file: its gzip stream holds 18 bytes and does not end with that number: the end is cut off, or other bytes follow.");
        Fails(
            [.. gzip, 1, 2, 3, 4],
            "file: its gzip stream holds 18 bytes and does not end with that number: the end is cut off, or other bytes follow.");
        gzip[^7] ^= 1;
        Fails(gzip, "file: its gzip compression is damaged.");
    }

    [Fact]
    public void Any_change_of_any_bytes_is_read_or_refused_but_never_crashes() =>
        Gen.Select(Gen.Int[0, Small.Length - 1], Gen.Byte, Gen.Bool, Gen.Int[0, 60]).Sample((at, value, compress, length) =>
        {
            var bytes = (byte[])Small.Clone();
            bytes[at] = value;
            if (compress)
            {
                bytes = IdxBytes.Gzip(bytes);
                bytes[(at * 7) % bytes.Length] ^= value;
            }
            try
            {
                Read(bytes[..Math.Min(length, bytes.Length)]).ToArray<double>();
            }
            catch (InvalidDataException error)
            {
                Assert.StartsWith("file: ", error.Message, StringComparison.Ordinal);
            }
        });

    [Fact]
    public void A_file_on_disk_is_named_by_its_path()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["digits"], Small[..^1]);
        var error = Assert.Throws<InvalidDataException>(() => IdxFile.Read(folder["digits"]));
        Assert.StartsWith(folder["digits"] + ": ", error.Message, StringComparison.Ordinal);
    }

    private static IdxFile Read(byte[] bytes) => IdxFile.Read(new MemoryStream(bytes), "file");

    private static void Fails(byte[] bytes, string message) => Assert.Equal(message, Assert.Throws<InvalidDataException>(() => Read(bytes)).Message);
}
