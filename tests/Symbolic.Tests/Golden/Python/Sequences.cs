namespace DeepSym.Tests.Golden.Python;

/// <summary>Lists, tuples, dicts and strings: iterating, indexing, assigning.</summary>
internal static class Sequences
{
    public static bool IsSequence(object? value) => value is List<object?> or object?[];

    /// <summary>The items of a list or tuple, the keys of a dict.</summary>
    public static IReadOnlyList<object?> Items(object? value) => value switch
    {
        List<object?> list => list,
        object?[] tuple => tuple,
        Dictionary<object, object?> dict => [.. dict.Keys],
        string text => [.. text.Select(c => c.ToString())],
        _ => throw new PythonException($"{Numbers.Describe(value)} cannot be iterated over"),
    };

    public static object? Index(object? target, object? index) => (target, index) switch
    {
        (Dictionary<object, object?> dict, not null) => dict.TryGetValue(index, out var value) ? value : throw new PythonException($"no key {index}"),
        (List<object?> list, PythonSlice slice) => Cut(list, slice).ToList(),
        (object?[] tuple, PythonSlice slice) => Cut(tuple, slice).ToArray(),
        (List<object?> list, _) => list[Position(index, list.Count)],
        (object?[] tuple, _) => tuple[Position(index, tuple.Length)],
        _ => throw new PythonException($"{Numbers.Describe(target)} cannot be indexed"),
    };

    public static void SetIndex(object? target, object? index, object? value)
    {
        if (target is Dictionary<object, object?> dict && index is not null)
            dict[index] = value;
        else if (target is List<object?> list)
            list[Position(index, list.Count)] = value;
        else
            throw new PythonException($"items of {Numbers.Describe(target)} cannot be set");
    }

    /// <summary>The methods of list and dict that the cases use.</summary>
    public static object? Method(object target, string name) => (target, name) switch
    {
        (List<object?> list, "append") => new NativeFunction("append(item)", a => { list.Add(a["item"]); return null; }),
        (List<object?> list, "extend") => new NativeFunction("extend(items)", a => { list.AddRange(a.Items("items")); return null; }),
        (Dictionary<object, object?> dict, "items") => new NativeFunction("items()", _ => dict.Select(p => (object?)new[] { p.Key, p.Value }).ToList()),
        (Dictionary<object, object?> dict, "keys") => new NativeFunction("keys()", _ => dict.Keys.ToList<object?>()),
        (Dictionary<object, object?> dict, "values") => new NativeFunction("values()", _ => dict.Values.ToList()),
        _ => throw new MissingFeatureException($"{target.GetType().Name}.{name}"),
    };

    static IEnumerable<object?> Cut(IReadOnlyList<object?> items, PythonSlice slice)
    {
        var (start, count, step) = slice.Resolve(items.Count);
        return Enumerable.Range(0, count).Select(i => items[start + (i * step)]);
    }

    static int Position(object? index, int count)
    {
        long i = Numbers.Whole(index);
        long position = i < 0 ? i + count : i;
        return position >= 0 && position < count ? (int)position : throw new PythonException($"index {i} is outside a sequence of {count}");
    }
}
