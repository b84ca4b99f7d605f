using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace DeepSym;

/// <summary>
/// Where expressions were built: noted while a scope of <see cref="Record"/> is open, for messages and pictures. Costs some microseconds for each
/// expression meanwhile, and nothing otherwise.
/// </summary>
public static class Origins
{
    static readonly string[] OwnAssemblies = ["DeepSym.Symbolic", "DeepSym.Layers", "DeepSym.Optimizers", "DeepSym.Training"];

    static readonly ConditionalWeakTable<Expr, Origin> Known = [];
    static readonly ConcurrentDictionary<(MethodBase, int), Origin> Resolved = new();
    static readonly ConditionalWeakTable<Assembly, object> IsCaller = [];
    static readonly AsyncLocal<bool> IsOpen = new();
    static volatile bool s_wasEverOpen;

    /// <summary>
    /// From now on this flow of control (the thread, and tasks that it starts) notes for each expression that it builds the line of the program that asked for it: the
    /// first one outside of DeepSym. Disposing what is returned ends it.
    /// </summary>
    public static IDisposable Record() => new Scope(isOpen: true);

    /// <summary>Where the expression, or what it stands for since it was rewritten, was built first while that was noted; null when it was not.</summary>
    public static Origin? Of(Expr expr)
    {
        ArgumentNullException.ThrowIfNull(expr);
        return s_wasEverOpen && Known.TryGetValue(expr, out var origin) ? origin : null;
    }

    /// <summary>Notes nothing until disposed: what the library builds on its own.</summary>
    internal static IDisposable? Suspend() => s_wasEverOpen && IsOpen.Value ? new Scope(isOpen: false) : null;

    /// <summary>Notes who asked for an expression, if that is wanted.</summary>
    internal static void Note(Expr expr)
    {
        if (s_wasEverOpen && IsOpen.Value && !Known.TryGetValue(expr, out _) && Caller() is { } origin) Known.TryAdd(expr, origin);
    }

    /// <summary>Notes that one expression stands in the place of another.</summary>
    internal static void Inherit(Expr from, Expr to)
    {
        if (s_wasEverOpen && to is Apply && Known.TryGetValue(from, out var origin)) Known.TryAdd(to, origin);
    }

    // The first frame that is neither DeepSym's nor the framework's. File and line are looked up once for each place.
    static Origin? Caller()
    {
        var trace = new StackTrace(fNeedFileInfo: false);
        for (var i = 0; i < trace.FrameCount; i++)
        {
            if (trace.GetFrame(i) is not { } frame || frame.GetMethod() is not { } method || !(bool)IsCaller.GetValue(method.Module.Assembly, assembly => IsProgram(assembly.GetName().Name!))) continue;
            if (Resolved.TryGetValue((method, frame.GetILOffset()), out var known)) return known;
            var place = new StackFrame(i, needFileInfo: true);
            return Resolved[(method, frame.GetILOffset())] = new Origin(place.GetFileName(), place.GetFileLineNumber(), $"{method.DeclaringType?.Name}.{method.Name}");
        }
        return null;

        static object IsProgram(string name) => !OwnAssemblies.Contains(name) && !name.StartsWith("System.", StringComparison.Ordinal);
    }

    sealed class Scope : IDisposable
    {
        readonly bool _before;

        public Scope(bool isOpen)
        {
            s_wasEverOpen |= isOpen;
            _before = IsOpen.Value;
            IsOpen.Value = isOpen;
        }

        public void Dispose() => IsOpen.Value = _before;
    }
}

/// <summary>A place in a program.</summary>
/// <param name="File">The path of the source file; null where the program has no debug symbols.</param>
/// <param name="Line">The line, from 1 on; 0 where it is not known.</param>
/// <param name="Method">The class and the method.</param>
public sealed record Origin(string? File, int Line, string Method)
{
    /// <summary>The file and the line, or the method.</summary>
    public override string ToString() => File is null ? Method : $"{Path.GetFileName(File)}:{Line}";
}
