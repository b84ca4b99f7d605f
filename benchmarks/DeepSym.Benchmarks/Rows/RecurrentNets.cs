using DeepSym.Optimizers;

namespace DeepSym.Benchmarks.Rows;

/// <summary>The recurrent networks of the tutorials: LSTMs over words and over characters.</summary>
static class RecurrentNets
{
    /// <summary>An LSTM of 128 units over embedded words, its last state classified.</summary>
    public static Model Sentiment(int batch, int steps)
    {
        const int Words = 20000, Units = 128, Batches = 20;
        var (x, t) = (T.LMatrix("x", "batch", steps), T.FVector("t", "batch"));
        var (embedding, w, b) = (Data.Glorot("embedding", Words, Units), Data.Glorot("w", Units, 1), Data.Zeros("b", 1));
        var lstm = new Lstm("lstm", Units, Units);
        var states = lstm.Over(T.Take(embedding, T.Transpose(x)));
        var logits = T.Reshape(T.Dot(states[^1], w) + b, Shape.Of([x.Shape[0]]));
        var loss = T.Mean(T.SigmoidBinaryCrossentropy(logits, t));
        var (words, labels) = (Data.Labels(Words, batch * Batches, steps), Data.Labels(2, batch * Batches).To(DType.Float32));
        return new Model([x, t], loss, T.Sigmoid(logits), [embedding, .. lstm.Parameters, w, b], new Adam { LearningRate = 0.001, Epsilon = 1e-7 },
            [.. Enumerable.Range(0, Batches).Select(i => new[] { words.Slice(i * batch, batch), labels.Slice(i * batch, batch) })]);
    }

    /// <summary>Two LSTMs of 512 units over 50 characters, each of which predicts the next.</summary>
    public static Model Characters()
    {
        const int Batch = 50, Steps = 50, Alphabet = 65, Units = 512, Batches = 20;
        var (x, t) = (T.LMatrix("x", "batch", Steps), T.LMatrix("t", "batch", Steps));
        var (w, b) = (Data.Glorot("w", Units, Alphabet), Data.Zeros("b", Alphabet));
        var (first, second) = (new Lstm("first", Alphabet, Units), new Lstm("second", Units, Units));
        var states = second.Over(first.OverClasses(T.Transpose(x)));
        var logits = T.Dot(states, w) + b;
        var loss = T.Mean(T.SoftmaxCrossentropy(logits, T.Transpose(t)));
        var (from, to) = (Data.Labels(Alphabet, Batch * Batches, Steps), Data.Labels(Alphabet, Batch * Batches, Steps));
        return new Model([x, t], loss, T.Softmax(logits), [.. first.Parameters, .. second.Parameters, w, b], new Adam { LearningRate = 0.002, Epsilon = 1e-8 },
            [.. Enumerable.Range(0, Batches).Select(i => new[] { from.Slice(i * Batch, Batch), to.Slice(i * Batch, Batch) })]);
    }

    /// <summary>An LSTM whose inputs are projected for all steps at once.</summary>
    sealed class Lstm(string name, int inputs, int units)
    {
        readonly SharedVariable _input = Data.Glorot(name + ".input", inputs, 4 * units);
        readonly SharedVariable _state = Data.Glorot(name + ".state", units, 4 * units);
        readonly SharedVariable _bias = Data.Zeros(name + ".bias", 4 * units);

        public IEnumerable<SharedVariable> Parameters => [_input, _state, _bias];

        /// <summary>The states after each step, for inputs [steps, batch, inputs].</summary>
        public Expr Over(Expr x) => Over(T.Dot(x, _input) + _bias, x.Shape[1]);

        /// <summary>The same for inputs that are class numbers [steps, batch]: rows of the weights.</summary>
        public Expr OverClasses(Expr x) => Over(T.Take(_input, x) + _bias, x.Shape[1]);

        Expr Over(Expr projected, Dim batch)
        {
            var zeros = T.Zeros([batch, units]);
            var (_, states) = T.Scan([zeros, zeros], [projected], (carry, now) =>
            {
                var gates = now[0] + T.Dot(carry[0], _state);
                Expr Gate(int k) => gates[.., (k * units)..((k + 1) * units)];
                var cell = T.Sigmoid(Gate(1)) * carry[1] + T.Sigmoid(Gate(0)) * T.Tanh(Gate(2));
                var state = T.Sigmoid(Gate(3)) * T.Tanh(cell);
                return ([state, cell], [state]);
            });
            return states[0];
        }
    }
}
