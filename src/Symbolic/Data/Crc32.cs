namespace DeepSym;

/// <summary>The checksum of ZIP, polynomial 0xEDB88320 (ISO 3309), eight bytes at a time (Kounavis and Berry 2005, slicing-by-8).</summary>
internal struct Crc32
{
    private static readonly uint[] Table = MakeTable();

    private uint inverted;

    public readonly uint Value => inverted;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var table = Table;
        var crc = ~inverted;
        while (bytes.Length >= 8)
        {
            crc ^= BitConverter.ToUInt32(bytes);
            crc = table[7 * 256 + (byte)crc] ^ table[6 * 256 + (byte)(crc >> 8)] ^ table[5 * 256 + (byte)(crc >> 16)] ^ table[4 * 256 + (crc >> 24)]
                ^ table[3 * 256 + bytes[4]] ^ table[2 * 256 + bytes[5]] ^ table[256 + bytes[6]] ^ table[bytes[7]];
            bytes = bytes[8..];
        }
        foreach (var b in bytes)
            crc = table[(byte)(crc ^ b)] ^ crc >> 8;
        inverted = ~crc;
    }

    // Entry 256 k + b: the remainder of byte b followed by k zero bytes.
    private static uint[] MakeTable()
    {
        var table = new uint[8 * 256];
        for (uint b = 0; b < 256; b++)
        {
            var crc = b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
            table[b] = crc;
        }
        for (var i = 256; i < table.Length; i++)
            table[i] = table[i - 256] >> 8 ^ table[(byte)table[i - 256]];
        return table;
    }
}
