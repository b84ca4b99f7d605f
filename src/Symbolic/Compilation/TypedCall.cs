using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DeepSym.Compilation;

/// <summary>Calls a function of scalars and tensors through a typed delegate, without garbage: scalars travel in tensors that are kept.</summary>
sealed class TypedCall
{
    readonly Function _function;
    TypedFrame? _idle;

    public TypedCall(Function function) => _function = function;

    /// <summary>The places of one call's arguments and result.</summary>
    public sealed class TypedFrame(Tensor?[] inputs, Tensor[] scalars, Tensor? result)
    {
        public Tensor?[] Inputs { get; } = inputs;

        public Tensor[] Scalars { get; } = scalars;

        /// <summary>The place of a scalar result; null when the result is a tensor.</summary>
        public Tensor?[] Outputs { get; } = [result];

        public bool HasScalarResult { get; } = result is not null;

        public void Put<TValue>(int input, TValue value)
        {
            if (typeof(TValue) == typeof(Tensor))
            {
                Inputs[input] = (Tensor?)(object?)value;
                return;
            }
            var scalar = Scalars[input];
            Unsafe.WriteUnaligned(ref MemoryMarshal.GetReference(scalar.BytesAt(0, Unsafe.SizeOf<TValue>())), value);
            Inputs[input] = scalar;
        }
    }

    public TypedFrame Rent() => Interlocked.Exchange(ref _idle, null) ?? new TypedFrame(
        new Tensor?[_function.Inputs.Count],
        [.. _function.Inputs.Select(input => Tensor.Zeros(input.DType))],
        _function.Outputs[0].Rank == 0 ? Tensor.Zeros(_function.Outputs[0].DType) : null);

    public TResult Run<TResult>(TypedFrame frame)
    {
        if (typeof(TResult) == typeof(Tensor)) frame.Outputs[0] = null;
        _function.Run(frame.Inputs!, frame.Outputs);
        var output = frame.Outputs[0]!;
        var result = typeof(TResult) == typeof(Tensor)
            ? (TResult)(object)output
            : Unsafe.ReadUnaligned<TResult>(ref MemoryMarshal.GetReference(output.BytesAt(0, Unsafe.SizeOf<TResult>())));
        _idle = frame;
        return result;
    }

    /// <summary>The output as a <typeparamref name="TResult"/>: itself for a tensor, else a scalar of that element type.</summary>
    public static Expr Result<TResult>(Expr output)
    {
        if (typeof(TResult) == typeof(Tensor)) return output;
        var dtype = DTypes.Of<TResult>();
        if (output.Rank != 0)
            throw new CompileException($"The result {output.Describe()} has {output.Rank} axes: its type argument must be Tensor, not {typeof(TResult).Name}.");
        if (output.DType != dtype && !output.IsWeak)
            throw new CompileException($"The result {output.Describe()} is no {typeof(TResult).Name}: its type argument must be {output.DType.ClrType().Name} or Tensor, or cast it with T.Cast.");
        return T.Cast(output, dtype);
    }

    /// <summary>Checks that values of <typeparamref name="TValue"/> can be given for an input.</summary>
    public static void Demand<TValue>(Variable input)
    {
        if (typeof(TValue) == typeof(Tensor)) return;
        if (input.Rank != 0)
            throw new CompileException($"Input '{input.Name}' is {input.Type}: its type argument must be Tensor, not {typeof(TValue).Name}.");
        if (DTypes.Of<TValue>() != input.DType)
            throw new CompileException($"Input '{input.Name}' is {input.Type}: its type argument must be {input.DType.ClrType().Name} or Tensor, not {typeof(TValue).Name}.");
    }
}
