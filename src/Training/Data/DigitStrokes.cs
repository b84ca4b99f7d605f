namespace DeepSym.Training;

/// <summary>
/// How a hand may write the digits 0 to 9: for each digit some ways, each a few strokes of a pen, each stroke a row of points
/// in a unit square with y downwards. A stroke is smooth through its points or straight between them.
/// </summary>
internal static class DigitStrokes
{
    internal readonly record struct Stroke(bool Smooth, float[] Points);

    /// <summary>Ways[digit][way] is a list of strokes.</summary>
    public static readonly Stroke[][][] Ways =
    [
        [
            [Curve(.50f, 0, .22f, .18f, .17f, .50f, .25f, .82f, .50f, 1, .77f, .80f, .83f, .50f, .76f, .18f, .50f, 0)],
            [Curve(.62f, .03f, .34f, .08f, .20f, .40f, .22f, .78f, .48f, 1, .74f, .84f, .80f, .42f, .66f, .08f, .46f, .05f)],
        ],
        [
            [Line(.50f, 0, .50f, 1)],
            [Line(.30f, .22f, .54f, 0, .54f, 1)],
            [Line(.30f, .20f, .52f, 0, .52f, 1), Line(.28f, 1, .76f, 1)],
        ],
        [
            [Curve(.20f, .24f, .30f, .06f, .54f, 0, .77f, .18f, .70f, .45f, .46f, .72f, .20f, 1), Line(.20f, 1, .84f, 1)],
            [Curve(.20f, .20f, .46f, 0, .75f, .16f, .66f, .52f, .40f, .86f, .22f, .95f, .20f, .82f, .36f, .80f, .60f, .93f, .86f, .94f)],
        ],
        [
            [Curve(.20f, .12f, .50f, 0, .76f, .18f, .66f, .40f, .42f, .48f),
             Curve(.42f, .48f, .70f, .55f, .82f, .76f, .62f, .98f, .36f, 1, .16f, .86f)],
            [Line(.20f, .02f, .76f, .02f, .45f, .42f), Curve(.45f, .42f, .74f, .52f, .80f, .78f, .55f, 1, .18f, .90f)],
        ],
        [
            [Line(.30f, 0, .18f, .56f, .84f, .56f), Line(.70f, .10f, .64f, 1)],
            [Line(.66f, 1, .66f, 0, .16f, .66f, .88f, .66f)],
            [Curve(.24f, .06f, .20f, .32f, .28f, .50f, .50f, .54f, .72f, .46f), Line(.76f, 0, .70f, 1)],
        ],
        [
            [Line(.78f, .02f, .30f, .02f, .26f, .42f), Curve(.26f, .42f, .50f, .36f, .78f, .52f, .78f, .78f, .54f, 1, .20f, .90f)],
            [Line(.84f, .05f, .36f, .05f), Curve(.36f, .05f, .30f, .36f, .56f, .44f, .74f, .64f, .66f, .90f, .40f, 1, .18f, .92f)],
        ],
        [
            [Curve(.70f, .02f, .40f, .22f, .22f, .56f, .25f, .85f, .50f, 1, .76f, .84f, .72f, .60f, .50f, .52f, .25f, .70f)],
            [Curve(.46f, 0, .28f, .36f, .22f, .70f, .36f, .97f, .62f, .97f, .76f, .76f, .60f, .58f, .38f, .64f, .26f, .82f)],
        ],
        [
            [Line(.18f, .03f, .80f, .03f, .42f, 1)],
            [Line(.18f, .04f, .80f, .04f), Curve(.80f, .04f, .62f, .36f, .50f, .66f, .44f, 1)],
            [Line(.18f, .03f, .82f, .03f, .40f, 1), Line(.32f, .50f, .76f, .50f)],
        ],
        [
            [Curve(.50f, .46f, .26f, .32f, .28f, .08f, .50f, 0, .72f, .08f, .74f, .32f, .50f, .46f,
                   .22f, .62f, .22f, .88f, .50f, 1, .78f, .88f, .78f, .62f, .50f, .46f)],
            [Curve(.76f, .12f, .50f, 0, .26f, .14f, .36f, .38f, .66f, .60f, .76f, .84f, .50f, 1, .24f, .86f, .32f, .62f, .66f, .36f, .76f, .12f)],
        ],
        [
            [Curve(.74f, .28f, .52f, .48f, .25f, .34f, .30f, .08f, .55f, 0, .76f, .18f), Line(.77f, .14f, .70f, 1)],
            [Curve(.74f, .26f, .54f, .48f, .26f, .36f, .28f, .10f, .54f, 0, .76f, .16f, .78f, .56f, .66f, .90f, .32f, .98f)],
        ],
    ];

    private static Stroke Curve(params float[] points) => new(Smooth: true, points);

    private static Stroke Line(params float[] points) => new(Smooth: false, points);
}
