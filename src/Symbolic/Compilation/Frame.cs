namespace DeepSym.Compilation;

/// <summary>Arrays that a call borrows, so that it allocates nothing: kept by the thread, one for each depth of nested calls.</summary>
sealed class Frame
{
    [ThreadStatic]
    static Frame? t_idle;

    public Tensor?[] Inputs { get; private set; } = [];

    public Tensor?[] Outputs { get; private set; } = [];

    public static Frame Rent(int inputs, int outputs)
    {
        var frame = t_idle ?? new Frame();
        t_idle = null;
        if (frame.Inputs.Length < inputs) frame.Inputs = new Tensor?[inputs];
        if (frame.Outputs.Length < outputs) frame.Outputs = new Tensor?[outputs];
        return frame;
    }

    public void Return()
    {
        Array.Clear(Inputs);
        Array.Clear(Outputs);
        t_idle = this;
    }
}
