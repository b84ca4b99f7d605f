using DeepSym.Backends;
namespace DeepSym.Tests;
public class S {
  [Fact] public void Try() {
    var x = T.DMatrix("x"); var w = T.DMatrix("w", null, 3);
    var y = T.Sum(T.Sqr(T.Dot(x, w)) + T.Max(x, [1], true) - x[.., 0][..2, T.NewAxis][0]);
    var (gx, gw) = T.Grad(y, x, w);
    var r = Interpreter.Evaluate([y, gx, gw], new Dictionary<Leaf, Tensor> { [x] = Tensor.From<double>([1,2,3,4],2,2), [w] = Tensor.From<double>([1,2,3,4,5,6],2,3) });
    Assert.Skip(string.Join(" ", r[0].ToArray<double>()) + " | " + string.Join(" ", r[1].ToArray<double>()) + " | " + string.Join(" ", r[2].ToArray<double>()) + "\n" + gx);
  }
}
