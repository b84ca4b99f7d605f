namespace DeepSym.Layers;

sealed record ConstantInitializer(double Value) : Initializer
{
    public override void Fill(Span<double> values, ReadOnlySpan<int> shape, RandomSource random) => values.Fill(Value);
}

sealed record NormalInitializer(double Deviation, double Mean) : Initializer
{
    public override void Fill(Span<double> values, ReadOnlySpan<int> shape, RandomSource random)
    {
        foreach (ref var value in values) value = Mean + Deviation * random.Normal();
    }
}

sealed record TruncatedNormalInitializer(double Deviation, double Mean) : Initializer
{
    public override void Fill(Span<double> values, ReadOnlySpan<int> shape, RandomSource random)
    {
        foreach (ref var value in values) value = Mean + Deviation * random.TruncatedNormal();
    }
}

sealed record UniformInitializer(double Low, double High) : Initializer
{
    public override void Fill(Span<double> values, ReadOnlySpan<int> shape, RandomSource random)
    {
        foreach (ref var value in values) value = Low + (High - Low) * random.Uniform();
    }
}
