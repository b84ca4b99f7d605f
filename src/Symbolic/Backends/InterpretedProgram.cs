namespace DeepSym.Backends;

/// <summary>A graph that the interpreter runs.</summary>
sealed class InterpretedProgram(Graph graph) : Executable
{
    public override Graph Graph => graph;

    public override void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs)
    {
        using var held = SharedLocks.Hold(graph);
        var leaves = new Dictionary<Leaf, Tensor>();
        for (var i = 0; i < inputs.Length; i++) leaves[graph.Inputs[i]] = inputs[i];
        var values = Interpreter.Evaluate(graph.Roots, leaves);
        for (var i = 0; i < outputs.Length; i++)
        {
            if (outputs[i] is { } given) values[i].CopyTo(given);
            else outputs[i] = values[i].Copy();
        }
        for (var i = 0; i < graph.Updates.Length; i++) graph.Updates[i].Variable.Storage = values[outputs.Length + i].Copy();
    }
}
