namespace DeepSym.Backends;

/// <summary>The meaning of a loop: the body evaluated step by step, its results copied into rows.</summary>
static class InterpretedScan
{
    public static Tensor[] Run(Scan scan, Tensor[] inputs, DimBinding binding)
    {
        Tensor[] parts = [.. scan.Types().Select(type => Tensor.Zeros(type.DType, binding.Evaluate(type.Shape)))];
        var own = scan.Body.OwnSizes.ToHashSet();
        var (length, carries, sequences) = (binding.Evaluate(scan.Length), scan.Carries, scan.Sequences);
        var current = inputs[..carries];
        var after = scan.IsBackwards ? 0 : 1;   // from the row of a step to that of the carry after it
        for (var i = 0; i < carries; i++) Put(current[i], parts[scan.Trace(i)], scan.IsBackwards ? length : 0);
        var steps = 0L;
        while (steps < length)
        {
            var row = scan.IsBackwards ? length - 1 - steps : steps;
            Tensor[] arguments = [.. current, .. inputs[carries..(carries + sequences)].Select(x => Row(x, row)), .. inputs[(carries + sequences)..]];
            var results = Interpreter.Evaluate(scan.Body, arguments, binding, own);
            current = results[..carries];
            for (var i = 0; i < carries; i++) Put(current[i], parts[scan.Trace(i)], row + after);
            for (var j = 0; j < scan.Outputs; j++) Put(results[carries + j], parts[scan.Output(j)], row);
            steps++;
            if (scan.HasStop && results[^1].ToScalar<bool>()) break;
        }
        for (var i = 0; i < carries; i++) parts[Scan.Final(i)] = current[i];
        if (scan.HasStop) parts[scan.Steps] = Tensor.Scalar(steps);
        return parts;
    }

    static void Put(Tensor row, Tensor stacked, long at) => row.AsBytes().CopyTo(stacked.AsBytes()[(int)(at * row.Bytes)..]);

    static Tensor Row(Tensor stacked, long at)
    {
        var row = Tensor.Empty(stacked.DType, stacked.Shape[1..].ToArray());
        stacked.AsBytes().Slice((int)(at * row.Bytes), (int)row.Bytes).CopyTo(row.AsBytes());
        return row;
    }
}
