using DeepSym.Compilation;

namespace DeepSym;

/// <summary>Typed delegates: type arguments are the element types of scalars, or <see cref="Tensor"/>. A call of scalars allocates nothing.</summary>
public sealed partial class Function
{
    /// <summary>A delegate without arguments.</summary>
    /// <exception cref="CompileException">A type argument does not fit its expression.</exception>
    public static Func<TResult> Compile<TResult>(Expr output, CompileOptions? options = null)
    {
        var call = new TypedCall(Compile([], TypedCall.Result<TResult>(output), options: options));
        return () => call.Run<TResult>(call.Rent());
    }

    /// <summary>A delegate of one argument.</summary>
    /// <exception cref="CompileException">A type argument does not fit its expression.</exception>
    public static Func<T1, TResult> Compile<T1, TResult>(Variable input, Expr output, CompileOptions? options = null)
    {
        TypedCall.Demand<T1>(input);
        var call = new TypedCall(Compile([input], TypedCall.Result<TResult>(output), options: options));
        return a =>
        {
            var frame = call.Rent();
            frame.Put(0, a);
            return call.Run<TResult>(frame);
        };
    }

    /// <summary>A delegate of two arguments.</summary>
    /// <exception cref="CompileException">A type argument does not fit its expression.</exception>
    public static Func<T1, T2, TResult> Compile<T1, T2, TResult>(Variable first, Variable second, Expr output, CompileOptions? options = null)
    {
        TypedCall.Demand<T1>(first);
        TypedCall.Demand<T2>(second);
        var call = new TypedCall(Compile([first, second], TypedCall.Result<TResult>(output), options: options));
        return (a, b) =>
        {
            var frame = call.Rent();
            frame.Put(0, a);
            frame.Put(1, b);
            return call.Run<TResult>(frame);
        };
    }

    /// <summary>A delegate of three arguments.</summary>
    /// <exception cref="CompileException">A type argument does not fit its expression.</exception>
    public static Func<T1, T2, T3, TResult> Compile<T1, T2, T3, TResult>(Variable first, Variable second, Variable third, Expr output, CompileOptions? options = null)
    {
        TypedCall.Demand<T1>(first);
        TypedCall.Demand<T2>(second);
        TypedCall.Demand<T3>(third);
        var call = new TypedCall(Compile([first, second, third], TypedCall.Result<TResult>(output), options: options));
        return (a, b, c) =>
        {
            var frame = call.Rent();
            frame.Put(0, a);
            frame.Put(1, b);
            frame.Put(2, c);
            return call.Run<TResult>(frame);
        };
    }

    /// <summary>A delegate of four arguments.</summary>
    /// <exception cref="CompileException">A type argument does not fit its expression.</exception>
    public static Func<T1, T2, T3, T4, TResult> Compile<T1, T2, T3, T4, TResult>(Variable first, Variable second, Variable third, Variable fourth, Expr output, CompileOptions? options = null)
    {
        TypedCall.Demand<T1>(first);
        TypedCall.Demand<T2>(second);
        TypedCall.Demand<T3>(third);
        TypedCall.Demand<T4>(fourth);
        var call = new TypedCall(Compile([first, second, third, fourth], TypedCall.Result<TResult>(output), options: options));
        return (a, b, c, d) =>
        {
            var frame = call.Rent();
            frame.Put(0, a);
            frame.Put(1, b);
            frame.Put(2, c);
            frame.Put(3, d);
            return call.Run<TResult>(frame);
        };
    }
}
