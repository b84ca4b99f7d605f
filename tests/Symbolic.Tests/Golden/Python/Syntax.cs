namespace DeepSym.Tests.Golden.Python;

/// <summary>An expression of the Python subset that the golden cases are written in.</summary>
internal abstract record Expression;

internal sealed record Literal(object? Value) : Expression;
internal sealed record Name(string Id) : Expression;
internal sealed record TupleDisplay(IReadOnlyList<Expression> Items) : Expression;
internal sealed record ListDisplay(IReadOnlyList<Expression> Items) : Expression;
internal sealed record DictDisplay(IReadOnlyList<(Expression Key, Expression Value)> Items) : Expression;
internal sealed record Unary(string Operator, Expression Operand) : Expression;
internal sealed record Binary(string Operator, Expression Left, Expression Right) : Expression;
internal sealed record Comparison(Expression First, IReadOnlyList<(string Operator, Expression Operand)> Rest) : Expression;
internal sealed record Logical(bool IsAnd, Expression Left, Expression Right) : Expression;
internal sealed record Conditional(Expression Test, Expression Then, Expression Else) : Expression;
internal sealed record Lambda(IReadOnlyList<Parameter> Parameters, Expression Body) : Expression;
internal sealed record Call(Expression Function, IReadOnlyList<Argument> Arguments) : Expression;
internal sealed record Member(Expression Target, string Name) : Expression;
internal sealed record Subscript(Expression Target, Expression Index) : Expression;
internal sealed record SliceRange(Expression? Start, Expression? Stop, Expression? Step) : Expression;
internal sealed record Starred(Expression Operand) : Expression;

/// <summary>A list or generator comprehension; both are evaluated at once.</summary>
internal sealed record Comprehension(Expression Element, IReadOnlyList<ComprehensionClause> Clauses) : Expression;

internal sealed record ComprehensionClause(Expression Target, Expression Source, IReadOnlyList<Expression> Conditions);

/// <summary>An argument of a call: positional without a name, <c>*x</c> with the name "*", <c>**x</c> with the name "**".</summary>
internal sealed record Argument(string? Name, Expression Value);

/// <summary>A parameter of a function; <paramref name="Stars"/> is 1 for <c>*rest</c> and 2 for <c>**named</c>.</summary>
internal sealed record Parameter(string Name, Expression? Default, int Stars = 0);

/// <summary>A statement of the Python subset.</summary>
internal abstract record Statement;

internal sealed record ExpressionStatement(Expression Value) : Statement;
internal sealed record Assignment(IReadOnlyList<Expression> Targets, Expression Value) : Statement;
internal sealed record AugmentedAssignment(Expression Target, string Operator, Expression Value) : Statement;
internal sealed record FunctionDefinition(string Name, IReadOnlyList<Parameter> Parameters, IReadOnlyList<Statement> Body) : Statement;
internal sealed record ClassDefinition(string Name, Expression? Parent, IReadOnlyList<Statement> Body) : Statement;
internal sealed record Return(Expression? Value) : Statement;
internal sealed record For(Expression Target, Expression Source, IReadOnlyList<Statement> Body) : Statement;
internal sealed record While(Expression Test, IReadOnlyList<Statement> Body) : Statement;
internal sealed record If(Expression Test, IReadOnlyList<Statement> Then, IReadOnlyList<Statement> Else) : Statement;
internal sealed record Jump(string Keyword) : Statement;
