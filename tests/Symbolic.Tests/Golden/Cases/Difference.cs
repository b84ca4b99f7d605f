namespace DeepSym.Tests.Golden.Cases;

/// <summary>
/// Cases in which another result than Theano's is right on purpose. <paramref name="Ids"/> are ids, in which <c>*</c> stands for anything;
/// <paramref name="Expect"/> makes of a case the one that this library must fulfil, null where the case says nothing about it.
/// </summary>
internal sealed record Difference(string Reason, string[] Ids, Func<GoldenCase, GoldenCase?> Expect)
{
    public bool Concerns(string id) => Ids.Any(pattern => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, id, ignoreCase: false));
}
