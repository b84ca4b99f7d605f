namespace DeepSym.Tests.Data;

/// <summary>Files written by NumPy 1.24.2, by the expression above each.</summary>
internal static class NumPyFiles
{
    // np.arange(6, dtype='f4').reshape(2, 3) / 2
    public static readonly byte[] Float32Matrix = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAPwAAgD8AAMA/AAAAQAAAIEA=
        """);

    // np.array([0.0, -0.0, 0.1, np.inf, -np.inf, np.nan, 5e-324, 1.7976931348623157e308])
    public static readonly byte[] Float64Specials = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDgsKSwgfSAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAAAAAAAACAmpmZmZmZuT8AAAAAAADwfwAAAAAAAPD/AAAAAAAA+H8BAAAA
        AAAAAP///////+9/
        """);

    // np.arange(-12, 12, dtype='i4').reshape(2, 3, 4)
    public static readonly byte[] Int32Cube = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMsIDQpLCB9ICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr0////9f////b////3////+P////n////6////+/////z////9/////v////////8AAAAA
        AQAAAAIAAAADAAAABAAAAAUAAAAGAAAABwAAAAgAAAAJAAAACgAAAAsAAAA=
        """);

    // np.array([np.iinfo('i8').min, -1, 0, np.iinfo('i8').max])
    public static readonly byte[] Int64Extremes = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDQsKSwgfSAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAgP//////////AAAAAAAAAAD/////////fw==
        """);

    // np.array([[True, False], [False, True], [True, True]])
    public static readonly byte[] Bools = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAABAQE=
        """);

    // np.array(2.5)
    public static readonly byte[] Scalar = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAEQA==
        """);

    // np.zeros((0, 3), 'f4')
    public static readonly byte[] Empty = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDAsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=
        """);

    // np.asfortranarray(np.arange(24, dtype='f4').reshape(2, 3, 4))
    public static readonly byte[] ColumnMajorCube = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywgNCksIH0gICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAABAQQAAgEAAAIBBAAAAQQAAoEEAAIA/AABQQQAAoEAAAIhBAAAQQQAAqEEAAABA
        AABgQQAAwEAAAJBBAAAgQQAAsEEAAEBAAABwQQAA4EAAAJhBAAAwQQAAuEE=
        """);

    // np.asfortranarray(np.arange(6, dtype='u1').reshape(2, 3))
    public static readonly byte[] ColumnMajorBytes = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAwEEAgU=
        """);

    // np.array([1.5, -2.0], '>f4')
    public static readonly byte[] BigEndianFloats = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPmY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo/wAAAwAAAAA==
        """);

    // np.array([1, -2, 300], '>i2')
    public static readonly byte[] BigEndianShorts = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPmkyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAf/+ASw=
        """);

    // np.array([-128, 0, 127], 'i1')
    public static readonly byte[] SignedBytes = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnfGkxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqAAH8=
        """);

    // np.array([0, 128, 255], 'u1')
    public static readonly byte[] UnsignedBytes = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAgP8=
        """);

    // np.array([-32768, 0, 32767], 'i2')
    public static readonly byte[] SignedShorts = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPGkyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAgAAA/38=
        """);

    // np.array([0, 32768, 65535], 'u2')
    public static readonly byte[] UnsignedShorts = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPHUyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAACA//8=
        """);

    // np.array([0, 2147483648, 4294967295], 'u4')
    public static readonly byte[] UnsignedInts = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPHU0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAgP////8=
        """);

    // np.array([0.1, 65504, 6e-8, np.inf, np.nan, -0.0], 'f2')
    public static readonly byte[] Halves = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDYsKSwgfSAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIApmLv97AQAAfAB+AIA=
        """);

    // np.array([1, 2, 3], 'i4'), in format 2.0
    public static readonly byte[] Version2 = Convert.FromBase64String(
        """
        k05VTVBZAgB0AAAAeydkZXNjcic6ICc8aTQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywpLCB9ICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAgAAAAMAAAA=
        """);

    // np.array([1, 2, 3], 'i4'), in format 3.0
    public static readonly byte[] Version3 = Convert.FromBase64String(
        """
        k05VTVBZAwB0AAAAeydkZXNjcic6ICc8aTQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywpLCB9ICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAgAAAAMAAAA=
        """);

    // np.array([1, 2], 'u8')
    public static readonly byte[] UnsignedLongs = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPHU4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAAAAAAIAAAAAAAAA
        """);

    // np.array([1 + 2j], 'c8')
    public static readonly byte[] Complex = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPGM4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKSwgfSAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAIA/AAAAQA==
        """);

    // np.array(['abc'])
    public static readonly byte[] Text = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnPFUzJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKSwgfSAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAphAAAAYgAAAGMAAAA=
        """);

    // np.array([None])
    public static readonly byte[] Objects = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiAnfE8nLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMSwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqAA2NudW1weS5jb3JlLm11bHRpYXJyYXkKX3JlY29uc3RydWN0CnEAY251bXB5Cm5kYXJy
        YXkKcQFLAIVxAkMBYnEDh3EEUnEFKEsBSwGFcQZjbnVtcHkKZHR5cGUKcQdYAgAAAE84cQiJiIdxCVJxCihLA1gBAAAAfHELTk5OSv////9K/////0s/dHEM
        YoldcQ1OYXRxDmIu
        """);

    // np.array([(1, 2.0)], [('n', 'i4'), ('x', 'f4')])
    public static readonly byte[] Structured = Convert.FromBase64String(
        """
        k05VTVBZAQB2AHsnZGVzY3InOiBbKCduJywgJzxpNCcpLCAoJ3gnLCAnPGY0JyldLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMSwpLCB9
        ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAAAAQA==
        """);

    // np.savez: x = np.arange(3, dtype='f4'), flags = np.array([True, False])
    public static readonly byte[] Archive = Convert.FromBase64String(
        """
        UEsDBBQAAAAAAAAAIQC2jIZTjAAAAIwAAAAFABQAeC5ucHkBABAAjAAAAAAAAACMAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxmNCcsICdmb3J0cmFu
        X29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgzLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
        ICAKAAAAAAAAgD8AAABAUEsDBBQAAAAAAAAAIQDuGbtdggAAAIIAAAAJABQAZmxhZ3MubnB5AQAQAIIAAAAAAAAAggAAAAAAAACTTlVNUFkBAHYAeydkZXNj
        cic6ICd8YjEnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
        ICAgICAgICAgICAgICAgICAgICAgCgEAUEsBAhQDFAAAAAAAAAAhALaMhlOMAAAAjAAAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsBAhQDFAAAAAAAAAAh
        AO4Zu12CAAAAggAAAAkAAAAAAAAAAAAAAIABwwAAAGZsYWdzLm5weVBLBQYAAAAAAgACAGoAAACAAQAAAAA=
        """);

    // np.savez_compressed: x = np.zeros((20, 20), 'f4'), n = np.array(7)
    public static readonly byte[] CompressedArchive = Convert.FromBase64String(
        """
        UEsDBBQAAAAIAAAAIQD5JdHBVQAAAMAGAAAFABQAeC5ucHkBABAAwAYAAAAAAABVAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSY
        F59flJIKEndLzClOBYoXZyQWpAL5GkYGOgpGBpo6CrUKZAIuhlEwCkbBKBgFo4AMAABQSwMEFAAAAAgAAAAhACO48GxGAAAAiAAAAAUAFABuLm5weQEAEACI
        AAAAAAAAAEYAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNpoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkamjoKtQoUAS52BggAAFBLAQIU
        AxQAAAAIAAAAIQD5JdHBVQAAAMAGAAAFAAAAAAAAAAAAAACAAQAAAAB4Lm5weVBLAQIUAxQAAAAIAAAAIQAjuPBsRgAAAIgAAAAFAAAAAAAAAAAAAACAAYwA
        AABuLm5weVBLBQYAAAAAAgACAGYAAAAJAQAAAAA=
        """);
}
