namespace DeepSym.Tests.Golden.Theano;

/// <summary>What the golden cases use and this library lacks, by Theano's names. Cases that need it are skipped, saying so; a test fails when an entry has come true.</summary>
internal static class NotYet
{
    public static readonly IReadOnlyList<MissingFeature> Features =
    [
    ];
}
