namespace DeepSym.Training;

/// <summary>
/// Draws 28 x 28 grey images of digits as a hand would: a way of writing each digit, shaken, turned, sheared and stretched,
/// then followed by a pen of some width, with noise. For programs that must run where the real digits cannot be had.
/// </summary>
public static class SyntheticDigits
{
    private const int Side = 28;
    private const int Steps = 5; // line segments between two points of a smooth stroke

    /// <summary>Draws <paramref name="count"/> digits; image i depends only on the seed and on i, whatever the machine and the number of
    /// threads.</summary>
    public static LabelledImages Generate(int count, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var pixels = new byte[checked(count * Side * Side)];
        var labels = new byte[count];
        Parallel.For(0, count, () => new float[Side * Side], (i, _, distances) =>
        {
            var random = new Random64(seed, i);
            labels[i] = (byte)random.Below(10);
            var ways = DigitStrokes.Ways[labels[i]];
            distances.AsSpan().Fill(float.MaxValue);
            Draw(ways[random.Below(ways.Length)], ref random, distances);
            Ink(distances, ref random, pixels.AsSpan(i * Side * Side, Side * Side));
            return distances;
        }, _ => { });
        return new(pixels, labels, Side, Side);
    }

    // Fills in the squared distance of each pixel to the nearest stroke, as far as a pen reaches.
    private static void Draw(DigitStrokes.Stroke[] way, ref Random64 random, float[] distances)
    {
        var hand = Placement.Draw(ref random);
        Span<float> points = stackalloc float[64];
        foreach (var stroke in way)
        {
            var count = stroke.Points.Length / 2;
            for (var p = 0; p < count; p++)
            {
                var x = stroke.Points[2 * p] + random.Between(-.045f, .045f);
                var y = stroke.Points[(2 * p) + 1] + random.Between(-.045f, .045f);
                (points[2 * p], points[(2 * p) + 1]) = hand.Place(x, y);
            }
            for (var p = 0; p + 1 < count; p++)
            {
                var (fromX, fromY) = (points[2 * p], points[(2 * p) + 1]);
                var steps = stroke.Smooth ? Steps : 1;
                for (var s = 1; s <= steps; s++)
                {
                    var t = s / (float)steps;
                    var x = Between(points, p, count, t, 0, stroke.Smooth);
                    var y = Between(points, p, count, t, 1, stroke.Smooth);
                    Segment(fromX, fromY, x, y, distances);
                    (fromX, fromY) = (x, y);
                }
            }
        }
    }

    // A Catmull-Rom spline, or a straight line, from point p to the next; its ends are doubled.
    private static float Between(ReadOnlySpan<float> points, int p, int count, float t, int axis, bool smooth)
    {
        var b = points[(2 * p) + axis];
        var c = points[(2 * p) + 2 + axis];
        if (!smooth) return b + (t * (c - b));
        var a = points[(2 * Math.Max(p - 1, 0)) + axis];
        var d = points[(2 * Math.Min(p + 2, count - 1)) + axis];
        return b + (.5f * t * (c - a + (t * ((2 * a) - (5 * b) + (4 * c) - d + (t * ((3 * (b - c)) + d - a))))));
    }

    private static void Segment(float x0, float y0, float x1, float y1, float[] distances)
    {
        const float Reach = 2.8f; // the widest pen and its soft edge
        var left = (int)Math.Max(Math.Min(x0, x1) - Reach, 0);
        var right = (int)Math.Min(Math.Max(x0, x1) + Reach, Side - 1);
        var top = (int)Math.Max(Math.Min(y0, y1) - Reach, 0);
        var bottom = (int)Math.Min(Math.Max(y0, y1) + Reach, Side - 1);
        var (dx, dy) = (x1 - x0, y1 - y0);
        var scale = 1 / Math.Max((dx * dx) + (dy * dy), 1e-6f);
        for (var y = top; y <= bottom; y++)
        for (var x = left; x <= right; x++)
        {
            var along = Math.Clamp((((x - x0) * dx) + ((y - y0) * dy)) * scale, 0, 1);
            var (ex, ey) = (x - x0 - (along * dx), y - y0 - (along * dy));
            ref var nearest = ref distances[(y * Side) + x];
            nearest = Math.Min(nearest, (ex * ex) + (ey * ey));
        }
    }

    private static void Ink(float[] distances, ref Random64 random, Span<byte> image)
    {
        var pen = random.Between(.6f, 1.9f);
        var soft = random.Between(.7f, 1.2f);
        var strength = random.Between(190, 270);
        var noise = random.Between(0, 30);
        for (var i = 0; i < image.Length; i++)
        {
            var cover = Math.Clamp(((pen - MathF.Sqrt(distances[i])) / soft) + .5f, 0, 1);
            image[i] = (byte)Math.Clamp((strength * cover) + (noise * random.Between(-1, 1)), 0, 255);
        }
    }

    // Where the unit square of a digit comes to lie: turned, sheared, stretched and moved.
    private readonly record struct Placement(float XX, float XY, float YX, float YY, float X, float Y)
    {
        public static Placement Draw(ref Random64 random)
        {
            var height = random.Between(15, 21);
            var width = height * random.Between(.65f, 1.05f);
            var shear = random.Between(-.30f, .35f);
            var half = random.Between(-.12f, .12f); // tan of half the angle: sine and cosine without a library's rounding
            var (cos, sin) = ((1 - (half * half)) / (1 + (half * half)), 2 * half / (1 + (half * half)));
            return new(
                cos * width, -((cos * shear) + sin) * height, sin * width, (cos - (sin * shear)) * height,
                13.5f + random.Between(-2, 2), 13.5f + random.Between(-2, 2));
        }

        public (float X, float Y) Place(float x, float y)
        {
            var (u, v) = (x - .5f, y - .5f);
            return (X + (XX * u) + (XY * v), Y + (YX * u) + (YY * v));
        }
    }

    // SplitMix64 (Steele, Lea, Flood 2014), begun anew for each image.
    private struct Random64(int seed, int index)
    {
        private ulong state = Mix(((ulong)(uint)seed << 32) | (uint)index);

        public int Below(int limit) => (int)(Next() % (ulong)limit);

        public float Between(float low, float high) => low + ((high - low) * ((Next() >> 40) * (1f / (1 << 24))));

        private ulong Next() => Mix(state += 0x9E3779B97F4A7C15);

        private static ulong Mix(ulong z)
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
