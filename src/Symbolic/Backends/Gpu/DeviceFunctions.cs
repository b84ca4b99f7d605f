using System.Reflection;
using System.Reflection.Emit;
using ILGPU.Frontend;
using ILGPU.Frontend.Intrinsic;
using ILGPU.IR.Values;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// What devices run in place of methods that they do not have: exponentials and the like, and series. Each is a method made from the formula that vector code has, so that
/// C# code that calls <see cref="Math"/> is code for devices as it stands. Only compilation for devices sees them; on the processor, and in the simulation, the methods are called.
/// </summary>
static class DeviceFunctions
{
    static readonly (MethodInfo Method, Func<Expr, Expr, Expr> Formula)[] Formulas =
    [
        (Of(Math.Exp), (x, _) => T.Exp(x)),
        (Of(Math.Log), (x, _) => T.Log(x)),
        (Of(Math.Sin), (x, _) => T.Sin(x)),
        (Of(Math.Cos), (x, _) => T.Cos(x)),
        (Of(Math.Tan), (x, _) => T.Tan(x)),
        (Of(Math.Round), (x, _) => T.RoundEven(x)),
        (((Func<double, double, double>)Math.Pow).Method, T.Pow),
        (Of(LargeArguments.Sine), (x, _) => T.SmallSin(x, 0)),
        (Of(LargeArguments.Cosine), (x, _) => T.SmallCos(x, 0)),
        (Of(T.ErfcOf), (x, _) => T.Erfc(x)),
        (Of(GammaNumbers.Centre), (x, _) => GammaNumbers.CentreSeries.At(x)),
        (Of(GammaNumbers.LogCentre), (x, _) => GammaNumbers.LogCentreSeries.At(x)),
        (Of(GammaNumbers.Stirling), (x, _) => GammaNumbers.StirlingSeries.At(x)),
        (Of(GammaNumbers.DigammaTail), (x, _) => GammaNumbers.DigammaSeries.At(x)),
    ];

    static readonly Lazy<Dictionary<MethodInfo, MethodInfo>> Made = new(Make);

    /// <summary>What stands for each method.</summary>
    public static IReadOnlyDictionary<MethodInfo, MethodInfo> Replacements => Made.Value;

    /// <summary>Tells ILGPU; to be done once, before anything is compiled.</summary>
    public static void Register()
    {
        foreach (var (method, replacement) in Replacements) RemappedIntrinsics.AddRemapping(method, (ref InvocationContext call) => call.Method = replacement);
        RemappedIntrinsics.AddRemapping(((Func<float, float, float, float>)MathF.FusedMultiplyAdd).Method, (ref InvocationContext call) => Fuse(ref call, nameof(FirstSingle)));
        RemappedIntrinsics.AddRemapping(((Func<double, double, double, double>)Math.FusedMultiplyAdd).Method, (ref InvocationContext call) => Fuse(ref call, nameof(First)));
    }

    static MethodInfo Of(Func<double, double> function) => function.Method;

    static Dictionary<MethodInfo, MethodInfo> Make()
    {
        var type = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("DeepSym.Functions"), AssemblyBuilderAccess.Run)
            .DefineDynamicModule("functions").DefineType("Functions", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        foreach (var (method, formula) in Formulas)
        {
            Type[] parameters = [.. method.GetParameters().Select(p => p.ParameterType)];
            var builder = type.DefineMethod(method.Name, MethodAttributes.Public | MethodAttributes.Static, typeof(double), parameters);
            builder.SetImplementationFlags(MethodImplAttributes.NoInlining);   // ILGPU would put it wherever it is called
            var il = builder.GetILGenerator();
            Variable[] variables = [new("x", DType.Float64, []), new("y", DType.Float64, [])];
            var locals = new Dictionary<Variable, LocalBuilder>();
            for (var i = 0; i < parameters.Length; i++)
            {
                il.Emit(OpCodes.Ldarg, (short)i);
                il.Emit(OpCodes.Stloc, locals[variables[i]] = il.DeclareLocal(typeof(double)));
            }
            new ScalarCode(il, variable => locals[variable]).Push(formula(variables[0], variables[1]));
            il.Emit(OpCodes.Ret);
        }
        var made = type.CreateType();
        return Formulas.ToDictionary(f => f.Method, f => made.GetMethod(f.Method.Name)!);
    }

    // The call becomes one of a method that gives its first argument, and that the fused product.
    static void Fuse(ref InvocationContext call, string first)
    {
        call[0] = call.Builder.CreateArithmetic(call.Location, call[0], call[1], call[2], TernaryArithmeticKind.MultiplyAdd);
        call.Method = typeof(DeviceFunctions).GetMethod(first, BindingFlags.Static | BindingFlags.NonPublic)!;
    }

    static float FirstSingle(float x, float y, float z) => x;

    static double First(double x, double y, double z) => x;
}
