using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace DeepSym;

/// <summary>
/// The size of an axis: an integer polynomial over atoms (a name, the size of an input's axis, the value of a scalar expression),
/// kept in canonical form, so that equal sizes are equal objects whenever algebra can tell.
/// </summary>
public sealed class Dim : IEquatable<Dim>
{
    // One product of atoms (sorted, with repetition) and its coefficient, never zero.
    sealed record Term(EquatableArray<DimAtom> Atoms, long Coefficient)
    {
        public string Key { get; } = Atoms is [var atom] ? atom.Key : string.Join('*', Atoms.Select(a => a.Key));
    }

    readonly ImmutableArray<Term> _terms;   // sorted by Key, without the constant
    readonly int _hash;

    Dim(long constant, ImmutableArray<Term> terms)
    {
        Constant = constant;
        _terms = terms;
        var hash = new HashCode();
        hash.Add(constant);
        foreach (var term in terms) hash.Add(term);
        _hash = hash.ToHashCode();
    }

    /// <summary>The size zero.</summary>
    public static Dim Zero { get; } = new(0, []);

    /// <summary>The size one: the only one that broadcasts.</summary>
    public static Dim One { get; } = new(1, []);

    /// <summary>The part of the polynomial that depends on no atom.</summary>
    public long Constant { get; }

    /// <summary>Whether the size is a known integer.</summary>
    public bool IsStatic => _terms.IsEmpty;

    /// <summary>Whether the size is the known integer 1.</summary>
    public bool IsOne => IsStatic && Constant == 1;

    /// <summary>The size of an axis called <paramref name="name"/>; equal names are equal sizes.</summary>
    public static Dim Named(string name) => Of(new NamedDim(name));

    /// <summary>The size that <paramref name="atom"/> stands for.</summary>
    public static Dim Of(DimAtom atom) => new(0, [new Term([atom], 1)]);

    /// <summary>The atoms that the size depends on directly.</summary>
    public IEnumerable<DimAtom> Atoms => _terms.SelectMany(term => term.Atoms).Distinct();

    /// <summary>The products of atoms, without the constant.</summary>
    internal IEnumerable<(EquatableArray<DimAtom> Atoms, long Coefficient)> Products => _terms.Select(term => (term.Atoms, term.Coefficient));

    /// <summary>The atom that the size is, if it is one and nothing else.</summary>
    internal DimAtom? SingleAtom => Constant == 0 && _terms is [{ Coefficient: 1, Atoms: [var atom] }] ? atom : null;

    /// <summary>The integer, or an exception that names <paramref name="what"/>.</summary>
    public int ToStatic(string what) =>
        IsStatic ? checked((int)Constant) : throw new ShapeException($"{what} must be a known integer here, and is {this}.");

    /// <summary>The value when each atom has the value that <paramref name="atom"/> gives.</summary>
    public long Evaluate(Func<DimAtom, long> atom)
    {
        ArgumentNullException.ThrowIfNull(atom);
        var sum = Constant;
        foreach (var term in _terms)
        {
            var product = term.Coefficient;
            foreach (var factor in term.Atoms) product = checked(product * factor.Evaluate(atom));
            sum = checked(sum + product);
        }
        return sum;
    }

    /// <summary>The size in which every atom is replaced by what <paramref name="replace"/> gives for it.</summary>
    public Dim Substitute(Func<DimAtom, Dim> replace)
    {
        ArgumentNullException.ThrowIfNull(replace);
        Dim sum = Constant;
        foreach (var term in _terms)
            sum += term.Atoms.Aggregate((Dim)term.Coefficient, (product, factor) => product * replace(factor));
        return sum;
    }

    /// <summary>A known integer.</summary>
    public static implicit operator Dim(int value) => (Dim)(long)value;

    /// <summary>A known integer.</summary>
    public static implicit operator Dim(long value) => value switch { 0 => Zero, 1 => One, _ => new(value, []) };

    /// <summary>A named size.</summary>
    public static implicit operator Dim(string name) => Named(name);

    /// <summary>The sum of two sizes.</summary>
    public static Dim operator +(Dim left, Dim right) => left.IsStatic && right.IsStatic
        ? left.Constant + right.Constant
        : Collect(left.Constant + right.Constant, [.. left._terms, .. right._terms]);

    /// <summary>The difference of two sizes.</summary>
    public static Dim operator -(Dim left, Dim right) => left + -1 * right;

    /// <summary>The product of two sizes.</summary>
    public static Dim operator *(Dim left, Dim right)
    {
        if (left.IsStatic && right.IsStatic) return checked(left.Constant * right.Constant);
        var terms = new List<Term>();
        foreach (var a in left._terms)
        {
            if (right.Constant != 0) terms.Add(a with { Coefficient = a.Coefficient * right.Constant });
            foreach (var b in right._terms)
                terms.Add(new Term(a.Atoms.Concat(b.Atoms).Order().ToEquatable(), a.Coefficient * b.Coefficient));
        }
        if (left.Constant != 0)
            terms.AddRange(right._terms.Select(b => b with { Coefficient = b.Coefficient * left.Constant }));
        return Collect(left.Constant * right.Constant, terms);
    }

    /// <summary>The largest integer that is at most <c>left / right</c>.</summary>
    public static Dim operator /(Dim left, Dim right)
    {
        if (left.IsStatic && right.IsStatic && right.Constant != 0) return DimFunction.FloorDivide(left.Constant, right.Constant);
        if (right.IsOne) return left;
        if (right.IsStatic && right.Constant > 1 && left._terms.All(t => t.Coefficient % right.Constant == 0))
            return Collect(DimFunction.FloorDivide(left.Constant, right.Constant),
                [.. left._terms.Select(t => t with { Coefficient = t.Coefficient / right.Constant })]);
        return left.Quotient(right) ?? Of(new DimFunction(DimFunctionKind.FloorDivide, left, right));
    }

    // The exact quotient by a single product of atoms, or null.
    Dim? Quotient(Dim divisor)
    {
        if (Equals(divisor)) return One;
        if (divisor._terms.Length != 1 || divisor.Constant != 0 || Constant != 0) return null;
        var by = divisor._terms[0];
        var terms = new List<Term>();
        foreach (var term in _terms)
        {
            var rest = term.Atoms.ToList();
            if (term.Coefficient % by.Coefficient != 0 || !by.Atoms.All(rest.Remove)) return null;
            terms.Add(new Term(rest.ToEquatable(), term.Coefficient / by.Coefficient));
        }
        return Collect(0, terms);
    }

    /// <summary>The smaller of two sizes.</summary>
    public static Dim Min(Dim left, Dim right) => (left - right) is { IsStatic: true, Constant: var d }
        ? (d <= 0 ? left : right)
        : left is { IsStatic: true, Constant: <= 0 } && right.IsNonNegative ? left
        : right is { IsStatic: true, Constant: <= 0 } && left.IsNonNegative ? right
        : (left - right).IsNonNegative ? right : (right - left).IsNonNegative ? left
        : Of(new DimFunction(DimFunctionKind.Min, left, right));

    /// <summary>The larger of two sizes.</summary>
    public static Dim Max(Dim left, Dim right)
    {
        if ((left - right) is { IsStatic: true, Constant: var d }) return d >= 0 ? left : right;
        if ((left - right).IsNonNegative) return left;
        if ((right - left).IsNonNegative) return right;
        // max(max(a, 0) - c, 0) = max(a - c, 0) for c >= 0: a chain of slices stays flat.
        if (right is { IsStatic: true, Constant: 0 } && left._terms is [{ Coefficient: 1, Atoms: [DimFunction { Kind: DimFunctionKind.Max } inner] }]
            && left.Constant <= 0 && inner.Right is { IsStatic: true, Constant: 0 })
            return Max(inner.Left + left.Constant, right);
        return Of(new DimFunction(DimFunctionKind.Max, left, right));
    }

    /// <summary>Whether no value of the atoms can make the size negative: sizes of axes are never negative.</summary>
    public bool IsNonNegative => Constant >= 0 && _terms.All(t => t.Coefficient > 0 && t.Atoms.All(a => a.IsNonNegative));

    // Terms of the same atoms become one; those without atoms are part of the constant.
    static Dim Collect(long constant, List<Term> terms)
    {
        terms.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
        var kept = new List<Term>(terms.Count);
        foreach (var term in terms)
        {
            if (term.Atoms.Count == 0) constant += term.Coefficient;
            else if (kept.Count > 0 && kept[^1].Key == term.Key) kept[^1] = term with { Coefficient = kept[^1].Coefficient + term.Coefficient };
            else kept.Add(term);
        }
        kept.RemoveAll(term => term.Coefficient == 0);
        return kept.Count == 0 ? constant : new Dim(constant, [.. kept]);
    }

    /// <inheritdoc/>
    public bool Equals(Dim? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && Constant == other.Constant && _terms.SequenceEqual(other._terms));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Dim);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>Equality as polynomials.</summary>
    public static bool operator ==(Dim? left, Dim? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Inequality as polynomials.</summary>
    public static bool operator !=(Dim? left, Dim? right) => !(left == right);

    /// <summary>The polynomial in the usual notation, for example <c>2*batch + 1</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (atoms, coefficient) in _terms)
        {
            text.Append(text.Length == 0 ? (coefficient < 0 ? "-" : "") : coefficient < 0 ? " - " : " + ");
            if (Math.Abs(coefficient) != 1) text.Append(Math.Abs(coefficient)).Append('*');
            text.AppendJoin('*', atoms);
        }
        if (text.Length == 0) return Constant.ToString(CultureInfo.InvariantCulture);
        if (Constant != 0) text.Append(Constant < 0 ? " - " : " + ").Append(Math.Abs(Constant));
        return text.ToString();
    }
}
