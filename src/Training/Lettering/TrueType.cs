using System.Buffers.Binary;
using System.Text;

namespace DeepSym.Training;

/// <summary>Builds a font in the TrueType format in memory, with the tables that the text engines of Windows, macOS and FreeType ask for.</summary>
internal static class TrueType
{
    internal readonly record struct Point(short X, short Y, bool OnCurve);

    /// <summary>A character's width in font units and its contours, y upwards; the first of a font's outlines stands for missing
    /// characters.</summary>
    internal sealed record Outline(char Character, int Advance, IReadOnlyList<IReadOnlyList<Point>> Contours)
    {
        public IEnumerable<Point> Points => Contours.SelectMany(contour => contour);

        public (short XMin, short YMin, short XMax, short YMax) Bounds => Contours.Count == 0
            ? default
            : (Points.Min(p => p.X), Points.Min(p => p.Y), Points.Max(p => p.X), Points.Max(p => p.Y));
    }

    /// <summary>The bytes of a font file; <paramref name="outlines"/> after the first are in the order of their characters.</summary>
    public static byte[] Build(string family, bool bold, int unitsPerEm, int ascent, int descent, IReadOnlyList<Outline> outlines)
    {
        var (glyf, loca) = Shapes(outlines);
        return Assemble(
            ("OS/2", Metrics(bold, unitsPerEm, ascent, descent, outlines)),
            ("cmap", CharacterMap(outlines)),
            ("glyf", glyf),
            ("head", Head(bold, unitsPerEm, outlines)),
            ("hhea", HorizontalHeader(ascent, descent, outlines)),
            ("hmtx", HorizontalMetrics(outlines)),
            ("loca", loca),
            ("maxp", Limits(outlines)),
            ("name", Names(family, bold)),
            ("post", new Table().Long(0x00030000).Long(0).Short(-unitsPerEm / 10).Short(unitsPerEm / 20).Long(0).Long(0).Long(0).Long(0).Long(0)));
    }

    private static byte[] Assemble(params (string Tag, Table Table)[] tables)
    {
        var power = 1 << (int)Math.Log2(tables.Length);
        var file = new Table().Long(0x00010000)
            .Short(tables.Length).Short(16 * power).Short((int)Math.Log2(power)).Short(16 * (tables.Length - power));
        var offset = 12 + (16 * tables.Length);
        var head = 0;
        foreach (var (tag, table) in tables)
        {
            if (tag == "head") head = offset;
            file.Text(tag).Long(table.Checksum()).Long((uint)offset).Long((uint)table.Length);
            offset += table.PaddedLength;
        }
        foreach (var (_, table) in tables) file.Append(table);
        var bytes = file.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(head + 8), unchecked(0xB1B0AFBA - file.Checksum()));
        return bytes;
    }

    private static Table Head(bool bold, int unitsPerEm, IReadOnlyList<Outline> outlines)
    {
        var bounds = outlines.Select(outline => outline.Bounds).ToArray();
        return new Table().Long(0x00010000).Long(0x00010000).Long(0).Long(0x5F0F3CF5)
            .Short(0b1011).Short(unitsPerEm).Long(0).Long(0).Long(0).Long(0)
            .Short(bounds.Min(b => b.XMin)).Short(bounds.Min(b => b.YMin)).Short(bounds.Max(b => b.XMax)).Short(bounds.Max(b => b.YMax))
            .Short(bold ? 1 : 0).Short(8).Short(2).Short(1).Short(0);
    }

    private static Table HorizontalHeader(int ascent, int descent, IReadOnlyList<Outline> outlines) => new Table()
        .Long(0x00010000).Short(ascent).Short(-descent).Short(0).Short(outlines.Max(o => o.Advance))
        .Short(outlines.Min(o => o.Bounds.XMin)).Short(outlines.Min(o => o.Advance - o.Bounds.XMax)).Short(outlines.Max(o => o.Bounds.XMax))
        .Short(1).Short(0).Short(0).Long(0).Long(0).Short(0).Short(outlines.Count);

    private static Table HorizontalMetrics(IReadOnlyList<Outline> outlines)
    {
        var table = new Table();
        foreach (var outline in outlines) table.Short(outline.Advance).Short(outline.Bounds.XMin);
        return table;
    }

    private static Table Limits(IReadOnlyList<Outline> outlines)
    {
        var table = new Table().Long(0x00010000).Short(outlines.Count)
            .Short(outlines.Max(o => o.Points.Count())).Short(outlines.Max(o => o.Contours.Count)).Short(0).Short(0).Short(2);
        for (var i = 0; i < 8; i++) table.Short(0);
        return table;
    }

    private static (Table Glyf, Table Loca) Shapes(IReadOnlyList<Outline> outlines)
    {
        const int OnCurve = 1, Overlapping = 0x40;
        var (glyf, loca) = (new Table(), new Table().Long(0));
        foreach (var outline in outlines)
        {
            if (outline.Contours.Count > 0)
            {
                var (xMin, yMin, xMax, yMax) = outline.Bounds;
                glyf.Short(outline.Contours.Count).Short(xMin).Short(yMin).Short(xMax).Short(yMax);
                var last = -1;
                foreach (var contour in outline.Contours) glyf.Short(last += contour.Count);
                glyf.Short(0);
                foreach (var (i, point) in outline.Points.Index()) glyf.Byte((point.OnCurve ? OnCurve : 0) | (i == 0 ? Overlapping : 0));
                var previous = default(Point);
                foreach (var point in outline.Points) (glyf, previous) = (glyf.Short(point.X - previous.X), point);
                previous = default;
                foreach (var point in outline.Points) (glyf, previous) = (glyf.Short(point.Y - previous.Y), point);
                glyf.Pad();
            }
            loca.Long((uint)glyf.Length);
        }
        return (glyf, loca);
    }

    // Format 4: runs of characters whose glyphs follow each other, so that glyph = character + delta.
    private static Table CharacterMap(IReadOnlyList<Outline> outlines)
    {
        var runs = new List<(int First, int Last, int Delta)>();
        for (var glyph = 1; glyph < outlines.Count; glyph++)
        {
            int character = outlines[glyph].Character;
            if (runs.Count > 0 && runs[^1].Last == character - 1) runs[^1] = runs[^1] with { Last = character };
            else runs.Add((character, character, glyph - character));
        }
        runs.Add((0xFFFF, 0xFFFF, 1));
        var power = 1 << (int)Math.Log2(runs.Count);
        var table = new Table().Short(0).Short(1).Short(3).Short(1).Long(12)
            .Short(4).Short(16 + (8 * runs.Count)).Short(0)
            .Short(2 * runs.Count).Short(2 * power).Short((int)Math.Log2(power)).Short(2 * (runs.Count - power));
        foreach (var run in runs) table.Short(run.Last);
        table.Short(0);
        foreach (var run in runs) table.Short(run.First);
        foreach (var run in runs) table.Short(run.Delta);
        foreach (var _ in runs) table.Short(0);
        return table;
    }

    private static Table Names(string family, bool bold)
    {
        var style = bold ? "Bold" : "Regular";
        var name = family.Replace(" ", "", StringComparison.Ordinal);
        string[] entries = ["", family, style, $"{family} {style} 1.0", $"{family} {style}", "Version 1.0", $"{name}-{style}"];
        var (table, text) = (new Table().Short(0).Short(entries.Length - 1).Short(6 + (12 * (entries.Length - 1))), new Table());
        for (var id = 1; id < entries.Length; id++)
        {
            table.Short(3).Short(1).Short(0x409).Short(id).Short(2 * entries[id].Length).Short(text.Length);
            foreach (var c in entries[id]) text.Short(c);
        }
        return table.Append(text);
    }

    private static Table Metrics(bool bold, int unitsPerEm, int ascent, int descent, IReadOnlyList<Outline> outlines) => new Table()
        .Short(4).Short((int)outlines.Average(o => o.Advance)).Short(bold ? 700 : 400).Short(5).Short(0)
        .Short(unitsPerEm / 2).Short(unitsPerEm / 2).Short(0).Short(unitsPerEm / 10)
        .Short(unitsPerEm / 2).Short(unitsPerEm / 2).Short(0).Short(unitsPerEm / 3)
        .Short(unitsPerEm / 20).Short(unitsPerEm / 4).Short(0)
        .Long(0).Long(0).Short(0) // PANOSE: ten bytes
        .Long(1).Long(0).Long(0).Long(0).Text("DSYM")
        .Short(bold ? 0x20 : 0x40).Short(outlines[1].Character).Short(outlines[^1].Character)
        .Short(ascent).Short(-descent).Short(0).Short(ascent).Short(descent)
        .Long(1).Long(0).Short(unitsPerEm / 2).Short(unitsPerEm * 7 / 10).Short(0).Short(' ').Short(0);

    // A growing list of big-endian numbers.
    private sealed class Table
    {
        private readonly List<byte> bytes = [];

        public int Length => bytes.Count;

        public int PaddedLength => (bytes.Count + 3) & ~3;

        public Table Byte(int value)
        {
            bytes.Add((byte)value);
            return this;
        }

        public Table Short(int value) => Byte(value >> 8).Byte(value);

        public Table Long(uint value) => Short((int)(value >> 16)).Short((int)value);

        public Table Text(string ascii)
        {
            bytes.AddRange(Encoding.ASCII.GetBytes(ascii));
            return this;
        }

        public Table Append(Table table)
        {
            bytes.AddRange(table.bytes);
            return Pad();
        }

        public Table Pad()
        {
            while (bytes.Count % 4 != 0) bytes.Add(0);
            return this;
        }

        public uint Checksum()
        {
            uint sum = 0;
            for (var i = 0; i < bytes.Count; i++) sum += (uint)bytes[i] << (8 * (3 - (i % 4)));
            return sum;
        }

        public byte[] ToArray() => [.. bytes];
    }
}
