using System.IO.Compression;
using System.Security.Cryptography;

namespace DeepSym.Tests;

/// <summary>Writes IDX files for tests, byte by byte from the format's description.</summary>
internal static class IdxBytes
{
    public static byte[] Header(int type, params int[] shape) => [0, 0, (byte)type, (byte)shape.Length, .. shape.SelectMany(BigEndian)];

    public static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    public static byte[] Gzip(byte[] content)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(content);
        return memory.ToArray();
    }

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
