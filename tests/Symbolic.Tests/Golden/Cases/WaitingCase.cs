namespace DeepSym.Tests.Golden.Cases;

/// <summary>A case that fails for a known reason, which is not that a name is missing.</summary>
internal sealed record WaitingCase(string Id, string For);
