using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Theano's tree of modules, each to be filled by the file that is named after its subject.</summary>
internal sealed class TheanoModules
{
    public TheanoModules()
    {
        foreach (var (parent, name) in new (Module, string)[]
        {
            (Nnet, "nnet"), (Nnet, "bn"), (Nnet, "abstract_conv"), (Tensor, "nnet"), (Tensor, "nlinalg"), (Tensor, "slinalg"), (Tensor, "extra_ops"),
            (Tensor, "xlogx"), (Tensor, "opt"), (Tensor, "fft"), (Tensor, "elemwise"), (Tensor, "signal"), (Tensor, "shared_randomstreams"),
            (Theano, "gradient"), (Theano, "scalar"), (Theano, "ifelse"), (Theano, "scan_module"),
        })
            parent[name] = new Module($"{parent.FullName}.{name}");
        Tensor["nnet"] = Nnet;
        Nnet["nnet"] = Nnet;
        ((Module)Tensor["signal"]!)["pool"] = new Module("T.signal.pool");
        Theano["tensor"] = Tensor;
    }

    public Module Theano { get; } = new("theano");

    public Module Tensor { get; } = new("T");

    public Module Nnet { get; } = new("T.nnet");

    /// <summary>A module below <c>theano.tensor</c>.</summary>
    public Module this[string name] => (Module)Tensor[name]!;
}
