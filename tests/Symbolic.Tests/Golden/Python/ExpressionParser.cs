namespace DeepSym.Tests.Golden.Python;

/// <summary>Reads one expression by recursive descent, in Python's order of precedence.</summary>
internal sealed class ExpressionParser(TokenStream tokens)
{
    static readonly string[] Comparisons = ["<", ">", "<=", ">=", "==", "!=", "in", "is", "not"];

    // From loose to tight; the operators of one row associate to the left.
    static readonly string[][] BinaryLevels = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "//", "%", "@"]];

    static readonly string[] Keywords =
        ["and", "or", "not", "if", "else", "for", "in", "is", "lambda", "def", "class", "return", "while", "import", "from", "pass", "break", "continue"];

    /// <summary>One expression, or several with commas between them: a tuple.</summary>
    public Expression ParseList()
    {
        var first = ParseStarred();
        return tokens.Sees(",") ? new TupleDisplay(More(first)) : first;
    }

    /// <summary>What stands to the left of <c>in</c> in a <c>for</c>.</summary>
    public Expression ParseTarget()
    {
        var first = ParseBinary(0);
        if (!tokens.Sees(","))
            return first;
        var items = new List<Expression> { first };
        while (tokens.Accept(",") && !tokens.Sees("in"))
            items.Add(ParseBinary(0));
        return new TupleDisplay(items);
    }

    public Expression Parse()
    {
        if (tokens.Accept("lambda"))
        {
            var parameters = ParseParameters(":");
            tokens.Expect(":");
            return new Lambda(parameters, Parse());
        }
        var value = ParseOr();
        if (!tokens.Accept("if"))
            return value;
        var test = ParseOr();
        tokens.Expect("else");
        return new Conditional(test, value, Parse());
    }

    public IReadOnlyList<Parameter> ParseParameters(string end)
    {
        var parameters = new List<Parameter>();
        while (!tokens.Sees(end))
        {
            int stars = tokens.Accept("**") ? 2 : tokens.Accept("*") ? 1 : 0;
            string name = tokens.ExpectName();
            parameters.Add(new Parameter(name, tokens.Accept("=") ? Parse() : null, stars));
            if (!tokens.Accept(","))
                break;
        }
        return parameters;
    }

    Expression ParseStarred() => tokens.Accept("*") ? new Starred(ParseBinary(0)) : Parse();

    List<Expression> More(Expression first)
    {
        var items = new List<Expression> { first };
        while (tokens.Accept(",") && StartsExpression())
            items.Add(ParseStarred());
        return items;
    }

    bool StartsExpression() => tokens.Current.Kind switch
    {
        TokenKind.Number or TokenKind.Text => true,
        TokenKind.Name => tokens.SeesAny(["not", "lambda"]) || !tokens.SeesAny(Keywords),
        TokenKind.Symbol => tokens.SeesAny(["(", "[", "{", "-", "+", "~", "*", "..."]),
        _ => false,
    };

    Expression ParseOr()
    {
        var left = ParseAnd();
        while (tokens.Accept("or"))
            left = new Logical(false, left, ParseAnd());
        return left;
    }

    Expression ParseAnd()
    {
        var left = ParseNot();
        while (tokens.Accept("and"))
            left = new Logical(true, left, ParseNot());
        return left;
    }

    Expression ParseNot() => tokens.Accept("not") ? new Unary("not", ParseNot()) : ParseComparison();

    Expression ParseComparison()
    {
        var first = ParseBinary(0);
        var rest = new List<(string, Expression)>();
        while (tokens.SeesAny(Comparisons))
        {
            string symbol = tokens.Take().Text;
            if (symbol == "not")
            {
                tokens.Expect("in");
                symbol = "not in";
            }
            else if (symbol == "is" && tokens.Accept("not"))
                symbol = "is not";
            rest.Add((symbol, ParseBinary(0)));
        }
        return rest.Count == 0 ? first : new Comparison(first, rest);
    }

    Expression ParseBinary(int level)
    {
        if (level == BinaryLevels.Length)
            return ParseUnary();
        var left = ParseBinary(level + 1);
        while (tokens.SeesAny(BinaryLevels[level]))
            left = new Binary(tokens.Take().Text, left, ParseBinary(level + 1));
        return left;
    }

    Expression ParseUnary() => tokens.SeesAny(["-", "+", "~"]) ? new Unary(tokens.Take().Text, ParseUnary()) : ParsePower();

    Expression ParsePower()
    {
        var root = ParsePostfix();
        return tokens.Accept("**") ? new Binary("**", root, ParseUnary()) : root;
    }

    Expression ParsePostfix()
    {
        var value = ParseAtom();
        while (true)
        {
            if (tokens.Accept("."))
                value = new Member(value, tokens.ExpectName());
            else if (tokens.Accept("("))
                value = new Call(value, ParseArguments());
            else if (tokens.Accept("["))
                value = new Subscript(value, ParseIndex());
            else
                return value;
        }
    }

    List<Argument> ParseArguments()
    {
        var arguments = new List<Argument>();
        while (!tokens.Accept(")"))
        {
            if (tokens.SeesAny(["*", "**"]))
                arguments.Add(new Argument(tokens.Take().Text, Parse()));
            else if (tokens.SeesName && tokens.Follows("="))
            {
                string name = tokens.ExpectName();
                tokens.Expect("=");
                arguments.Add(new Argument(name, Parse()));
            }
            else
                arguments.Add(new Argument(null, WithComprehension(Parse())));
            if (!tokens.Accept(",") && !tokens.Sees(")"))
                throw tokens.Unexpected("',' or ')'");
        }
        return arguments;
    }

    Expression ParseIndex()
    {
        var first = ParseSlice();
        if (!tokens.Sees(","))
        {
            tokens.Expect("]");
            return first;
        }
        var items = new List<Expression> { first };
        while (tokens.Accept(",") && !tokens.Sees("]"))
            items.Add(ParseSlice());
        tokens.Expect("]");
        return new TupleDisplay(items);
    }

    Expression ParseSlice()
    {
        var start = tokens.Sees(":") ? null : Parse();
        if (!tokens.Accept(":"))
            return start!;
        var stop = tokens.SeesAny([":", ",", "]"]) ? null : Parse();
        var step = tokens.Accept(":") && !tokens.SeesAny([",", "]"]) ? Parse() : null;
        return new SliceRange(start, stop, step);
    }

    Expression ParseAtom()
    {
        var token = tokens.Take();
        return (token.Kind, token.Text) switch
        {
            (TokenKind.Number, _) => new Literal(token.Value),
            (TokenKind.Text, _) => new Literal(token.Value),
            (TokenKind.Name, "None") => new Literal(null),
            (TokenKind.Name, "True") => new Literal(true),
            (TokenKind.Name, "False") => new Literal(false),
            (TokenKind.Name, var name) when !Keywords.Contains(name) => new Name(name),
            (TokenKind.Symbol, "...") => new Literal(PythonEllipsis.Value),
            (TokenKind.Symbol, "(") => ParseParenthesis(),
            (TokenKind.Symbol, "[") => ParseListDisplay(),
            (TokenKind.Symbol, "{") => ParseDictDisplay(),
            _ => throw new PythonException($"line {token.Line}: an expression expected, found {token.Kind} '{token.Text}'"),
        };
    }

    Expression ParseParenthesis()
    {
        if (tokens.Accept(")"))
            return new TupleDisplay([]);
        var first = WithComprehension(ParseStarred());
        var value = tokens.Sees(",") ? new TupleDisplay(More(first)) : first;
        tokens.Expect(")");
        return value;
    }

    Expression ParseListDisplay()
    {
        if (tokens.Accept("]"))
            return new ListDisplay([]);
        var first = WithComprehension(ParseStarred());
        var value = first is Comprehension ? first : new ListDisplay(More(first));
        tokens.Expect("]");
        return value;
    }

    DictDisplay ParseDictDisplay()
    {
        var items = new List<(Expression, Expression)>();
        while (!tokens.Accept("}"))
        {
            var key = Parse();
            tokens.Expect(":");
            items.Add((key, Parse()));
            if (!tokens.Accept(",") && !tokens.Sees("}"))
                throw tokens.Unexpected("',' or '}'");
        }
        return new DictDisplay(items);
    }

    Expression WithComprehension(Expression element)
    {
        var clauses = new List<ComprehensionClause>();
        while (tokens.Accept("for"))
        {
            var target = ParseTarget();
            tokens.Expect("in");
            var source = ParseOr();
            var conditions = new List<Expression>();
            while (tokens.Accept("if"))
                conditions.Add(ParseOr());
            clauses.Add(new ComprehensionClause(target, source, conditions));
        }
        return clauses.Count == 0 ? element : new Comprehension(element, clauses);
    }
}
