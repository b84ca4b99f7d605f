using System.Globalization;

namespace DeepSym.Tests.Golden.Python;

internal enum TokenKind { Name, Number, Text, Symbol, NewLine, Indent, Dedent, End }

internal readonly record struct Token(TokenKind Kind, string Text, object? Value, int Line);

/// <summary>Cuts the text of a golden case into tokens; a change of indentation becomes <c>Indent</c> or <c>Dedent</c>, as in Python.</summary>
internal sealed class Lexer(string source)
{
    static readonly string[] Symbols =
    [
        "**=", "//=", "...", "**", "//", "==", "!=", "<=", ">=", "<<", ">>", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=",
        "+", "-", "*", "/", "%", "@", "&", "|", "^", "~", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "=",
    ];

    readonly List<Token> _tokens = [];
    readonly Stack<int> _indents = new([0]);
    int _at;
    int _line = 1;
    int _open;

    public static IReadOnlyList<Token> Read(string source) => new Lexer(source).Run();

    List<Token> Run()
    {
        StartLine();
        while (_at < source.Length)
            Next();
        if (_tokens.Count > 0 && _tokens[^1].Kind != TokenKind.NewLine)
            Add(TokenKind.NewLine, "");
        while (_indents.Pop() > 0)
            Add(TokenKind.Dedent, "");
        Add(TokenKind.End, "end of text");
        return _tokens;
    }

    void Next()
    {
        char c = source[_at];
        if (c == '#')
            while (_at < source.Length && source[_at] != '\n') _at++;
        else if (c == '\n')
            EndLine();
        else if (c == '\\' && Peek(1) == '\n')
            (_at, _line) = (_at + 2, _line + 1);
        else if (char.IsWhiteSpace(c))
            _at++;
        else if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
            ReadNumber();
        else if (c is '"' or '\'')
            ReadText(c);
        else if (char.IsLetter(c) || c == '_')
            ReadName();
        else
            ReadSymbol();
    }

    void EndLine()
    {
        _at++;
        if (_open == 0 && _tokens.Count > 0 && _tokens[^1].Kind is not (TokenKind.NewLine or TokenKind.Indent or TokenKind.Dedent))
            Add(TokenKind.NewLine, "");
        _line++;
        if (_open == 0)
            StartLine();
    }

    // A blank line says nothing about the indentation.
    void StartLine()
    {
        int start = _at;
        while (Peek(0) == ' ') _at++;
        if (Peek(0) is '\n' or '#' or '\0')
            return;
        int width = _at - start;
        if (width > _indents.Peek())
        {
            _indents.Push(width);
            Add(TokenKind.Indent, "");
        }
        while (width < _indents.Peek())
        {
            _indents.Pop();
            Add(TokenKind.Dedent, "");
        }
        if (width != _indents.Peek())
            throw new PythonException($"line {_line}: this indentation matches no outer one");
    }

    void ReadNumber()
    {
        int start = _at;
        bool whole = true;
        while (char.IsAsciiDigit(Peek(0))) _at++;
        if (Peek(0) == '.')
        {
            (whole, _at) = (false, _at + 1);
            while (char.IsAsciiDigit(Peek(0))) _at++;
        }
        if (Peek(0) is 'e' or 'E' && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2)))))
        {
            (whole, _at) = (false, _at + 2);
            while (char.IsAsciiDigit(Peek(0))) _at++;
        }
        string text = source[start.._at];
        object value = whole ? (object)long.Parse(text, CultureInfo.InvariantCulture) : double.Parse(text, CultureInfo.InvariantCulture);
        Add(TokenKind.Number, text, value);
    }

    void ReadText(char quote)
    {
        int end = source.IndexOf(quote, _at + 1);
        if (end < 0)
            throw new PythonException($"line {_line}: a string is not closed");
        string text = source[(_at + 1)..end];
        if (text.Contains('\\', StringComparison.Ordinal) || text.Contains('\n', StringComparison.Ordinal))
            throw new PythonException($"line {_line}: escapes in strings are outside this subset of Python");
        _at = end + 1;
        Add(TokenKind.Text, text, text);
    }

    void ReadName()
    {
        int start = _at;
        while (char.IsLetterOrDigit(Peek(0)) || Peek(0) == '_') _at++;
        Add(TokenKind.Name, source[start.._at]);
    }

    void ReadSymbol()
    {
        string symbol = Array.Find(Symbols, s => string.CompareOrdinal(source, _at, s, 0, s.Length) == 0)
            ?? throw new PythonException($"line {_line}: unexpected character '{source[_at]}'");
        _open += symbol is "(" or "[" or "{" ? 1 : symbol is ")" or "]" or "}" ? -1 : 0;
        _at += symbol.Length;
        Add(TokenKind.Symbol, symbol);
    }

    char Peek(int ahead) => _at + ahead < source.Length ? source[_at + ahead] : '\0';

    void Add(TokenKind kind, string text, object? value = null) => _tokens.Add(new Token(kind, text, value, _line));
}
