namespace DeepSym.Tests.Golden.Python;

/// <summary>
/// A family of values that Python itself does not know (arrays, symbolic expressions) and what the language can do with them.
/// An operator belongs to the first domain that owns one of its operands.
/// </summary>
internal abstract class Domain
{
    public abstract bool Owns(object? value);

    public abstract object? Unary(string symbol, object operand);

    /// <summary>Arithmetic, bitwise and comparison operators, by their Python symbols.</summary>
    public abstract object? Binary(string symbol, object? left, object? right);

    public abstract object? Attribute(object target, string name);

    public abstract object? Index(object target, object? index);

    public virtual void SetAttribute(object target, string name, object? value) =>
        throw new PythonException($"the attribute {name} of a {target.GetType().Name} cannot be set");

    public virtual void SetIndex(object target, object? index, object? value) =>
        throw new PythonException($"a {target.GetType().Name} cannot be changed in place");

    public virtual bool Truth(object value) => throw new PythonException($"a {value.GetType().Name} has no truth value");

    public virtual IReadOnlyList<object?> Items(object value) => throw new PythonException($"a {value.GetType().Name} cannot be iterated over");
}
