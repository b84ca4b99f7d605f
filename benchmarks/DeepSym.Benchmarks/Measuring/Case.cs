namespace DeepSym.Benchmarks.Measuring;

/// <summary>Something that is measured in a process of its own: a model, which gives the rows <c>name.train</c> and <c>name.infer</c> or the first alone, or one operation.</summary>
/// <param name="Name">The name, the same as the peer's.</param>
/// <param name="Run">Measures it.</param>
/// <param name="HasPeer">Whether the peer has it too.</param>
sealed record Case(string Name, Func<Setting, IEnumerable<Measurement>> Run, bool HasPeer = true);
