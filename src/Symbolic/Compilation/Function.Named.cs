using System.Globalization;
using DeepSym.Compilation;

namespace DeepSym;

/// <summary>Inputs that a function remembers, arguments by name, outputs by name.</summary>
public sealed partial class Function
{
    /// <summary>An input with an update: the shared variable that stands for it, and its new value.</summary>
    sealed record State(Variable Input, SharedVariable Value, Expr Update)
    {
        /// <summary>The same state in a variable of its own.</summary>
        public State Fresh() => this with { Value = Remembered(Input, Value.GetValue()) };

        public static SharedVariable Remembered(Variable input, Tensor value) =>
            new(value.Copy(), input.Name, [.. input.Shape.Select(size => size.IsStatic ? size : (Dim?)null)]);
    }

    /// <summary>
    /// The value that an input has when a call leaves it out: its default, or of an input with an update what the last call made of it. Null when there is none.
    /// Setting it holds for all later calls.
    /// </summary>
    /// <exception cref="ArgumentException">The variable is no input, or the value does not fit it.</exception>
    public Tensor? this[Variable input]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(input);
            return StateOf(input) is { } state ? state.GetValue() : _defaults[IndexOf(input)];
        }
        set
        {
            ArgumentNullException.ThrowIfNull(input);
            ArgumentNullException.ThrowIfNull(value);
            var fitting = FunctionChecks.Argument(value, input, _options.AllowDowncast);
            if (StateOf(input) is { } state) state.SetValue(fitting);
            else _defaults[IndexOf(input)] = fitting;
        }
    }

    /// <summary>
    /// Computes the outputs from arguments that are given by the names of their inputs, in any order; those with a default may be left out. Outputs come by the names
    /// that <see cref="Expr.Named"/> gave them, and by their numbers (from "0" on) where they have none.
    /// </summary>
    /// <exception cref="ArgumentException">A name is unknown, given twice or missing, a value does not fit its input, or two outputs have one name.</exception>
    public IReadOnlyDictionary<string, Tensor> InvokeNamed(params ReadOnlySpan<(string Name, Tensor Value)> arguments)
    {
        if (_outputNames.GroupBy(name => name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Function '{Name}' has {twice.Count()} outputs named '{twice.Key}', which cannot be told apart. Name them with Named, or call Invoke.", nameof(arguments));
        var given = new Dictionary<string, Tensor>();
        foreach (var (name, value) in arguments)
            if (!given.TryAdd(name, value)) throw new ArgumentException($"Function '{Name}': input '{name}' is given twice.", nameof(arguments));
        var known = _graph.Inputs.Concat(_states.Select(s => s.Input)).Select(input => input.Name).ToArray();
        if (given.Keys.Except(known).FirstOrDefault() is { } unknown)
            throw new ArgumentException($"Function '{Name}' has no input '{unknown}'; it has {string.Join(", ", known.Select(name => $"'{name}'"))}.", nameof(arguments));
        Tensor[] values = [.. _graph.Inputs.Select((input, i) => given.GetValueOrDefault(input.Name) ?? _defaults[i]
            ?? throw new ArgumentException($"Function '{Name}': input '{input.Name}' ({input.Type}) is missing.", nameof(arguments)))];
        foreach (var (input, _, _) in _states)
            if (given.TryGetValue(input.Name, out var value)) this[input] = value;
        return Invoke(values).Zip(_outputNames).ToDictionary(p => p.Second, p => p.First);
    }

    SharedVariable? StateOf(Variable input) => _states.FirstOrDefault(s => s.Input == input)?.Value;

    int IndexOf(Variable input) => _graph.Inputs.IndexOf(input) is >= 0 and var index ? index : throw new ArgumentException($"Function '{Name}' has no input '{input.Name}'.", nameof(input));

    static State[] StatesOf(IReadOnlyList<In> inputs, CompileOptions options)
    {
        In[] updating = [.. inputs.SkipWhile(i => i.Update is null)];
        if (updating.FirstOrDefault(i => i.Update is null) is { } late)
            throw new CompileException($"Function '{options.Name}': input '{late.Variable.Name}' follows one with an update. List inputs with updates last.");
        return [.. updating.Select(i => new State(i.Variable, State.Remembered(i.Variable, FunctionChecks.Argument(
            i.Default ?? throw new CompileException($"Function '{options.Name}': input '{i.Variable.Name}' has an update and no value to begin with. Give it a default."), i.Variable, options.AllowDowncast)), i.Update!))];
    }

    static IEnumerable<string> NamesOf(IReadOnlyList<Expr> outputs) => outputs.Select((output, k) => output.Name ?? k.ToString(CultureInfo.InvariantCulture));
}
