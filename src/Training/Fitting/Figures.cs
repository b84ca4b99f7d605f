namespace DeepSym.Training;

/// <summary>Means over samples of the scalars that a function gives for batches.</summary>
sealed class Figures
{
    readonly Function _function;
    readonly Tensor[] _outputs;
    readonly double[] _sums;
    int _samples;

    public Figures(Function function)
    {
        _function = function;
        _outputs = [.. function.Outputs.Select(o => Tensor.Empty(o.DType))];
        _sums = new double[_outputs.Length];
    }

    public double Sum(int figure) => _sums[figure];

    public double Mean(int figure) => _sums[figure] / _samples;

    /// <summary>Calls the function with a batch of so many samples. What is done <paramref name="meanwhile"/> may already change the batch.</summary>
    public void Add(Tensor[] arguments, int samples, Action? meanwhile = null)
    {
        _function.Invoke(arguments, _outputs, meanwhile);
        for (var i = 0; i < _sums.Length; i++) _sums[i] += _outputs[i].Number(0).Real * samples;
        _samples += samples;
    }
}
