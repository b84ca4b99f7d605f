#pragma warning disable
namespace DeepSym;
public static partial class T {
  static readonly ScalarFunction ExpF = new("exp", 1, ScalarTypes.Floating) { Value = ScalarFunction.Real(Math.Exp), Partials = [(_, y) => y] };
  static readonly ScalarFunction LogF = new("log", 1, ScalarTypes.Floating) { Value = ScalarFunction.Real(Math.Log), Partials = [(x, _) => 1 / x[0]], Domain = (0.1, 5) };
  public static Expr Exp(Expr x) => ExpF.Lift(x);
  public static Expr Log(Expr x) => LogF.Lift(x);
}
