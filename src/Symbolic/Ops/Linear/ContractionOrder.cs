using System.Numerics;

namespace DeepSym;

/// <summary>
/// In which order several tensors are best contracted, two at a time: the cost of a pair is the number of products, the sizes of all its labels multiplied.
/// The best order by dynamic programming over subsets up to ten operands; beyond, always the pair that is cheapest then.
/// </summary>
static class ContractionOrder
{
    const int MaxExact = 10, MaxLabels = 64;

    /// <summary>Pairs of numbers: the operands are 0, 1, ..., and what the first pair gives is the next number, and so on.</summary>
    public static IReadOnlyList<(int Left, int Right)> Of(int[][] labels, IReadOnlySet<int> output, Func<int, double> size) =>
        labels.Length <= MaxExact && labels.SelectMany(l => l).Distinct().Count() <= MaxLabels ? Exact(labels, output, size) : Greedy(labels, output, size);

    static List<(int, int)> Exact(int[][] labels, IReadOnlySet<int> output, Func<int, double> size)
    {
        int[] letters = [.. labels.SelectMany(l => l).Distinct()];
        double[] sizes = [.. letters.Select(size)];
        ulong[] own = [.. labels.Select(l => Bits(l))];
        var result = Bits(letters.Where(output.Contains));
        var all = (1 << labels.Length) - 1;
        var kept = new ulong[all + 1];                       // of the product of a set of operands, the labels that are still needed
        var best = new (double Cost, int Split)[all + 1];
        for (var set = 1; set <= all; set++)
        {
            kept[set] = In(set) & (result | In(all ^ set));
            if (BitOperations.IsPow2(set)) continue;
            best[set].Cost = double.PositiveInfinity;
            for (var left = (set - 1) & set; left > (set ^ left); left = (left - 1) & set)   // each split once
            {
                var right = set ^ left;
                var cost = best[left].Cost + best[right].Cost + Products(kept[left] | kept[right]);
                if (cost < best[set].Cost) best[set] = (cost, left);
            }
        }
        var order = new List<(int, int)>();
        Emit(all);
        return order;

        ulong Bits(IEnumerable<int> some) => some.Aggregate(0UL, (bits, label) => bits | 1UL << Array.IndexOf(letters, label));

        ulong In(int set)
        {
            var bits = 0UL;
            for (var i = 0; i < own.Length; i++)
                if ((set >> i & 1) == 1) bits |= own[i];
            return bits;
        }

        double Products(ulong bits)
        {
            var product = 1.0;
            for (; bits != 0; bits &= bits - 1) product *= sizes[BitOperations.TrailingZeroCount(bits)];
            return product;
        }

        int Emit(int set)   // at most ten deep
        {
            if (BitOperations.IsPow2(set)) return BitOperations.TrailingZeroCount(set);
            var split = best[set].Split;
            var first = (split & set & -set) != 0 ? split : set ^ split;   // the part with the first operand stays left
            order.Add((Emit(first), Emit(set ^ first)));
            return labels.Length + order.Count - 1;
        }
    }

    static List<(int, int)> Greedy(int[][] labels, IReadOnlySet<int> output, Func<int, double> size)
    {
        var open = labels.Select((l, i) => (Number: i, Labels: l)).ToList();
        var order = new List<(int, int)>();
        while (open.Count > 1)
        {
            var (cost, left, right) = (double.PositiveInfinity, 0, 0);
            for (var i = 0; i < open.Count; i++)
                for (var j = i + 1; j < open.Count; j++)
                    if (open[i].Labels.Union(open[j].Labels).Aggregate(1.0, (product, label) => product * size(label)) is var own && own < cost) (cost, left, right) = (own, i, j);
            order.Add((open[left].Number, open[right].Number));
            var both = open[left].Labels.Union(open[right].Labels);
            open.RemoveAt(right);
            open.RemoveAt(left);
            open.Add((labels.Length + order.Count - 1, [.. both.Where(label => output.Contains(label) || open.Any(o => o.Labels.Contains(label)))]));
        }
        return order;
    }
}
