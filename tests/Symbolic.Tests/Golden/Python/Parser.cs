namespace DeepSym.Tests.Golden.Python;

/// <summary>Reads the statements of a golden case; <c>import</c> is accepted and means nothing, for the names are given.</summary>
internal sealed class Parser
{
    readonly TokenStream _tokens;
    readonly ExpressionParser _expressions;

    Parser(string source)
    {
        _tokens = new TokenStream(Lexer.Read(source));
        _expressions = new ExpressionParser(_tokens);
    }

    public static IReadOnlyList<Statement> Parse(string source)
    {
        var parser = new Parser(source);
        var statements = new List<Statement>();
        while (!parser._tokens.AtEnd)
            parser.ParseInto(statements);
        return statements;
    }

    /// <summary>Reads a signature such as <c>"sum(x, axis=None, *rest)"</c>.</summary>
    public static (string Name, IReadOnlyList<Parameter> Parameters) ParseSignature(string text)
    {
        var parser = new Parser(text);
        string name = parser._tokens.ExpectName();
        parser._tokens.Expect("(");
        var parameters = parser._expressions.ParseParameters(")");
        parser._tokens.Expect(")");
        return (name, parameters);
    }

    void ParseInto(List<Statement> statements)
    {
        if (_tokens.SeesAny(["def", "class", "for", "while", "if"]))
            statements.Add(ParseCompound(_tokens.Take().Text));
        else
            ParseLine(statements);
    }

    // Simple statements separated by semicolons, up to the end of the line.
    void ParseLine(List<Statement> statements)
    {
        do
        {
            if (_tokens.Current.Kind == TokenKind.NewLine)
                break;
            if (_tokens.SeesAny(["import", "from"]))
                while (_tokens.Current.Kind != TokenKind.NewLine && !_tokens.Sees(";")) _tokens.Take();
            else
                statements.Add(ParseSimple());
        }
        while (_tokens.Accept(";"));
        _tokens.Expect(TokenKind.NewLine);
    }

    Statement ParseSimple()
    {
        if (_tokens.SeesAny(["pass", "break", "continue"]))
            return new Jump(_tokens.Take().Text);
        if (_tokens.Accept("return"))
            return new Return(_tokens.Current.Kind == TokenKind.NewLine || _tokens.Sees(";") ? null : _expressions.ParseList());

        var value = _expressions.ParseList();
        if (_tokens.Current.Kind == TokenKind.Symbol && _tokens.Current.Text is [.. var symbol, '='] && symbol is not ("" or "=" or "<" or ">" or "!"))
        {
            _tokens.Take();
            return new AugmentedAssignment(value, symbol, _expressions.ParseList());
        }
        var targets = new List<Expression>();
        while (_tokens.Accept("="))
        {
            targets.Add(value);
            value = _expressions.ParseList();
        }
        return targets.Count == 0 ? new ExpressionStatement(value) : new Assignment(targets, value);
    }

    Statement ParseCompound(string keyword) => keyword switch
    {
        "def" => ParseFunction(),
        "class" => ParseClass(),
        "for" => ParseFor(),
        "while" => new While(_expressions.Parse(), ParseBlock()),
        _ => ParseIf(),
    };

    FunctionDefinition ParseFunction()
    {
        string name = _tokens.ExpectName();
        _tokens.Expect("(");
        var parameters = _expressions.ParseParameters(")");
        _tokens.Expect(")");
        return new FunctionDefinition(name, parameters, ParseBlock());
    }

    ClassDefinition ParseClass()
    {
        string name = _tokens.ExpectName();
        Expression? parent = null;
        if (_tokens.Accept("(") && !_tokens.Accept(")"))
        {
            parent = _expressions.Parse();
            _tokens.Expect(")");
        }
        return new ClassDefinition(name, parent, ParseBlock());
    }

    For ParseFor()
    {
        var target = _expressions.ParseTarget();
        _tokens.Expect("in");
        return new For(target, _expressions.ParseList(), ParseBlock());
    }

    If ParseIf()
    {
        var test = _expressions.Parse();
        var then = ParseBlock();
        if (_tokens.Accept("elif"))
            return new If(test, then, [ParseIf()]);
        return new If(test, then, _tokens.Accept("else") ? ParseBlock() : []);
    }

    List<Statement> ParseBlock()
    {
        var statements = new List<Statement>();
        _tokens.Expect(":");
        if (!_tokens.Accept(TokenKind.NewLine))
        {
            ParseLine(statements);
            return statements;
        }
        _tokens.Expect(TokenKind.Indent);
        while (!_tokens.Accept(TokenKind.Dedent))
            ParseInto(statements);
        return statements;
    }
}
