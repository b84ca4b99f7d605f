using DeepSym.Backends.Gpu;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>Numbers that devices compute in their own way, held against those of .NET.</summary>
public sealed class DeviceFunctionTests
{
    const double Ulp = 2.3e-16;

    public static TheoryData<string> Names => [.. DeviceFunctions.Replacements.Keys.Select(method => method.Name)];

    [Theory, MemberData(nameof(Names))]
    public void What_stands_for_a_method_gives_what_the_method_gives(string name)
    {
        var (method, replacement) = DeviceFunctions.Replacements.Single(pair => pair.Key.Name == name);
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var (x, y) = (method.DeclaringType == typeof(Math) ? 20 * random.NextDouble() : random.NextDouble() - 0.5, 4 * random.NextDouble());
            object[] arguments = method.GetParameters().Length == 1 ? [x] : [x, y];
            Near((double)method.Invoke(null, arguments)!, (double)replacement.Invoke(null, arguments)!, 3 * Ulp);
        }
    }

    [Fact]
    public void Large_angles_are_reduced_exactly()
    {
        foreach (var x in LargeNumbers())
        {
            Near(Math.Sin(x), LargeArguments.Sin(x), 3 * Ulp);
            Near(Math.Cos(x), LargeArguments.Cos(x), 3 * Ulp);
            Near(Math.Tan(x), LargeArguments.Tan(x), 6 * Ulp);
        }
        Assert.True(double.IsNaN(LargeArguments.Sin(double.PositiveInfinity)));
    }

    [Fact]
    public void Remainders_of_large_quotients_are_exact()
    {
        foreach (var (x, y) in LargeNumbers().Zip(LargeNumbers().Select((y, i) => y * Math.Pow(10, i % 300 - 300)).Reverse()))
        {
            var rest = x % y;
            Assert.Equal(rest == 0 ? Math.CopySign(0, y) : rest < 0 != y < 0 ? rest + y : rest, LargeArguments.Modulo(x, y));
        }
        Assert.True(double.IsNaN(LargeArguments.Modulo(1, 0)) && double.IsNaN(LargeArguments.Modulo(double.NaN, 1)));
        Assert.Equal(1.5, LargeArguments.Modulo(1.5, double.PositiveInfinity));
    }

    [Fact]
    public void Every_float16_is_read_and_written_by_its_bits()
    {
        for (var bits = 0; bits < 65536; bits++)
        {
            var number = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            Assert.Equal(number, DeviceMath.FromFloat16(bits));
            if (!float.IsNaN(number)) Assert.Equal(bits, DeviceMath.ToFloat16(number));
        }
        Assert.True(float.IsNaN(DeviceMath.FromFloat16(DeviceMath.ToFloat16(float.NaN))));
    }

    [Fact]
    public void Floats_become_the_integers_that_they_become_on_the_processor()
    {
        foreach (var x in new[] { 0, -0.9, 1.5, 255.9, -40000, 2147483520, 2147483647.5, 2147483648, -2147483648, -2147483649, 4294967295, 4294967296, 1e15, 9223371487098961920, 9223372036854775808,
            -9223372036854775808, 1e19, 18446744073709551616.0, 1e30, -1e30, double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            var single = (float)x;
            Assert.Equal(((int)x, (long)x, (uint)x, (ulong)x), (DeviceMath.Integer32(x), DeviceMath.Integer64(x), (uint)DeviceMath.Unsigned32(x), (ulong)DeviceMath.Unsigned64(x)));
            Assert.Equal(((int)single, (long)single, (uint)single, (ulong)single), (DeviceMath.Integer32(single), DeviceMath.Integer64(single), (uint)DeviceMath.Unsigned32(single), (ulong)DeviceMath.Unsigned64(single)));
        }
    }

    [Fact]
    public void A_function_of_ones_own_is_not_taken_for_one_of_the_same_name()
    {
        var x = T.FVector("x");
        var own = new ScalarFunction("gamma", 1, ScalarTypes.Floating) { Value = ScalarFunction.Real(value => value + 1) };
        foreach (var device in TestDevices.All)
            Assert.Equal([4f, 6], Function.Compile([x], own.Lift(x), options: new CompileOptions { Backend = device }).Invoke(Tensor.From(new[] { 3f, 5 }))[0].ToArray<float>());
    }

    static IEnumerable<double> LargeNumbers()
    {
        var random = new Random(2);
        for (var i = 0; i < 2000; i++) yield return Math.Pow(10, 5 + 303 * random.NextDouble()) * (i % 2 == 0 ? 1 : -1);
    }

    static void Near(double expected, double actual, double tolerance) => Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Abs(expected), $"{expected:R} and {actual:R}");
}
