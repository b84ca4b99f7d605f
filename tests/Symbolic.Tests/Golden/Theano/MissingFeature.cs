using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>
/// A part of Theano that has no counterpart here yet. <paramref name="Verb"/> is the public verb of <see cref="T"/> that it waits for, if it is one verb;
/// <paramref name="Probe"/> a text that fails for want of the feature, where that is not its name alone.
/// </summary>
internal sealed record MissingFeature(string Name, string? Verb = null, string? Probe = null)
{
    /// <summary>Why the feature cannot be listed as missing any more, or null.</summary>
    public string? Objection(IReadOnlyDictionary<string, object?>? names = null)
    {
        if (Verb is not null && Array.Exists(typeof(T).GetMethods(), m => m.Name == Verb))
            return $"T.{Verb} exists: map {Name} onto it and take it off the list";
        try
        {
            Program.Run(Parser.Parse(Probe ?? Name), TheanoGlobals.Create(new Execution(Backend.Interpreter), names));
        }
        catch (MissingFeatureException e)
        {
            return e.Feature == Name ? null : $"the probe of {Name} lacks {e.Feature}";
        }
        return $"{Name} is mapped: take it off the list";
    }
}
