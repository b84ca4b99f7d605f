using System.Globalization;

namespace DeepSym.Rewriting;

/// <summary>Patterns as mathematics writes them, with no more brackets than needed: for the printed tables.</summary>
static class Formula
{
    enum Binding { Loosest, Sum, Product, Tightest }

    public static string Of(Expr pattern) => Write(pattern, Binding.Loosest);

    static string Write(Expr pattern, Binding outside) => pattern switch
    {
        Variable hole => hole.Name!,
        Constant { DType: DType.Bool } truth => truth.Value.Number(0).IsTrue ? "true" : "false",
        Constant number => Literals.Number(number).ToString("R", CultureInfo.InvariantCulture).Replace("Infinity", "∞", StringComparison.Ordinal),
        { Op: Map { Function.Types: ScalarTypes.Conversion } } => Write(pattern.Inputs[0], outside),
        { Op: Map { Function.Name: "neg" }, Inputs: [var x] } => Enclosed("-" + Write(x, Binding.Tightest), outside > Binding.Sum),
        { Op: Map { Function.Name: "invert" }, Inputs: [var x] } => "~" + Write(x, Binding.Tightest),
        { Op: Map { Function: { Symbol: { } symbol } function }, Inputs: [var x, var y] } => Infix(function, symbol, x, y, outside),
        _ => $"{pattern.Op!.Name}({string.Join(", ", pattern.Inputs.Select(Of))})",
    };

    static string Infix(ScalarFunction function, string symbol, Expr x, Expr y, Binding outside)
    {
        var own = symbol switch { "+" or "-" => Binding.Sum, "*" or "/" => Binding.Product, "**" => Binding.Tightest, _ => Binding.Loosest };
        var right = function.IsCommutative || own == Binding.Tightest ? own : own + 1;
        return Enclosed($"{Write(x, own)} {symbol} {Write(y, right)}", outside > own || outside == own && own == Binding.Tightest);
    }

    static string Enclosed(string text, bool isNeeded) => isNeeded ? $"({text})" : text;
}
