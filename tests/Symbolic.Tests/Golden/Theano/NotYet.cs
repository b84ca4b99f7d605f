using DeepSym.Tests.Golden.Cases;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>
/// What the golden cases use and this library lacks, by Theano's names; the second name is the verb that is waited for.
/// Cases that need one of these are skipped, saying so; a test fails when an entry has come true.
/// </summary>
internal static class NotYet
{
    static readonly MissingFeature[] Elementwise =
    [
        new("T.elemwise.Elemwise"),
    ];

    static readonly MissingFeature[] Functions =
    [
        new("lasagne"),
    ];

    public static readonly IReadOnlyList<MissingFeature> Features = [.. Elementwise, .. Functions];

    public static IReadOnlyList<string> Names => [.. Features.Select(feature => feature.Name)];

    /// <summary>Cases whose every name is there and that fail nevertheless.</summary>
    public static readonly IReadOnlyList<WaitingCase> Cases = [];
}
