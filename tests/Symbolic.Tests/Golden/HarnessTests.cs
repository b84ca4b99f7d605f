using DeepSym.Tests.Golden.Arrays;
using DeepSym.Tests.Golden.Cases;
using DeepSym.Tests.Golden.Python;
using DeepSym.Tests.Golden.Theano;

namespace DeepSym.Tests.Golden;

/// <summary>The golden harness itself: its Python means what Python means, its comparison can fail.</summary>
public sealed class HarnessTests
{
    public static TheoryData<string> Families => [.. GoldenFiles.FamilyNames];

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_text_of_a_family_is_in_the_subset_of_Python(string family)
    {
        Assert.NotEmpty(GoldenFiles.Family(family));
        Assert.All(GoldenFiles.Family(family), golden => Assert.NotEmpty(Parser.Parse(golden.Text)));
    }

    [Theory]
    [InlineData("2 + 3*4 - -1", "15")]
    [InlineData("-2**2", "-4")]
    [InlineData("2**-1", "0.5")]
    [InlineData("-7 // 2", "-4")]
    [InlineData("-7 % 3", "2")]
    [InlineData("7.5 % -2", "-0.5")]
    [InlineData("1 / 2", "0.5")]
    [InlineData("2**40", "1099511627776")]
    [InlineData("~5 & 7 | 8", "10")]
    [InlineData("1 < 2 < 2", "False")]
    [InlineData("not 1 > 2 and 3", "3")]
    [InlineData("1 if [] else 2", "2")]
    [InlineData("(lambda a, b=2, *r: a*b + len(r))(3, 4, 5, 6)", "14")]
    [InlineData("[i*j for i in range(3) for j in (1, 2) if i != j]", "[0, 0, 2, 2]")]
    [InlineData("sum(i for i in range(5))", "10")]
    [InlineData("list(zip([1, 2], (3, 4)))", "[(1, 3), (2, 4)]")]
    [InlineData("[1, 2, 3, 4][::-2] + [5][:9]", "[4, 2, 5]")]
    [InlineData("dict(a=1, b=[2])['b'][-1]", "2")]
    [InlineData("{1: 'x', 2: 'y'}[2]", "y")]
    [InlineData("a, (b, c) = 1, (2, 3); a + b*c", "7")]
    [InlineData("x = y = 3; x += y; x", "6")]
    [InlineData("def f(n):\n    if n < 2: return 1\n    return n*f(n - 1)\nf(5)", "120")]
    [InlineData("s = 0\nfor i in range(9):\n  if i == 2: continue\n  if i > 4: break\n  s += i\ns", "8")]
    [InlineData("i = 1\nwhile i < 50: i *= 2\ni", "64")]
    [InlineData("class A:\n  def __init__(self, n): self.n = n\nclass B(A):\n  def twice(self): return 2*self.n\nB(4).twice()", "8")]
    public void Python_texts_have_their_values(string text, string value) => Assert.Equal(value, Show(Run(text)));

    [Theory]
    [InlineData("np.arange(6).reshape((2, 3))[:, ::-1].T", "int64(3, 2) 2 5 1 4 0 3")]
    [InlineData("np.arange(3.)[None] * np.array([[1], [2]])", "float64(2, 3) 0 1 2 0 2 4")]
    [InlineData("np.array([1, 2], 'float32') / 4", "float32(2) 0.25 0.5")]
    [InlineData("np.array([[1, 2], [3, 4]]).sum(axis=0)", "int64(2) 4 6")]
    [InlineData("i, j = np.mgrid[0:2, 0:3]\ni*10 + j", "int64(2, 3) 0 1 2 10 11 12")]
    [InlineData("a = np.zeros(4); a[1:3] = 1; b = a.copy(); b[-1] = 7; a - b", "float64(4) 0 0 0 -7")]
    [InlineData("np.arange(4).dot(np.ones((4,)))", "float64() 6")]
    public void Arrays_behave_as_in_NumPy(string text, string value)
    {
        var array = Assert.IsType<NdArray>(Run(text));
        Assert.Equal(value, $"{array} {string.Join(' ', array.Data)}");
    }

    [Theory]
    [InlineData("f(1, c=2)", "f(c=)")]
    [InlineData("np.nothing(1)", "np.nothing")]
    [InlineData("unknown + 1", "unknown")]
    public void A_feature_that_is_missing_is_named(string text, string feature)
    {
        string program = "def f(a, b=1): return a\n" + text;
        Assert.Equal(feature, Assert.Throws<MissingFeatureException>(() => Run(program)).Feature);
    }

    [Theory]
    [InlineData("1 +")]
    [InlineData("f(1")]
    [InlineData("if x:\n1")]
    [InlineData("'open")]
    [InlineData("a = ?")]
    public void A_text_outside_the_subset_is_refused(string text) => Assert.Throws<PythonException>(() => Parser.Parse(text));

    [Fact]
    public void Comparison_accepts_what_is_near_and_names_what_is_not()
    {
        var expected = new NdArray(ElementType.Float64, [2, 2], [1, double.NaN, double.PositiveInfinity, 100]);
        var golden = new GoldenCase
        {
            Id = "a.b.1", Family = "a", About = "four numbers", Text = "x", Inputs = [], Outputs = [expected], RelativeTolerance = 1e-3, AbsoluteTolerance = 0,
        };
        NdArray With(int i, double value)
        {
            var copy = expected.Copy();
            copy.Data[i] = value;
            return copy;
        }

        Assert.Null(Verdict.Fault(golden, 0, With(3, 100.09)));
        Assert.Contains("[1, 1] got 100.2, expected 100", Verdict.Fault(golden, 0, With(3, 100.2)), StringComparison.Ordinal);
        Assert.Contains("[0, 1] got 1, expected NaN", Verdict.Fault(golden, 0, With(1, 1)), StringComparison.Ordinal);
        Assert.NotNull(Verdict.Fault(golden, 0, With(2, double.NegativeInfinity)));
        Assert.NotNull(Verdict.Fault(golden, 0, With(0, double.NaN)));
        Assert.Contains("shape (4)", Verdict.Fault(golden, 0, expected.Reshape(4)), StringComparison.Ordinal);
        Assert.Contains("dtype float32", Verdict.Fault(golden, 0, expected.As(ElementType.Float32)), StringComparison.Ordinal);
        Assert.Null(Verdict.Fault(golden with { Alternative = [With(0, 5)] }, 0, With(0, 5)));
        Assert.NotNull(Verdict.Fault(golden with { Alternative = [With(0, 5)], TheanoIsInaccurate = true }, 0, expected));
    }

    [Theory]
    [InlineData("function([a, In(b, value=10.)], a - b)(3.)", "float64() -7")]
    [InlineData("function([a, In(b, value=10.)], a - b)(3., b=1)", "float64() 2")]
    [InlineData("function([In(a, value=5.), In(b, value=10., name='c')], a - b)(c=1.)", "float64() 4")]
    [InlineData("function([a], {'x': a + 1, 'y': a*2})(4.)['y']", "float64() 8")]
    [InlineData("T.grad(a*b, [a, b])[1].eval({a: 6.})", "float64() 6")]
    [InlineData("T.grad(a*a, b, disconnected_inputs='ignore').eval({})", "float64() 0")]
    [InlineData("(T.drow() + T.dcol()).ndim + a.eval({a: 1})", "float64() 3")]
    [InlineData("T.set_subtensor(T.zeros((2, 3))[:, 1:], a).sum(axis=1).eval({a: 2.})", "float64(2) 4 4")]
    public void Functions_are_called_as_in_Theano(string text, string value)
    {
        var evaluator = TheanoGlobals.Create(new Execution(Backend.Interpreter));
        var result = Program.Run(Parser.Parse("a, b = T.dscalars('a', 'b'); " + text), evaluator);
        var array = Assert.IsType<NdArray>(result);
        Assert.Equal(value, $"{array} {string.Join(' ', array.Data)}");
    }

    static object? Run(string text)
    {
        var evaluator = new Evaluator([new NumpyDomain()], new Scope(null));
        Builtins.AddTo(evaluator);
        evaluator.Scope["np"] = Numpy.Create();
        return Program.Run(Parser.Parse(text), evaluator);
    }

    static string Show(object? value) => value switch
    {
        List<object?> list => $"[{string.Join(", ", list.Select(Show))}]",
        object?[] tuple => $"({string.Join(", ", tuple.Select(Show))})",
        _ => $"{value}",
    };
}
