namespace DeepSym.Tests.Golden.Python;

/// <summary>Runs a parsed text statement by statement.</summary>
internal sealed class Program(Evaluator evaluator)
{
    enum Flow { Next, Break, Continue, Return }

    object? _returned;

    /// <summary>Runs the statements; the value is that of the last one when it is an expression, else null.</summary>
    public static object? Run(IReadOnlyList<Statement> statements, Evaluator evaluator)
    {
        var program = new Program(evaluator);
        bool endsWithValue = statements.Count > 0 && statements[^1] is ExpressionStatement;
        program.Execute(endsWithValue ? statements.SkipLast(1) : statements);
        return endsWithValue ? evaluator.Evaluate(((ExpressionStatement)statements[^1]).Value) : null;
    }

    Flow Execute(IEnumerable<Statement> statements)
    {
        foreach (var statement in statements)
            if (Execute(statement) is not Flow.Next and var flow)
                return flow;
        return Flow.Next;
    }

    Flow Execute(Statement statement)
    {
        switch (statement)
        {
            case ExpressionStatement { Value: var value }:
                evaluator.Evaluate(value);
                return Flow.Next;
            case Assignment assignment:
                var assigned = evaluator.Evaluate(assignment.Value);
                foreach (var target in assignment.Targets)
                    evaluator.Assign(target, assigned);
                return Flow.Next;
            case AugmentedAssignment { Target: var target, Operator: var symbol, Value: var value }:
                evaluator.Assign(target, evaluator.Binary(symbol, evaluator.Evaluate(target), evaluator.Evaluate(value)));
                return Flow.Next;
            case FunctionDefinition function:
                evaluator.Scope[function.Name] = evaluator.Function(function.Name, function.Parameters, inner => Body(inner, function.Body));
                return Flow.Next;
            case ClassDefinition definition:
                evaluator.Scope[definition.Name] = Define(definition);
                return Flow.Next;
            case Return { Value: var value }:
                _returned = evaluator.EvaluateOptional(value);
                return Flow.Return;
            case For loop:
                return Repeat(evaluator.Items(evaluator.Evaluate(loop.Source)), loop);
            case While loop:
                return Repeat(loop);
            case If choice:
                return Execute(evaluator.Truth(evaluator.Evaluate(choice.Test)) ? choice.Then : choice.Else);
            case Jump { Keyword: var keyword }:
                return keyword switch { "break" => Flow.Break, "continue" => Flow.Continue, _ => Flow.Next };
            default:
                throw new PythonException($"{statement.GetType().Name} is outside this subset of Python");
        }
    }

    static object? Body(Evaluator inner, IReadOnlyList<Statement> body)
    {
        var program = new Program(inner);
        program.Execute(body);
        return program._returned;
    }

    PythonClass Define(ClassDefinition definition)
    {
        var type = new PythonClass(definition.Name, evaluator.EvaluateOptional(definition.Parent) as PythonClass);
        var inner = evaluator.Inner();
        new Program(inner).Execute(definition.Body);
        foreach (var (name, value) in inner.Scope.Values)
            type.Members[name] = value;
        return type;
    }

    Flow Repeat(IReadOnlyList<object?> items, For loop)
    {
        foreach (var item in items)
        {
            evaluator.Assign(loop.Target, item);
            var flow = Execute(loop.Body);
            if (flow == Flow.Return) return flow;
            if (flow == Flow.Break) break;
        }
        return Flow.Next;
    }

    Flow Repeat(While loop)
    {
        while (evaluator.Truth(evaluator.Evaluate(loop.Test)))
        {
            var flow = Execute(loop.Body);
            if (flow == Flow.Return) return flow;
            if (flow == Flow.Break) break;
        }
        return Flow.Next;
    }
}
