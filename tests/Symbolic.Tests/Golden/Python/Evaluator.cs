namespace DeepSym.Tests.Golden.Python;

/// <summary>Gives expressions their values; operators on values that Python does not know go to the domain that owns them.</summary>
internal sealed class Evaluator(IReadOnlyList<Domain> domains, Scope scope)
{
    public Scope Scope => scope;

    public Evaluator Inner() => new(domains, new Scope(scope));

    public object? Evaluate(Expression expression) => expression switch
    {
        Literal literal => literal.Value,
        Name name => scope[name.Id],
        TupleDisplay tuple => Spread(tuple.Items).ToArray(),
        ListDisplay list => Spread(list.Items),
        DictDisplay dict => dict.Items.ToDictionary(p => Evaluate(p.Key)!, p => Evaluate(p.Value)),
        Unary unary => Unary(unary.Operator, Evaluate(unary.Operand)),
        Binary binary => Binary(binary.Operator, Evaluate(binary.Left), Evaluate(binary.Right)),
        Comparison comparison => Compare(comparison),
        Logical logical => Evaluate(logical.Left) is var left && Truth(left) == logical.IsAnd ? Evaluate(logical.Right) : left,
        Conditional choice => Evaluate(Truth(Evaluate(choice.Test)) ? choice.Then : choice.Else),
        Lambda lambda => Function("lambda", lambda.Parameters, inner => inner.Evaluate(lambda.Body)),
        Comprehension comprehension => Comprehend(comprehension),
        Call call => Call(Evaluate(call.Function), Bind(call.Arguments)),
        Member member => Attribute(Evaluate(member.Target), member.Name),
        Subscript subscript => Index(Evaluate(subscript.Target), Evaluate(subscript.Index)),
        SliceRange slice => new PythonSlice(EvaluateOptional(slice.Start), EvaluateOptional(slice.Stop), EvaluateOptional(slice.Step)),
        _ => throw new PythonException($"{expression.GetType().Name} is not an expression on its own"),
    };

    public object? EvaluateOptional(Expression? expression) => expression is null ? null : Evaluate(expression);

    public object? Unary(string symbol, object? operand) =>
        symbol == "not" ? !Truth(operand)
        : Owner(operand) is { } domain ? domain.Unary(symbol, operand!)
        : Numbers.Unary(symbol, operand);

    public object? Binary(string symbol, object? left, object? right) =>
        symbol switch
        {
            "in" => Items(right).Any(item => Equals(item, left)),
            "not in" => !Items(right).Any(item => Equals(item, left)),
            "is" or "is not" => Numbers.Binary(symbol, left, right),
            _ => Owner(left, right) is { } domain ? domain.Binary(symbol, left, right) : Numbers.Binary(symbol, left, right),
        };

    public bool Truth(object? value) => value switch
    {
        null => false,
        bool b => b,
        long n => n != 0,
        double d => d != 0,
        string s => s.Length > 0,
        _ => Owner(value) is { } domain ? domain.Truth(value) : !Sequences.IsSequence(value) || Sequences.Items(value).Count > 0,
    };

    public IReadOnlyList<object?> Items(object? value) => Owner(value) is { } domain ? domain.Items(value!) : Sequences.Items(value);

    public static object? Call(object? function, Arguments arguments) =>
        function is ICallable callable ? callable.Call(arguments) : throw new PythonException($"{Numbers.Describe(function)} cannot be called");

    public object? Attribute(object? target, string name) => target switch
    {
        Module module => module.Get(name),
        PythonInstance instance => instance.Get(name),
        PythonClass type => type.TryFind(name, out var value) ? value : throw new MissingFeatureException($"{type.Name}.{name}"),
        List<object?> or Dictionary<object, object?> => Sequences.Method(target, name),
        _ => Owner(target) is { } domain ? domain.Attribute(target!, name) : throw new PythonException($"{Numbers.Describe(target)} has no attribute {name}"),
    };

    public void SetAttribute(object? target, string name, object? value)
    {
        if (target is PythonInstance instance)
            instance.Fields[name] = value;
        else if (target is PythonClass type)
            type.Members[name] = value;
        else if (Owner(target) is { } domain)
            domain.SetAttribute(target!, name, value);
        else
            throw new PythonException($"attributes of {Numbers.Describe(target)} cannot be set");
    }

    public object? Index(object? target, object? index) =>
        Owner(target) is { } domain ? domain.Index(target!, index) : Sequences.Index(target, index);

    public void SetIndex(object? target, object? index, object? value)
    {
        if (Owner(target) is { } domain)
            domain.SetIndex(target!, index, value);
        else
            Sequences.SetIndex(target, index, value);
    }

    public PythonFunction Function(string name, IReadOnlyList<Parameter> parameters, Func<Evaluator, object?> body)
    {
        var defaults = parameters.Where(p => p.Default is not null).ToDictionary(p => p.Name, p => Evaluate(p.Default!));
        return new PythonFunction(name, new Signature(name, parameters, defaults), values =>
        {
            var inner = Inner();
            foreach (var (key, value) in values)
                inner.Scope[key] = value;
            return body(inner);
        });
    }

    /// <summary>Sets a name, an attribute, an item, or each of a tuple of them.</summary>
    public void Assign(Expression target, object? value)
    {
        switch (target)
        {
            case Name name:
                scope[name.Id] = value;
                break;
            case Member member:
                SetAttribute(Evaluate(member.Target), member.Name, value);
                break;
            case Subscript subscript:
                SetIndex(Evaluate(subscript.Target), Evaluate(subscript.Index), value);
                break;
            case TupleDisplay { Items: var targets }:
                AssignEach(targets, Items(value));
                break;
            case ListDisplay { Items: var targets }:
                AssignEach(targets, Items(value));
                break;
            default:
                throw new PythonException($"{target.GetType().Name} cannot be assigned to");
        }
    }

    void AssignEach(IReadOnlyList<Expression> targets, IReadOnlyList<object?> values)
    {
        if (targets.Count != values.Count)
            throw new PythonException($"{values.Count} values cannot be assigned to {targets.Count} names");
        for (int i = 0; i < targets.Count; i++)
            Assign(targets[i], values[i]);
    }

    object? Compare(Comparison comparison)
    {
        object? left = Evaluate(comparison.First), result = true;
        foreach (var (symbol, operand) in comparison.Rest)
        {
            var right = Evaluate(operand);
            result = Binary(symbol, left, right);
            if (comparison.Rest.Count > 1 && !Truth(result))
                return result;
            left = right;
        }
        return result;
    }

    List<object?> Spread(IReadOnlyList<Expression> items)
    {
        var values = new List<object?>(items.Count);
        foreach (var item in items)
            if (item is Starred starred)
                values.AddRange(Items(Evaluate(starred.Operand)));
            else
                values.Add(Evaluate(item));
        return values;
    }

    List<object?> Comprehend(Comprehension comprehension)
    {
        var results = new List<object?>();
        var inner = Inner();
        void Run(int clause)
        {
            if (clause == comprehension.Clauses.Count)
            {
                results.Add(inner.Evaluate(comprehension.Element));
                return;
            }
            var (target, source, conditions) = comprehension.Clauses[clause];
            foreach (var item in inner.Items(inner.Evaluate(source)))
            {
                inner.Assign(target, item);
                if (conditions.All(condition => inner.Truth(inner.Evaluate(condition))))
                    Run(clause + 1);
            }
        }
        Run(0);
        return results;
    }

    Arguments Bind(IReadOnlyList<Argument> arguments)
    {
        var positional = new List<object?>();
        var named = new Dictionary<string, object?>();
        foreach (var (name, expression) in arguments)
        {
            var value = Evaluate(expression);
            if (name is null)
                positional.Add(value);
            else if (name == "*")
                positional.AddRange(Items(value));
            else if (name == "**")
                foreach (var (key, item) in (Dictionary<object, object?>)value!)
                    named.Add((string)key, item);
            else
                named.Add(name, value);
        }
        return new Arguments(positional, named);
    }

    Domain? Owner(object? value) => domains.FirstOrDefault(d => d.Owns(value));

    Domain? Owner(object? left, object? right) => domains.FirstOrDefault(d => d.Owns(left) || d.Owns(right));
}
