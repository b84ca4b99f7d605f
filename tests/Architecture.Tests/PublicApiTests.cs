using System.Reflection;
using System.Text;

namespace DeepSym.Tests.Architecture;

/// <summary>
/// The public members of every assembly as text, compared with what is stored: a change of the API is seen in review, and accepted on purpose by running
/// with DEEPSYM_ACCEPT=1.
/// </summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Names => ["DeepSym.Symbolic", "DeepSym.Optimizers", "DeepSym.Layers", "DeepSym.Training"];

    [Theory, MemberData(nameof(Names))]
    public void The_public_API_is_the_one_that_was_accepted(string name)
    {
        var text = Describe(Assembly.Load(name));
        var stored = Path.Combine(Sources.Root, "tests", "Architecture.Tests", "Api", name + ".txt");
        if (Environment.GetEnvironmentVariable("DEEPSYM_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(stored)!);
            File.WriteAllText(stored, text);
        }
        Assert.True(File.Exists(stored), $"There is no {stored}: run with DEEPSYM_ACCEPT=1, and read what it writes.");
        Assert.Equal(File.ReadAllText(stored).ReplaceLineEndings("\n"), text);
    }

    static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(type.FullName).Append(type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) ? $" : {Name(parent)}" : "").Append('\n');
            foreach (var member in Members(type).Distinct().Order(StringComparer.Ordinal)) text.Append("    ").Append(member).Append('\n');
        }
        return text.ToString();
    }

    static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var constructor in type.GetConstructors(Declared).Where(IsSeen)) yield return $"new({Parameters(constructor)})";
        foreach (var method in type.GetMethods(Declared).Where(m => IsSeen(m) && !m.Name.Contains('<', StringComparison.Ordinal) && m.GetBaseDefinition() == m))
            if (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) yield return $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}({Parameters(method)})";
        foreach (var property in type.GetProperties(Declared).Where(p => p.GetMethod is { } get && IsSeen(get)))
            yield return $"{(property.GetMethod!.IsStatic ? "static " : "")}{Name(property.PropertyType)} {property.Name} {{ get;{(property.SetMethod is { } set && IsSeen(set) ? " set;" : "")} }}";
        foreach (var field in type.GetFields(Declared).Where(f => f.IsPublic && !f.IsSpecialName)) yield return $"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}";
    }

    static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}"));

    static string Name(Type type)
    {
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[" + new string(',', type.GetArrayRank() - 1) + "]";
        return type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;
    }
}
