using System.Globalization;
using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>A nonlinearity: a named function of expressions, with at most one number. It can be used wherever a layer is expected.</summary>
[JsonConverter(typeof(ActivationConverter))]
public sealed record Activation
{
    static readonly Dictionary<string, (Func<Expr, double, Expr> Function, double? Default)> Table = new()
    {
        ["linear"] = ((x, _) => x, null),
        ["relu"] = ((x, _) => T.Relu(x), null),
        ["leaky_relu"] = ((x, slope) => T.LeakyRelu(x, slope), 0.01),
        ["elu"] = ((x, alpha) => T.Elu(x, alpha), 1),
        ["selu"] = ((x, _) => T.Selu(x), null),
        ["sigmoid"] = ((x, _) => T.Sigmoid(x), null),
        ["hard_sigmoid"] = ((x, _) => T.HardSigmoid(x, 1 / 6.0), null),
        ["tanh"] = ((x, _) => T.Tanh(x), null),
        ["softplus"] = ((x, _) => T.Softplus(x), null),
        ["softsign"] = ((x, _) => T.Softsign(x), null),
        ["swish"] = ((x, _) => x * T.Sigmoid(x), null),
        ["gelu"] = ((x, _) => 0.5 * x * (1 + T.Erf(x * Math.Sqrt(0.5))), null),
        ["mish"] = ((x, _) => x * T.Tanh(T.Softplus(x)), null),
        ["relu6"] = ((x, _) => T.Clip(x, 0, 6), null),
        ["exponential"] = ((x, _) => T.Exp(x), null),
        ["softmax"] = ((x, _) => T.Softmax(x), null),
        ["log_softmax"] = ((x, _) => T.LogSoftmax(x), null),
    };

    readonly Func<Expr, Expr> _function;

    Activation(string name, double? number, Func<Expr, Expr> function) => (Name, Number, _function) = (name, number, function);

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The slope or scale, of a function that has one.</summary>
    public double? Number { get; }

    // Whether the name says it all.
    internal bool IsNamed => Table.ContainsKey(Name);

    /// <summary><c>x</c>.</summary>
    public static Activation Linear { get; } = Known("linear");

    /// <summary><c>max(x, 0)</c>.</summary>
    public static Activation Relu { get; } = Known("relu");

    /// <summary><c>x</c> above 0, <c>eˣ - 1</c> below.</summary>
    public static Activation Elu { get; } = Known("elu");

    /// <summary><c>λx</c> above 0, <c>λα(eˣ - 1)</c> below, with which deep plain networks keep mean 0 and variance 1 (Klambauer et al. 2017).</summary>
    public static Activation Selu { get; } = Known("selu");

    /// <summary><c>1 / (1 + e⁻ˣ)</c>.</summary>
    public static Activation Sigmoid { get; } = Known("sigmoid");

    /// <summary><c>x/6 + 1/2</c>, cut off at 0 and 1 (as in Keras 3; 0.2x + 1/2 before).</summary>
    public static Activation HardSigmoid { get; } = Known("hard_sigmoid");

    /// <summary>The hyperbolic tangent.</summary>
    public static Activation Tanh { get; } = Known("tanh");

    /// <summary><c>log(1 + eˣ)</c>.</summary>
    public static Activation Softplus { get; } = Known("softplus");

    /// <summary><c>x / (1 + |x|)</c>.</summary>
    public static Activation Softsign { get; } = Known("softsign");

    /// <summary><c>x / (1 + e⁻ˣ)</c>.</summary>
    public static Activation Swish { get; } = Known("swish");

    /// <summary><c>x Φ(x)</c> with Φ the normal distribution (Hendrycks, Gimpel 2016).</summary>
    public static Activation Gelu { get; } = Known("gelu");

    /// <summary><c>x tanh(log(1 + eˣ))</c> (Misra 2019).</summary>
    public static Activation Mish { get; } = Known("mish");

    /// <summary><c>x</c>, cut off at 0 and 6.</summary>
    public static Activation Relu6 { get; } = Known("relu6");

    /// <summary><c>eˣ</c>.</summary>
    public static Activation Exponential { get; } = Known("exponential");

    /// <summary><c>exp(x) / Σ exp(x)</c> over the last axis.</summary>
    public static Activation Softmax { get; } = Known("softmax");

    /// <summary><c>x - log Σ exp(x)</c> over the last axis.</summary>
    public static Activation LogSoftmax { get; } = Known("log_softmax");

    /// <summary><c>x</c> above 0, <c>slope·x</c> below. Default slope 0.01 (Lasagne; Keras 0.2 or 0.3).</summary>
    public static Activation LeakyRelu(double slope = 0.01) => Known("leaky_relu", slope);

    /// <summary><c>x</c> above 0, <c>scale·(eˣ - 1)</c> below.</summary>
    public static Activation ScaledElu(double scale) => Known("elu", scale);

    /// <summary>A function of one's own. A model that uses it can be saved as data, but not read back from that alone.</summary>
    public static Activation Of(string name, Func<Expr, Expr> function)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(function);
        if (Table.ContainsKey(name)) throw new ArgumentException($"'{name}' is the name of an activation that exists.", nameof(name));
        return new(name, null, function);
    }

    /// <summary>The activation that <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">There is none of that name.</exception>
    public static Activation Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var name = open < 0 ? text : text[..open];
        if (!Table.TryGetValue(name, out var entry))
            throw new FormatException($"'{name}' is not the name of an activation; these are: {string.Join(", ", Table.Keys)}.");
        if (open < 0) return Known(name);
        if (entry.Default is null || text[^1] != ')' || !double.TryParse(text.AsSpan(open + 1, text.Length - open - 2), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            throw new FormatException($"'{text}' is not an activation: write {name}{(entry.Default is { } d ? $"({d})" : "")}.");
        return Known(name, number);
    }

    /// <summary>The function of <paramref name="x"/>, elementwise except for softmax.</summary>
    public Expr Apply(Expr x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return _function(x);
    }

    /// <summary>Two activations are the same when their names and numbers are.</summary>
    public bool Equals(Activation? other) => other is not null && Name == other.Name && Number == other.Number && (IsNamed || _function == other._function);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Number);

    /// <summary>The activation as a layer.</summary>
    public static implicit operator Layer(Activation activation) => new ActivationLayer(activation);

    /// <summary>The name, and the number in brackets where it has one.</summary>
    public override string ToString() => Number is { } number ? string.Create(CultureInfo.InvariantCulture, $"{Name}({number:R})") : Name;

    static Activation Known(string name, double? number = null)
    {
        var (function, standard) = Table[name];
        var own = number ?? standard;
        return new(name, own, x => function(x, own ?? 0));
    }
}
