using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace DeepSym.Compilation.Saving;

/// <summary>
/// Ops as text and back: the name of the record, and its parameters in order. Only records of this library are known by their names, so that reading a
/// file makes data and runs nothing that the file brings along.
/// </summary>
static class OpCodec
{
    static readonly Dictionary<string, Type> Ops = typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract).ToDictionary(t => t.Name);
    static readonly Dictionary<string, ScalarFunction> Functions = ScalarFunctions.All.ToDictionary(Key);

    /// <summary>The op as text; <paramref name="number"/> gives the number of an expression.</summary>
    public static JsonArray Write(Op op, Func<Expr, int> number)
    {
        if (!Ops.TryGetValue(op.GetType().Name, out var known) || known != op.GetType()) throw CannotSave(op, op.GetType());
        return [op.GetType().Name, .. Parameters(op.GetType()).Select(p => WriteValue(op.GetType().GetProperty(p.Name!)!.GetValue(op), op, number))];
    }

    /// <summary>The op that <see cref="Write"/> wrote; <paramref name="node"/> gives the expression of a number.</summary>
    public static Op Read(JsonArray text, Func<int, Expr> node)
    {
        var name = (string)text[0]!;
        if (!Ops.TryGetValue(name, out var type)) throw new FormatException($"There is no op '{name}'.");
        return (Op)Make(type, text.Skip(1).ToArray(), node);
    }

    static object Make(Type type, JsonNode?[] values, Func<int, Expr> node)
    {
        var parameters = Parameters(type);
        if (parameters.Length != values.Length) throw new FormatException($"{type.Name} has {parameters.Length} parameters, and {values.Length} are given.");
        return Constructor(type).Invoke([.. parameters.Select((p, i) => ReadValue(p.ParameterType, values[i], node))]);
    }

    // Conversions to several dtypes may have one name.
    static string Key(ScalarFunction function) => function.Types == ScalarTypes.Conversion ? $"{function.Name} {function.Result}" : function.Name;

    // The primary constructor of a record.
    static ConstructorInfo Constructor(Type type) =>
        type.GetConstructors().Where(c => c.GetParameters() is not [var only] || only.ParameterType != type).MaxBy(c => c.GetParameters().Length)
        ?? throw new FormatException($"{type.Name} cannot be made.");

    static ParameterInfo[] Parameters(Type type) => type.IsValueType || type.GetConstructors().Length > 0 ? Constructor(type).GetParameters() : [];

    static JsonNode? WriteValue(object? value, Op op, Func<Expr, int> number) => value switch
    {
        null or TextWriter => null,
        bool b => b,
        int n => n,
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        string s => s,
        Enum e => e.ToString(),
        Dim dim => DimCodec.Write(dim, number),
        Shape shape => new JsonArray([.. shape.Select(dim => DimCodec.Write(dim, number))]),
        Padding padding => padding.ToString(),
        ScalarFunction function => Functions.GetValueOrDefault(Key(function)) == function ? Key(function) : throw CannotSave(op, function.GetType()),
        Variable variable => number(variable),
        Expr expr => number(expr),
        ITuple tuple => new JsonArray([.. Enumerable.Range(0, tuple.Length).Select(i => WriteValue(tuple[i], op, number))]),
        System.Collections.IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(item => WriteValue(item, op, number))]),
        _ when value.GetType().Assembly == typeof(Op).Assembly && value is not Delegate =>
            new JsonArray([.. Parameters(value.GetType()).Select(p => WriteValue(value.GetType().GetProperty(p.Name!)!.GetValue(value), op, number))]),
        _ => throw CannotSave(op, value.GetType()),
    };

    static object? ReadValue(Type type, JsonNode? text, Func<int, Expr> node)
    {
        if (text is null) return !type.IsValueType || Nullable.GetUnderlyingType(type) is not null ? null : throw new FormatException($"A {type.Name} is missing.");
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(bool)) return (bool)text;
        if (type == typeof(int)) return (int)text;
        if (type == typeof(double)) return double.Parse((string)text!, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (type == typeof(string)) return (string)text!;
        if (type.IsEnum) return Enum.Parse(type, (string)text!);
        if (type == typeof(Dim)) return DimCodec.Read(text, node);
        if (type == typeof(Shape)) return Shape.Of(text.AsArray().Select(d => DimCodec.Read(d!, node)));
        if (type == typeof(Padding)) return Padding.Parse((string)text!);
        if (type == typeof(ScalarFunction)) return Functions.GetValueOrDefault((string)text!) ?? throw new FormatException($"There is no scalar function '{text}'.");
        if (typeof(Expr).IsAssignableFrom(type)) return node((int)text);
        var values = text.AsArray().ToArray();
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(EquatableArray<>)) return ReadList(type.GetGenericArguments()[0], values, node);
        if (type.IsAssignableTo(typeof(ITuple))) return Activator.CreateInstance(type, [.. type.GetGenericArguments().Select((t, i) => ReadValue(t, values[i], node))]);
        return type.Assembly == typeof(Op).Assembly && !type.IsAbstract ? Make(type, values, node) : throw new FormatException($"A {type.Name} cannot be read.");
    }

    static object ReadList(Type element, JsonNode?[] values, Func<int, Expr> node)
    {
        var items = Array.CreateInstance(element, values.Length);
        for (var i = 0; i < values.Length; i++) items.SetValue(ReadValue(element, values[i], node), i);
        return typeof(EquatableArray).GetMethod(nameof(EquatableArray.ToEquatable))!.MakeGenericMethod(element).Invoke(null, [items])!;
    }

    static CompileException CannotSave(Op op, Type type) =>
        new($"A function with the op '{op}' cannot be saved: it holds a {type.Name}, which a file cannot say. Only ops and scalar functions of this library can be saved.");
}
