namespace DeepSym;

/// <summary>Operators and literals on expressions. <c>==</c> stays reference equality: nodes are dictionary keys; see <see cref="T.Eq"/>.</summary>
public abstract partial class Expr
{
    /// <summary>A weak literal: it takes the dtype of what it meets, and is float64 alone.</summary>
    public static implicit operator Expr(double value) => Interner.Constant(Tensor.Scalar(value), isWeak: true);

    /// <summary>A weak literal: it takes the dtype of what it meets, and is int64 alone.</summary>
    public static implicit operator Expr(long value) => Interner.Constant(Tensor.Scalar(value), isWeak: true);

    /// <summary>A weak literal: it takes the dtype of what it meets, and is int64 alone.</summary>
    public static implicit operator Expr(int value) => (long)value;

    /// <summary>A truth value.</summary>
    public static implicit operator Expr(bool value) => Interner.Constant(Tensor.Scalar(value), isWeak: true);

    /// <summary>A value as part of the graph; its dtype is kept.</summary>
    public static implicit operator Expr(Tensor value) => T.Constant(value);

    /// <summary>The size that an integer scalar stands for, to be part of a shape.</summary>
    /// <exception cref="ShapeException">The expression is not an integer scalar.</exception>
    public static implicit operator Dim(Expr size) => Dims.Of(size);

    /// <summary><see cref="T.Add"/>.</summary>
    public static Expr operator +(Expr x, Expr y) => T.Add(x, y);

    /// <summary><see cref="T.Subtract"/>.</summary>
    public static Expr operator -(Expr x, Expr y) => T.Subtract(x, y);

    /// <summary><see cref="T.Multiply"/>.</summary>
    public static Expr operator *(Expr x, Expr y) => T.Multiply(x, y);

    /// <summary><see cref="T.Divide"/>: a true division, also of integers.</summary>
    public static Expr operator /(Expr x, Expr y) => T.Divide(x, y);

    /// <summary><see cref="T.Mod"/>: the sign is that of the divisor.</summary>
    public static Expr operator %(Expr x, Expr y) => T.Mod(x, y);

    /// <summary><see cref="T.Negate"/>.</summary>
    public static Expr operator -(Expr x) => T.Negate(x);

    /// <summary><see cref="T.Lt"/>.</summary>
    public static Expr operator <(Expr x, Expr y) => T.Lt(x, y);

    /// <summary><see cref="T.Gt"/>.</summary>
    public static Expr operator >(Expr x, Expr y) => T.Gt(x, y);

    /// <summary><see cref="T.Le"/>.</summary>
    public static Expr operator <=(Expr x, Expr y) => T.Le(x, y);

    /// <summary><see cref="T.Ge"/>.</summary>
    public static Expr operator >=(Expr x, Expr y) => T.Ge(x, y);

    /// <summary><see cref="T.And"/>.</summary>
    public static Expr operator &(Expr x, Expr y) => T.And(x, y);

    /// <summary><see cref="T.Or"/>.</summary>
    public static Expr operator |(Expr x, Expr y) => T.Or(x, y);

    /// <summary><see cref="T.Xor"/>.</summary>
    public static Expr operator ^(Expr x, Expr y) => T.Xor(x, y);

    /// <summary><see cref="T.Invert"/>.</summary>
    public static Expr operator ~(Expr x) => T.Invert(x);
}
