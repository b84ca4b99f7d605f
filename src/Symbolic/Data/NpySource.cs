namespace DeepSym;

/// <summary>Bytes to read, with a name for the messages and a checksum of what was read.</summary>
internal sealed class NpySource(Stream stream, string name)
{
    private Crc32 checksum;

    /// <summary>What the messages call the file.</summary>
    public string Name => name;

    /// <summary>The bytes still to come, or null where the stream does not know.</summary>
    public long? Remaining => stream.CanSeek ? stream.Length - stream.Position : null;

    /// <summary>The CRC-32 of all bytes read.</summary>
    public uint Checksum => checksum.Value;

    /// <summary>Fills as much of <paramref name="target"/> as there are bytes.</summary>
    public int Read(Span<byte> target)
    {
        try
        {
            var count = stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
            checksum.Add(target[..count]);
            return count;
        }
        catch (InvalidDataException e)
        {
            throw Invalid($"damaged, cannot be decompressed: {e.Message}");
        }
    }

    /// <summary>The exception for a file that is damaged or foreign.</summary>
    public InvalidDataException Invalid(string what) => new($"{name}: {what}");
}
