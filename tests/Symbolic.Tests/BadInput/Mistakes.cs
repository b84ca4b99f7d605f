namespace DeepSym.Tests.BadInput;

/// <summary>Mistakes by name, each with the type of the error and its whole message.</summary>
sealed class Mistakes : Dictionary<string, (Action Mistake, Type Error, string Message)>
{
    public void Add(string name, Action mistake, Type error, string message) => Add(name, (mistake, error, message));

    public TheoryData<string> Names => [.. Keys];

    /// <summary>Holds when the mistake is answered by the error with the message.</summary>
    public void Check(string name)
    {
        var (mistake, error, message) = this[name];
        Assert.Equal(message, Assert.Throws(error, mistake).Message);
    }
}
