using System.Reflection;
using System.Runtime.CompilerServices;

namespace DeepSym.Tests.Laws;

/// <summary>The samples of every op, found by reflection: for each value of its truth values and enumerations.</summary>
static class OpSamples
{
    public static IEnumerable<Type> Types => typeof(Op).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Op)) && !type.IsAbstract);

    /// <summary>Small valid applications of the op.</summary>
    public static List<Expr> Of(Type type) => type == typeof(Map) ? [.. ScalarLaws.Samples] : [.. Instances(type).SelectMany(op => op.Samples).Distinct()];

    // Samples may read those parameters of an op, and no others.
    static IEnumerable<Op> Instances(Type type)
    {
        IEnumerable<Op> instances = [(Op)RuntimeHelpers.GetUninitializedObject(type)];
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic))
            if (field.FieldType == typeof(bool) || field.FieldType.IsEnum)
                instances = [.. instances.SelectMany(op => Values(field.FieldType).Select(value => With(op, field, value)))];
        return instances;
    }

    static IEnumerable<object> Values(Type type) => type == typeof(bool) ? [false, true] : Enum.GetValues(type).Cast<object>();

    static Op With(Op op, FieldInfo field, object value)
    {
        var copy = op with { };
        field.SetValue(copy, value);
        return copy;
    }
}
