using System.Collections.Immutable;
using System.Runtime.InteropServices;
using DeepSym.Backends;
using DeepSym.Compilation;
using DeepSym.Rewriting;

namespace DeepSym;

/// <summary>
/// A compiled graph that is called with values. (Theano's <c>function</c>.) Calls are safe from several threads: readers of a shared variable
/// run together, updaters alone. A call that throws has changed no shared variable.
/// </summary>
public sealed partial class Function : IDisposable
{
    readonly Graph _graph;
    readonly Executable _executable;
    readonly Tensor?[] _defaults;
    readonly ImmutableArray<State> _states;
    readonly ImmutableArray<string> _outputNames;
    readonly CompileOptions _options;
    readonly RewriteCheck? _check;
    bool _disposed;

    Function(Graph graph, IEnumerable<Tensor?> defaults, IEnumerable<State> states, IEnumerable<string> outputNames, CompileOptions options)
    {
        (_graph, _defaults, _states, _outputNames, _options) = (graph, [.. defaults], [.. states], [.. outputNames], options);
        var trace = new RewriteTrace(keepsSteps: options.Check);
        using (Origins.Suspend()) _executable = Compiler.Compile(graph, options, options.Backend, trace);
        if (options.Check) _check = new RewriteCheck(graph, trace.Steps);
        Rewrites = new RewriteReport([.. trace.Counts.Select(c => new RewriteCount(c.Rule, c.Count, c.Time)).OrderByDescending(c => c.Count)],
            Traversal.WithBodies(graph.Roots).Count(), Traversal.WithBodies(_executable.Graph.Roots).Count(), trace.Time);
    }

    /// <summary>The inputs, in the order of the arguments; those with an update, which may follow them, are not among them.</summary>
    public IReadOnlyList<Variable> Inputs => _graph.Inputs;

    /// <summary>The expressions whose values a call returns.</summary>
    public IReadOnlyList<Expr> Outputs => _graph.Outputs;

    /// <summary>The graph as it was written.</summary>
    internal Graph Graph => _graph;

    /// <summary>What runs.</summary>
    internal Executable Executable => _executable;

    /// <summary>The name in messages.</summary>
    public string Name => _options.Name;

    /// <summary>Which rules fired when the function was compiled.</summary>
    public RewriteReport Rewrites { get; }

    /// <summary>Where the time of all calls until now went, step by step.</summary>
    /// <exception cref="InvalidOperationException">The function was not compiled with <see cref="CompileOptions.Profile"/>, or is interpreted.</exception>
    public Profile Profile => _executable.Host is { Times: not null } host ? Profile.Of(host, Name)
        : throw new InvalidOperationException($"Function '{Name}' is not timed. Compile it with CompileOptions.Profile, for another backend than the interpreter.");

    /// <summary>Begins to count and to time calls anew: after the first ones, which also compile and fetch memory.</summary>
    public void ResetProfile() => _executable.Host?.ResetTimes();

    /// <summary>
    /// Compiles outputs and updates into a function of inputs.
    /// </summary>
    /// <param name="inputs">The variables that a call gives values for; see <see cref="In"/> for default values and updates.</param>
    /// <param name="outputs">What a call returns.</param>
    /// <param name="updates">New values of shared variables, all computed from the old ones; written after the outputs are.</param>
    /// <param name="givens">Expressions that stand in the place of others: for example a slice of a shared data set for an input.</param>
    /// <param name="options">How it is compiled; null: <see cref="CompileOptions.Default"/>.</param>
    /// <exception cref="CompileException">An output uses a variable that is no input, an input is not used or is given twice, or an update does not have the type of its variable.</exception>
    public static Function Compile(IReadOnlyList<In> inputs, IReadOnlyList<Expr> outputs, IReadOnlyList<(SharedVariable Variable, Expr Value)>? updates = null,
        IReadOnlyList<(Expr Replaced, Expr By)>? givens = null, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        options ??= CompileOptions.Default;
        var states = StatesOf(inputs, options);
        var all = new (SharedVariable, Expr)[(updates?.Count ?? 0) + states.Length];
        for (var i = 0; i < all.Length; i++)
        {
            var (variable, value) = i < all.Length - states.Length ? updates![i] : (states[i - all.Length + states.Length].Value, states[i - all.Length + states.Length].Update);
            all[i] = (variable, FunctionChecks.Update(variable, value));
        }
        var graph = new Graph([.. inputs.SkipLast(states.Length).Select(i => i.Variable)], [.. outputs], ImmutableCollectionsMarshal.AsImmutableArray(all));
        if (givens is { Count: > 0 }) graph = graph.WithRoots(FunctionChecks.Substitute(graph.Roots, givens));
        if (states.Length > 0) graph = graph.WithRoots(SizeSubstitution.Apply(graph.Roots, states.ToDictionary(s => (Expr)s.Input, s => (Expr)s.Value)));
        FunctionChecks.Graph(graph, options);
        return new Function(graph, inputs.SkipLast(states.Length).Select(i => i.Default), states, NamesOf(outputs), options);
    }

    /// <summary>Compiles one output.</summary>
    public static Function Compile(IReadOnlyList<In> inputs, Expr output, IReadOnlyList<(SharedVariable Variable, Expr Value)>? updates = null,
        IReadOnlyList<(Expr Replaced, Expr By)>? givens = null, CompileOptions? options = null) => Compile(inputs, [output], updates, givens, options);

    /// <summary>
    /// The same function of other shared variables: each of <paramref name="swap"/> is replaced everywhere, in updates too. It shares those that are not swapped.
    /// Inputs with an update go on from where they are, each function for itself. (Theano: <c>function.copy</c>, <c>output_subset</c>.)
    /// </summary>
    /// <param name="swap">Which shared variables are replaced, and by which of the same type; none by default.</param>
    /// <param name="deleteUpdates">Whether the copy leaves all shared variables as they are; false by default.</param>
    /// <param name="name">The name in messages; null: as before.</param>
    /// <param name="outputs">The numbers of those outputs that the copy computes, in its order; null: all.</param>
    /// <exception cref="CompileException">A shared variable is not used, or its replacement has another dtype or rank.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no output of a number.</exception>
    public Function Copy(IReadOnlyList<(SharedVariable Replaced, SharedVariable By)>? swap = null, bool deleteUpdates = false, string? name = null, IReadOnlyList<int>? outputs = null)
    {
        swap ??= [];
        outputs ??= [.. Enumerable.Range(0, _graph.Outputs.Length)];
        foreach (var k in outputs)
            if (k < 0 || k >= _graph.Outputs.Length) throw new ArgumentOutOfRangeException(nameof(outputs), $"Function '{Name}' has {_graph.Outputs.Length} outputs, numbered from 0, and none is number {k}.");
        var used = SizeSubstitution.LeavesWithSizes(_graph.Roots).Concat(_graph.Updates.Select(u => u.Variable)).ToHashSet();
        foreach (var (replaced, by) in swap)
            if (!used.Contains(replaced) || by.DType != replaced.DType || by.Rank != replaced.Rank)
                throw new CompileException($"Function '{Name}': shared variable '{by.Name}' ({by.Type}) cannot stand for '{replaced.Name}' ({replaced.Type}): "
                    + (used.Contains(replaced) ? "the types differ." : "the function does not use it."));
        State[] states = [.. _states.Select(s => s.Fresh())];
        var map = swap.Concat(_states.Zip(states, (old, fresh) => (Replaced: old.Value, By: fresh.Value))).ToDictionary(s => (Expr)s.Replaced, s => (Expr)s.By);
        var graph = _graph.WithRoots(SizeSubstitution.Apply(_graph.Roots, map));
        var updates = deleteUpdates ? [] : graph.Updates.Select(u => u with { Variable = map.TryGetValue(u.Variable, out var by) ? (SharedVariable)by : u.Variable });
        graph = graph with { Outputs = [.. outputs.Select(k => graph.Outputs[k])], Updates = [.. updates] };
        FunctionChecks.Graph(graph, _options with { AllowUnusedInputs = true });
        return new Function(graph, _defaults, states, outputs.Select(k => _outputNames[k]), _options with { Name = name ?? Name });
    }

    /// <summary>Computes the outputs. Inputs with a default may be left out at the end.</summary>
    /// <exception cref="ArgumentException">The number of arguments, a dtype, a rank or a size does not fit: the message names the input, what came and what was declared.</exception>
    public Tensor[] Invoke(params ReadOnlySpan<Tensor> arguments)
    {
        var outputs = new Tensor?[_graph.Outputs.Length];
        Run(arguments, outputs);
        return outputs!;
    }

    /// <summary>Computes the outputs into tensors that the caller owns, of the right dtypes and shapes; allocates nothing once sizes are known.</summary>
    public void Invoke(ReadOnlySpan<Tensor> arguments, ReadOnlySpan<Tensor> outputs) => Invoke(arguments, outputs, null);

    /// <summary>The same; <paramref name="meanwhile"/> may already change the arguments, while a device computes.</summary>
    internal void Invoke(ReadOnlySpan<Tensor> arguments, ReadOnlySpan<Tensor> outputs, Action? meanwhile)
    {
        if (outputs.Length != _graph.Outputs.Length)
            throw new ArgumentException($"Function '{Name}' has {_graph.Outputs.Length} outputs, and {outputs.Length} tensors were given for them.", nameof(outputs));
        foreach (var output in outputs)
            foreach (var argument in arguments)
                if (ReferenceEquals(output, argument)) throw new ArgumentException($"Function '{Name}': a tensor is both argument and output. Use another for one of them.", nameof(outputs));
        var frame = Frame.Rent(arguments.Length, outputs.Length);
        outputs.CopyTo(frame.Outputs!);
        Run(arguments, frame.Outputs.AsSpan(0, outputs.Length), meanwhile);
        frame.Return();
    }

    internal void Run(ReadOnlySpan<Tensor> arguments, Span<Tensor?> outputs, Action? meanwhile = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var count = _graph.Inputs.Length;
        if (arguments.Length == count && Accepts(arguments))
        {
            _check?.Compare(arguments);
            Execute(arguments, outputs);
            return;
        }
        if (arguments.Length > count && arguments.Length <= count + _states.Length)
        {
            for (var i = count; i < arguments.Length; i++) this[_states[i - count].Input] = arguments[i];
            Run(arguments[..count], outputs, meanwhile);
            return;
        }
        var converted = new Tensor[count];
        if (arguments.Length > count || _defaults.AsSpan()[arguments.Length..].Contains(null))
            throw new ArgumentException($"Function '{Name}' takes {count} inputs ({string.Join(", ", _graph.Inputs.Select(i => $"{i.Name}: {i.Type}"))}), and {arguments.Length} were given.", nameof(arguments));
        for (var i = 0; i < count; i++)
            converted[i] = FunctionChecks.Argument(i < arguments.Length ? arguments[i] : _defaults[i]!, _graph.Inputs[i], _options.AllowDowncast);
        _check?.Compare(converted);
        Execute(converted, outputs);

        void Execute(ReadOnlySpan<Tensor> inputs, Span<Tensor?> results)
        {
            if (meanwhile is null) _executable.Run(inputs, results);
            else _executable.Run(inputs, results, meanwhile);
        }
    }

    // Whether every argument is as declared, as far as dtype and rank go; sizes are checked with the signature.
    bool Accepts(ReadOnlySpan<Tensor> arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
            if (arguments[i] is null || arguments[i].DType != _graph.Inputs[i].DType || arguments[i].Rank != _graph.Inputs[i].Rank) return false;
        return true;
    }

    /// <summary>
    /// The function cannot be called any more, and the memory that it holds of a device is free for others. A function that is merely dropped needs no disposal: the garbage
    /// collector does the same later.
    /// </summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _executable.Release();
    }
}

/// <summary>An input of a function.</summary>
/// <param name="Variable">The variable that a call gives a value for.</param>
/// <param name="Default">The value it has when a call leaves it out; null, the default: it must be given.</param>
/// <param name="Update">
/// What the default becomes with every call, computed from the values of the call: the input is then a state of its function, which <see cref="Function.this[Variable]"/>
/// reads and sets. Such inputs come last, and need a default to begin with. Null, the default: it stays. (Theano: <c>In(variable, value, update)</c>.)
/// </param>
public sealed record In(Variable Variable, Tensor? Default = null, Expr? Update = null)
{
    /// <summary>An input without default.</summary>
    public static implicit operator In(Variable variable) => new(variable);
}
