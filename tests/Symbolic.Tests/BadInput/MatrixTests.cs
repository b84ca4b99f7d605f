namespace DeepSym.Tests.BadInput;

/// <summary>What is said of matrices without the result asked for, and numbers that are none.</summary>
public sealed class MatrixTests
{
    static readonly Variable s_a = T.DMatrix("a", 3, 4);

    static readonly Mistakes s_all = new()
    {
        {
            "the inverse of a matrix that is not square",
            () => T.MatrixInverse(s_a),
            typeof(ShapeException),
            "inverse(a: float64[3,4]): the matrix must be square. T.PseudoInverse takes any."
        },
        {
            "the same, found by the call",
            () => { var p = T.DMatrix("p"); Function.Compile([p], T.MatrixInverse(p)).Invoke(Doubles(2, 3)); },
            typeof(ShapeException),
            "solve(p: float64[p.0,p.1]): the matrix must be square. Here p.0 is 2 and p.1 is 3."
        },
        {
            "a determinant",
            () => T.Det(s_a),
            typeof(ShapeException),
            "determinant(a: float64[3,4]): the matrix must be square."
        },
        {
            "the inverse of a singular matrix",
            () => { var p = T.DMatrix("p"); Function.Compile([p], T.MatrixInverse(p)).Invoke(Doubles(3, 3)); },
            typeof(ArithmeticException),
            "solve: the matrix (float64[3,3]) is singular, or holds NaN. Add a small multiple of the identity, or use T.PseudoInverse or T.LeastSquares.\n  in solve@General(p, cast_float64(iota[p.0,p.0]@0() + 0 == iota[p.0,p.0]@1())): float64[p.0,p.0], where\n    p is float64[3,3] from 0 to 0\n    cast_float64(iota[p.0,p.0]@0() == iota[p.0,p.0]@1()) is float64[3,3] from 0 to 1"
        },
        {
            "a singular system",
            () => { var (p, q) = (T.DMatrix("p"), T.DVector("q")); Function.Compile([p, q], T.Solve(p, q)).Invoke(Doubles(3, 3), Doubles(3)); },
            typeof(ArithmeticException),
            "solve: the matrix (float64[3,3]) is singular, or holds NaN. Add a small multiple of the identity, or use T.PseudoInverse or T.LeastSquares.\n  in solve@General(p, q): float64[q.0,1], where\n    p is float64[3,3] from 0 to 0\n    q is float64[3,1] from 0 to 0"
        },
        {
            "a singular triangle",
            () => { var (p, q) = (T.DMatrix("p"), T.DVector("q")); Function.Compile([p, q], T.SolveTriangular(p, q)).Invoke(Doubles(2, 2), Doubles(2)); },
            typeof(ArithmeticException),
            "solve: the matrix (float64[2,2]) is singular, or holds NaN. Add a small multiple of the identity, or use T.PseudoInverse or T.LeastSquares.\n  in solve@Lower(switch(iota[p.0,p.1]@0() + 0 >= iota[p.0,p.1]@1(), p, 0), q): float64[q.0,1], where\n    switch(iota[p.0,p.1]@0() >= iota[p.0,p.1]@1(), p, 0) is float64[2,2] from 0 to 0\n    q is float64[2,1] from 0 to 0"
        },
        {
            "a matrix that is not positive definite",
            () => { var p = T.DMatrix("p"); Function.Compile([p], T.Cholesky(p)).Invoke(Doubles(3, 3)); },
            typeof(ArithmeticException),
            "cholesky: the matrix (float64[3,3]) is not positive definite, or holds NaN. Add a small multiple of the identity, or use T.Eigh.\n  in cholesky(switch(… + 0 >= iota[p.0,p.1]@1(), p, 0) + switch(… >= iota[p.0,p.1]@1(), p, 0).T): float64[p.1,p.0], where\n    switch(… >= …, p, 0) + switch(…, p, 0).T is float64[3,3] from 0 to 0"
        },
        {
            "one of a stack",
            () => { var p = T.Tensor3("p", dtype: DType.Float64); Function.Compile([p], T.Cholesky(p)).Invoke(Tensor.From([1.0, 0, 0, 1, 1, 0, 0, -1], 2, 2, 2)); },
            typeof(ArithmeticException),
            "cholesky: matrix [1] of float64[2,2,2] is not positive definite, or holds NaN. Add a small multiple of the identity, or use T.Eigh.\n  in cholesky(switch(… >= …, p, 0) + transpose[0, 2, 1](switch(…, p, 0))): float64[p.0,p.2,p.1], where\n    switch(… >= …, p, 0) + transpose[0, 2, 1](switch(…, p, 0)) is float64[2,2,2] from -1 to 1"
        },
        {
            "NaN in an inverse",
            () => { var p = T.DMatrix("p"); Function.Compile([p], T.MatrixInverse(p)).Invoke(Tensor.Full(double.NaN, 2, 2)); },
            typeof(ArithmeticException),
            "solve: the matrix (float64[2,2]) is singular, or holds NaN. Add a small multiple of the identity, or use T.PseudoInverse or T.LeastSquares.\n  in solve@General(p, cast_float64(iota[p.0,p.0]@0() + 0 == iota[p.0,p.0]@1())): float64[p.0,p.0], where\n    p is float64[2,2], 4 NaN\n    cast_float64(iota[p.0,p.0]@0() == iota[p.0,p.0]@1()) is float64[2,2] from 0 to 1"
        },
        {
            "NaN in singular values",
            () => { var p = T.DMatrix("p"); Function.Compile([p], T.SingularValues(p)).Invoke(Tensor.Full(double.NaN, 2, 2)); },
            typeof(ArithmeticException),
            "svd: the matrix (float64[2,2]) holds NaN or infinities, or the iteration for it does not converge.\n  in svd@Values(p): float64[min(p.0, p.1)], where\n    p is float64[2,2], 4 NaN"
        },
        {
            "NaN in eigenvalues of a symmetric matrix",
            () => { var p = T.DMatrix("p"); Function.Compile([p], T.Eigvalsh(p)).Invoke(Tensor.Full(double.NaN, 2, 2)); },
            typeof(ArithmeticException),
            "eigh: the matrix (float64[2,2]) holds NaN or infinities, or the iteration for it does not converge.\n  in eigvalsh(switch(… + 0 >= iota[p.0,p.1]@1(), p, 0) + switch(… >= iota[p.0,p.1]@1(), p, 0).T): float64[p.0], where\n    switch(… >= …, p, 0) + switch(…, p, 0).T is float64[2,2], 4 NaN"
        },
        {
            "infinities in eigenvalues",
            () => { var p = T.DMatrix("p"); Function.Compile([p], T.Eigvals(p)).Invoke(Tensor.Full(double.PositiveInfinity, 2, 2)); },
            typeof(ArithmeticException),
            "eig: the matrix (float64[2,2]) holds NaN or infinities, or the iteration for it does not converge.\n  in eigvals(p): float64[p.1,2], where\n    p is float64[2,2], 4 infinite"
        },
        {
            "NaN in QR",
            () => { var p = T.DMatrix("p"); Function.Compile([p], T.Qr(p).R).Invoke(Tensor.Full(double.NaN, 2, 2)); },
            typeof(ArithmeticException),
            "qr: the matrix (float64[2,2]) holds NaN or infinities.\n  in qr(p): float64[p.0*min(p.0, p.1) + p.1*min(p.0, p.1)], where\n    p is float64[2,2], 4 NaN"
        },
        {
            "infinities in an exponential",
            () => { var p = T.DMatrix("p"); Function.Compile([p], T.MatrixExp(p)).Invoke(Tensor.Full(double.PositiveInfinity, 2, 2)); },
            typeof(ArithmeticException),
            "expm: the matrix (float64[2,2]) holds NaN or infinities.\n  in expm(p): float64[p.0,p.1], where\n    p is float64[2,2], 4 infinite"
        },
        {
            "a probability above 1",
            () => { var p = T.DVector("p"); Function.Compile([p], new RandomStream(1).Binomial([2], 10, p)).Invoke(Tensor.From([0.5, 1.5])); },
            typeof(ArgumentOutOfRangeException),
            "The binomial distribution needs a probability from 0 to 1, and got 1.5.\n  in binomial_variate[2](concatenate@0(-2152535657050944081, random_0), 10, p): float64[2], where\n    concatenate@0(const int64[1], random_0) is int64[2] from -2.15254E+18 to 0\n    10 is float64[2] from 10 to 10\n    p is float64[2] from 0.5 to 1.5"
        },
        {
            "a negative rate",
            () => Function.Compile([], new RandomStream(1).Poisson([2], T.Constant(Tensor.From([-1.0, 2])))).Invoke(),
            typeof(ArgumentOutOfRangeException),
            "The poisson distribution needs a rate of at least 0, and got -1.\n  in poisson_variate[2](concatenate@0(-2152535657050944081, random_0), const float64[2]): float64[2], where\n    concatenate@0(const int64[1], random_0) is int64[2] from -2.15254E+18 to 0\n    const float64[2] is float64[2] from -1 to 2"
        },
    };

    public static TheoryData<string> Names => s_all.Names;

    [Theory, MemberData(nameof(Names))]
    public void A_mistake_is_answered_with_its_facts_and_a_cure(string name) => s_all.Check(name);

    static Tensor Doubles(params int[] shape) => Tensor.Zeros<double>(shape);
}
