namespace DeepSym.Optimizers.Tests;

/// <summary>How these tests compile: the interpreter is the meaning, and the laws hold every backend to it.</summary>
static class Compiled
{
    public static CompileOptions Options { get; } = new() { Backend = Backend.Interpreter };

    public static Function Function(IReadOnlyList<In> inputs, IReadOnlyList<Expr> outputs, IReadOnlyList<(SharedVariable, Expr)>? updates = null) =>
        DeepSym.Function.Compile(inputs, outputs, updates, options: Options with { AllowUnusedInputs = true });
}
