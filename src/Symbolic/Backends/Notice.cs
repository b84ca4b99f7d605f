namespace DeepSym.Backends;

/// <summary>A line that is said once in the life of a program.</summary>
sealed class Notice(string text)
{
    int _isSaid;

    /// <summary>Writes the line, the first time.</summary>
    public void Say(TextWriter writer)
    {
        if (Interlocked.Exchange(ref _isSaid, 1) == 0) writer.WriteLine(text);
    }
}
