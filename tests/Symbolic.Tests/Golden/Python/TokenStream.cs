namespace DeepSym.Tests.Golden.Python;

/// <summary>The tokens of a text with a reading position: what both parsers share.</summary>
internal sealed class TokenStream(IReadOnlyList<Token> tokens)
{
    int _at;

    public Token Current => tokens[_at];

    public bool AtEnd => Current.Kind == TokenKind.End;

    public Token Take() => tokens[_at++];

    /// <summary>True when the next token is this symbol or keyword; nothing is read.</summary>
    public bool Sees(string text) => Current.Kind is TokenKind.Symbol or TokenKind.Name && Current.Text == text;

    public bool SeesAny(ReadOnlySpan<string> texts) => Current.Kind is TokenKind.Symbol or TokenKind.Name && texts.Contains(Current.Text);

    public bool SeesName => Current.Kind == TokenKind.Name;

    public bool Follows(string text) => tokens[_at + 1].Kind == TokenKind.Symbol && tokens[_at + 1].Text == text;

    public bool Accept(string text)
    {
        bool seen = Sees(text);
        if (seen) _at++;
        return seen;
    }

    public bool Accept(TokenKind kind)
    {
        bool seen = Current.Kind == kind;
        if (seen) _at++;
        return seen;
    }

    public void Expect(string text)
    {
        if (!Accept(text))
            throw Unexpected($"'{text}'");
    }

    public string ExpectName() => SeesName ? Take().Text : throw Unexpected("a name");

    public void Expect(TokenKind kind)
    {
        if (!Accept(kind))
            throw Unexpected(kind.ToString());
    }

    public PythonException Unexpected(string wanted) =>
        new($"line {Current.Line}: {wanted} expected, found {Current.Kind} '{Current.Text}'");
}
