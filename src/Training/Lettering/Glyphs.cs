using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace DeepSym.Training;

/// <summary>
/// The shapes of the letters: lines of a pen as SVG path data, y downwards, capitals from 0 to the base line at 14,
/// small letters from 4, descenders to 18.4. So text needs no font of the machine and no font file.
/// </summary>
internal static class Glyphs
{
    /// <summary>A character, the width of its drawing and the path of the pen; a space is a path without lines.</summary>
    internal readonly record struct Glyph(char Character, float Width, string Path);

    /// <summary>Stands for a character that has no shape here, so that it is seen to be missing: a crossed box.</summary>
    public static readonly Glyph Missing = new('\uFFFD', 8, "M0 0 H8 V14 H0 Z M0 0 L8 14 M8 0 L0 14");

    /// <summary>All shapes in the order of their characters.</summary>
    public static ImmutableArray<Glyph> All { get; } =
        [.. Table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read).Append(Missing).OrderBy(glyph => glyph.Character)];

    /// <summary>The shape of a character, or <see cref="Missing"/>.</summary>
    public static Glyph Of(char character) => ByCharacter.GetValueOrDefault(character, Missing);

    /// <summary>Whether the character has a shape of its own.</summary>
    public static bool Has(char character) => ByCharacter.ContainsKey(character);

    private static readonly FrozenDictionary<char, Glyph> ByCharacter = All.ToFrozenDictionary(glyph => glyph.Character);

    private static Glyph Read(string line)
    {
        var parts = line[1..].Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        return new(line[0], float.Parse(parts[0], CultureInfo.InvariantCulture), parts.Length > 1 ? string.Join(' ', parts[1..]) : "");
    }

    private const string Table = """
          2
        A 10 M0 14 L5 0 L10 14 M1.8 9.2 H8.2
        B 9 M0 14 V0 H5 A3.3 3.3 0 0 1 5 6.6 H0 M5 6.6 H5.3 A3.7 3.7 0 0 1 5.3 14 H0
        C 9.8 M9.8 3.2 C8.6 1 7 0 5.3 0 C2 0 0 2.8 0 7 C0 11.2 2 14 5.3 14 C7 14 8.6 13 9.8 10.8
        D 10 M0 0 V14 H4 C8 14 10 11.4 10 7 C10 2.6 8 0 4 0 Z
        E 8 M8 0 H0 V14 H8 M0 6.8 H6.6
        F 8 M8 0 H0 V14 M0 6.8 H6.6
        G 10 M9.8 3 C8.6 1 7 0 5.3 0 C2 0 0 2.8 0 7 C0 11.2 2 14 5.4 14 C7.4 14 9 13.2 10 12 V7.6 H6
        H 9 M0 0 V14 M9 0 V14 M0 6.8 H9
        I 0 M0 0 V14
        J 6 M6 0 V10 C6 12.8 4.8 14 3 14 C1.4 14 .4 13.2 0 11.8
        K 9 M0 0 V14 M8.6 0 L0 8.6 M3.2 5.6 L9 14
        L 7.5 M0 0 V14 H7.5
        M 11 M0 14 V0 L5.5 9 L11 0 V14
        N 9.5 M0 14 V0 L9.5 14 V0
        O 11 M5.5 0 C2 0 0 2.8 0 7 C0 11.2 2 14 5.5 14 C9 14 11 11.2 11 7 C11 2.8 9 0 5.5 0 Z
        P 9 M0 14 V0 H5.2 A3.8 3.8 0 0 1 5.2 7.6 H0
        Q 11 M5.5 0 C2 0 0 2.8 0 7 C0 11.2 2 14 5.5 14 C9 14 11 11.2 11 7 C11 2.8 9 0 5.5 0 Z M7.2 10.6 L10.8 15
        R 9.2 M0 14 V0 H5.2 A3.8 3.8 0 0 1 5.2 7.6 H0 M4.8 7.6 L9.2 14
        S 8.8 M8.4 2.6 C7.6 .8 6.2 0 4.4 0 C2 0 .5 1.4 .5 3.5 C.5 8 8.8 5.6 8.8 10.2 C8.8 12.6 7 14 4.5 14 C2.3 14 .7 13 0 11
        T 10 M0 0 H10 M5 0 V14
        U 9.5 M0 0 V9 C0 12.4 1.8 14 4.75 14 C7.7 14 9.5 12.4 9.5 9 V0
        V 10 M0 0 L5 14 L10 0
        W 14 M0 0 L3.5 14 L7 2 L10.5 14 L14 0
        X 9.5 M0 0 L9.5 14 M9.5 0 L0 14
        Y 10 M0 0 L5 7 L10 0 M5 7 V14
        Z 9 M0 0 H9 L0 14 H9
        a 7 M.6 6 C1.4 4.6 2.6 4 4 4 C6 4 7 5.2 7 7.2 V14 M7 8.6 C5.6 8.6 4.5 8.5 3.2 8.8 C1.2 9.2 0 10 0 11.4 C0 13 1.2 14 3 14 C4.8 14 6.4 12.8 7 11
        b 7.6 M0 0 V14 M0 9 C0 6 1.6 4 3.9 4 C6.2 4 7.6 6 7.6 9 C7.6 12 6.2 14 3.9 14 C1.6 14 0 12 0 9
        c 7 M7 5.8 C6.2 4.6 5.2 4 4 4 C1.6 4 0 6 0 9 C0 12 1.6 14 4 14 C5.2 14 6.2 13.4 7 12.2
        d 7.6 M7.6 0 V14 M7.6 9 C7.6 6 6 4 3.7 4 C1.4 4 0 6 0 9 C0 12 1.4 14 3.7 14 C6 14 7.6 12 7.6 9
        e 7.6 M0 8.8 H7.6 C7.6 6 6.2 4 3.9 4 C1.5 4 0 6 0 9 C0 12 1.6 14 4 14 C5.4 14 6.6 13.4 7.3 12.2
        f 5 M5 .2 C2.8 -.3 1.8 .8 1.8 3 V14 M0 4 H4.6
        g 7.6 M7.6 4 V14.4 C7.6 17 6.2 18.4 3.8 18.4 C2.2 18.4 1 17.8 .4 16.8 M7.6 9 C7.6 6 6 4 3.7 4 C1.4 4 0 6 0 9 C0 12 1.4 14 3.7 14 C6 14 7.6 12 7.6 9
        h 7 M0 0 V14 M0 8 C.6 5.4 2 4 4 4 C6 4 7 5.4 7 7.6 V14
        i 0 M0 4 V14 M0 .2 V.6
        j 2 M2 4 V15.5 C2 17.6 1.2 18.4 0 18.4 M2 .2 V.6
        k 7 M0 0 V14 M6.6 4 L0 10.4 M2.6 8 L7 14
        l 2 M0 0 V12 C0 13.4 .8 14 2 14
        m 11.6 M0 4 V14 M0 7.6 C.5 5.4 1.7 4 3.3 4 C5 4 5.8 5.2 5.8 7.2 V14 M5.8 7.6 C6.3 5.4 7.5 4 9.1 4 C10.8 4 11.6 5.2 11.6 7.2 V14
        n 7 M0 4 V14 M0 8 C.6 5.4 2 4 4 4 C6 4 7 5.4 7 7.6 V14
        o 7.8 M3.9 4 C1.5 4 0 6 0 9 C0 12 1.5 14 3.9 14 C6.3 14 7.8 12 7.8 9 C7.8 6 6.3 4 3.9 4 Z
        p 7.6 M0 4 V18.4 M0 9 C0 6 1.6 4 3.9 4 C6.2 4 7.6 6 7.6 9 C7.6 12 6.2 14 3.9 14 C1.6 14 0 12 0 9
        q 7.6 M7.6 4 V18.4 M7.6 9 C7.6 6 6 4 3.7 4 C1.4 4 0 6 0 9 C0 12 1.4 14 3.7 14 C6 14 7.6 12 7.6 9
        r 4.6 M0 4 V14 M0 8.4 C.4 5.4 2 4 4.6 4.2
        s 6.6 M6.2 5.8 C5.6 4.6 4.6 4 3.3 4 C1.6 4 .5 4.9 .5 6.4 C.5 9.6 6.6 8 6.6 11.3 C6.6 13 5.2 14 3.4 14 C1.8 14 .6 13.3 0 12
        t 5 M1.9 .8 V11.4 C1.9 13.2 2.6 14 4 14 C4.4 14 4.7 13.9 5 13.8 M0 4 H4.8
        u 7 M0 4 V10.4 C0 12.6 1 14 3 14 C5 14 6.4 12.6 7 10 M7 4 V14
        v 7.4 M0 4 L3.7 14 L7.4 4
        w 11 M0 4 L2.75 14 L5.5 5.4 L8.25 14 L11 4
        x 7 M0 4 L7 14 M7 4 L0 14
        y 7.4 M0 4 L3.8 14 M7.4 4 L3.3 15.4 C2.6 17.4 1.8 18.2 .4 18.2
        z 6.6 M0 4 H6.6 L0 14 H6.6
        0 8.4 M4.2 0 C1.4 0 0 2.6 0 7 C0 11.4 1.4 14 4.2 14 C7 14 8.4 11.4 8.4 7 C8.4 2.6 7 0 4.2 0 Z
        1 8.4 M1.4 2.8 L4.8 0 V14
        2 8.4 M.4 3.6 C.6 1.4 2 0 4.2 0 C6.4 0 7.9 1.5 7.9 3.6 C7.9 6.4 4.6 8.2 .2 14 H8.2
        3 8.4 M.5 2.6 C1.1 .9 2.4 0 4.1 0 C6.3 0 7.7 1.4 7.7 3.4 C7.7 5.4 6.2 6.6 4 6.6 H3 M4 6.6 C6.6 6.6 8.2 8 8.2 10.2 C8.2 12.6 6.5 14 4.1 14 C2 14 .7 13 .1 11.2
        4 8.4 M6.2 14 V0 L0 9.8 H8.4
        5 8.4 M7.6 0 H1.4 L.8 6.4 C1.8 5.4 2.9 5 4.2 5 C6.6 5 8.2 6.8 8.2 9.4 C8.2 12.2 6.5 14 4 14 C2 14 .7 13.1 .1 11.4
        6 8.4 M7.4 1.8 C6.7 .6 5.7 0 4.5 0 C1.6 0 .1 3 .1 8 V9.4 C.1 12.2 1.8 14 4.2 14 C6.6 14 8.3 12.2 8.3 9.4 C8.3 6.7 6.6 4.9 4.2 4.9 C1.8 4.9 .1 6.8 .1 9.4
        7 8.4 M.2 0 H8.2 L3 14
        8 8.4 M4.2 6.4 C2 6.4 .7 5.2 .7 3.2 C.7 1.3 2.1 0 4.2 0 C6.3 0 7.7 1.3 7.7 3.2 C7.7 5.2 6.4 6.4 4.2 6.4 C1.7 6.4 .1 7.9 .1 10.2 C.1 12.5 1.8 14 4.2 14 C6.6 14 8.3 12.5 8.3 10.2 C8.3 7.9 6.7 6.4 4.2 6.4
        9 8.4 M1 12.2 C1.7 13.4 2.7 14 3.9 14 C6.8 14 8.3 11 8.3 6 V4.6 C8.3 1.8 6.6 0 4.2 0 C1.8 0 .1 1.8 .1 4.6 C.1 7.3 1.8 9.1 4.2 9.1 C6.6 9.1 8.3 7.2 8.3 4.6
        ! 0 M0 0 V9 M0 13.6 V14
        " 3 M0 0 V3.6 M3 0 V3.6
        # 9 M3 0 L1.4 14 M7.6 0 L6 14 M.3 4.6 H9 M0 9.4 H8.7
        $ 8.8 M8.4 2.6 C7.6 .8 6.2 0 4.4 0 C2 0 .5 1.4 .5 3.5 C.5 8 8.8 5.6 8.8 10.2 C8.8 12.6 7 14 4.5 14 C2.3 14 .7 13 0 11 M4.5 -1.6 V15.6
        % 12 M2.6 0 C1 0 0 1.3 0 3.3 C0 5.3 1 6.6 2.6 6.6 C4.2 6.6 5.2 5.3 5.2 3.3 C5.2 1.3 4.2 0 2.6 0 Z M9.4 7.4 C7.8 7.4 6.8 8.7 6.8 10.7 C6.8 12.7 7.8 14 9.4 14 C11 14 12 12.7 12 10.7 C12 8.7 11 7.4 9.4 7.4 Z M10.2 0 L1.8 14
        & 10 M10 14 L2.2 4.6 C.8 2.6 1.8 0 4.2 0 C6.4 0 7.2 2.4 5.8 4 C4.6 5.4 0 6.8 0 10.2 C0 12.6 1.6 14 4 14 C7 14 9 11.4 9.4 7.6
        ' 0 M0 0 V3.6
        ( 3 M3 -1 C1 1.4 0 4 0 7.4 C0 10.8 1 13.4 3 15.8
        ) 3 M0 -1 C2 1.4 3 4 3 7.4 C3 10.8 2 13.4 0 15.8
        * 6 M3 0 V6.4 M.2 1.6 L5.8 4.8 M5.8 1.6 L.2 4.8
        + 8 M4 4 V12 M0 8 H8
        , 1 M1 13.4 V14 L0 16.6
        - 5 M0 9 H5
        . 0 M0 13.6 V14
        / 6 M6 -1 L0 15.6
        : 0 M0 5 V5.4 M0 13.6 V14
        ; 1 M1 5 V5.4 M1 13.4 V14 L0 16.6
        < 7.6 M7.6 4 L0 8 L7.6 12
        = 8 M0 6.2 H8 M0 9.8 H8
        > 7.6 M0 4 L7.6 8 L0 12
        ? 7 M0 3 C.4 1.1 1.7 0 3.5 0 C5.6 0 7 1.3 7 3.2 C7 6.2 3.4 6.2 3.4 9.6 M3.4 13.6 V14
        @ 13 M9 9.6 C8.4 10.8 7.6 11.4 6.6 11.4 C5 11.4 4 10 4 7.8 C4 5.4 5.2 4 7 4 C8.6 4 9.3 5 9.3 6.6 V9 C9.3 10.6 10 11.3 10.9 11.3 C12.2 11.3 13 9.8 13 7.4 C13 3.2 10.6 0 6.7 0 C2.6 0 0 3 0 7.6 C0 12.2 2.6 15.4 7 15.4 C8.6 15.4 10 15 11 14.2
        [ 3 M3 -1 H0 V15.8 H3
        \ 6 M0 -1 L6 15.6
        ] 3 M0 -1 H3 V15.8 H0
        ^ 7 M0 5.4 L3.5 0 L7 5.4
        _ 8 M0 16 H8
        ` 2 M0 -.6 L2 1.8
        { 4 M4 -1 C2 -1 2 0 2 1.6 V5 C2 6.6 1.4 7.4 0 7.4 C1.4 7.4 2 8.2 2 9.8 V13.2 C2 14.8 2 15.8 4 15.8
        | 0 M0 -1 V15.8
        } 4 M0 -1 C2 -1 2 0 2 1.6 V5 C2 6.6 2.6 7.4 4 7.4 C2.6 7.4 2 8.2 2 9.8 V13.2 C2 14.8 2 15.8 0 15.8
        ~ 8 M0 9 C.6 7.4 1.6 6.8 2.6 7.2 C3.8 7.6 4.4 8.6 5.6 8.8 C6.6 9 7.4 8.4 8 7
        ° 4 M2 0 C.7 0 0 .9 0 2 C0 3.1 .7 4 2 4 C3.3 4 4 3.1 4 2 C4 .9 3.3 0 2 0 Z
        ± 8 M4 2 V10 M0 6 H8 M0 13 H8
        · 0 M0 7.8 V8.2
        × 7 M0 4.5 L7 11.5 M7 4.5 L0 11.5
        – 7 M0 9 H7
        … 8 M0 13.6 V14 M4 13.6 V14 M8 13.6 V14
        → 10 M0 8 H10 M6.6 4.6 L10 8 L6.6 11.4
        − 8 M0 8 H8
        ≤ 7.6 M7.6 2 L0 6 L7.6 10 M0 13 H7.6
        ≥ 7.6 M0 2 L7.6 6 L0 10 M0 13 H7.6
        """;
}
