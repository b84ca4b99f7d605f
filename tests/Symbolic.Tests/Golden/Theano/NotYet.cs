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
        new("dtype int8", Probe: "T.cast(T.dscalar(), 'int8')"),
        new("dtype uint8", Probe: "T.cast(T.dscalar(), 'uint8')"),
        new("dtype int16", Probe: "T.cast(T.dscalar(), 'int16')"),
        new("dtype uint16", Probe: "T.cast(T.dscalar(), 'uint16')"),
        new("T.elemwise.Elemwise"),
    ];

    static readonly MissingFeature[] Shapes =
    [
        new("T.arange(float)", Probe: "T.arange(0, 1, .25)"),
        new("T.tri", "Tri"), new("T.tril", "Tril"), new("T.triu", "Triu"),
        new("T.roll", "Roll"), new("T.tile", "Tile"), new("T.repeat", "Repeat"),
        new("T.addbroadcast"), new("T.unbroadcast"), new("T.patternbroadcast"), new("T.mgrid"), new("T.ogrid"),
        new("T.extra_ops.fill_diagonal", "FillDiagonal"),
    ];

    static readonly MissingFeature[] Functions =
    [
        new("theano.ifelse.ifelse", "IfElse"), new("T.opt.Assert", "Assert"), new("theano.OpFromGraph"), new("theano.clone", "Substitute"),
        new("T.shared_randomstreams.RandomStreams"), new("lasagne"),
        new("shared(borrow=)", Probe: "shared(1., borrow=True)"), new("T.tensor"), new("T.TensorType"),
        new("function.copy", Probe: "function([], 1).copy()"),
        new("theano.gradient.jacobian", "Jacobian"), new("theano.gradient.hessian", "Hessian"), new("theano.gradient.grad_clip", "GradClip"), new("theano.gradient.grad_scale", "GradScale"),
        new("grad(consider_constant=)", Probe: "T.grad(T.dscalar(), T.dscalar(), consider_constant=[])"),
    ];

    static readonly MissingFeature[] Networks =
    [
        new("conv2d(unshared=)", Probe: "T.nnet.conv2d(T.dtensor4(), T.dtensor4(), unshared=True)"),
        new("T.signal.pool.max_pool_2d_same_size"),
        new("T.nnet.softmax_with_bias"), new("T.nnet.softmax_graph"), new("T.nnet.crossentropy_softmax_argmax_1hot_with_bias"), new("T.nnet.confusion_matrix"),
        new("T.nnet.h_softmax"), new("images2neibs"), new("neibs2images"), new("bilinear_upsampling"),
    ];

    public static readonly IReadOnlyList<MissingFeature> Features = [.. Elementwise, .. Shapes, .. Functions, .. Networks];

    public static IReadOnlyList<string> Names => [.. Features.Select(feature => feature.Name)];

    /// <summary>Cases whose every name is there and that fail nevertheless.</summary>
    public static readonly IReadOnlyList<WaitingCase> Cases = [];
}
