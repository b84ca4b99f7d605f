namespace DeepSym.Pictures;

/// <summary>A graph as boxes and arrows, before it is written in one of the languages for pictures.</summary>
sealed class Drawing(string title)
{
    readonly Dictionary<object, Box> _boxOf = new(ReferenceEqualityComparer.Instance);

    /// <summary>What is drawn.</summary>
    public string Title { get; } = title;

    public List<Box> Boxes { get; } = [];

    public List<(Box From, Box To, string Label)> Arrows { get; } = [];

    /// <summary>What the steps are called to which boxes belong; their numbers are the groups of boxes.</summary>
    public List<string> Steps { get; init; } = [];

    /// <summary>The box of a thing; a new one when there is none yet.</summary>
    public Box Box(object of, BoxKind kind, string label)
    {
        if (_boxOf.TryGetValue(of, out var known)) return known;
        var box = new Box(Boxes.Count, kind, label);
        Boxes.Add(box);
        return _boxOf[of] = box;
    }

    public void Arrow(Box from, Box to, string label = "") => Arrows.Add((from, to, label));

    /// <summary>This drawing, and those within its boxes, each once.</summary>
    public IEnumerable<Drawing> All()
    {
        var pending = new Stack<Drawing>([this]);
        while (pending.TryPop(out var drawing))
        {
            yield return drawing;
            foreach (var inner in drawing.Boxes.SelectMany(box => box.Inner).Reverse()) pending.Push(inner);
        }
    }
}

/// <summary>One box: what it shows, and what there is to know of it.</summary>
sealed class Box(int number, BoxKind kind, string label)
{
    public int Number { get; } = number;

    public BoxKind Kind { get; } = kind;

    /// <summary>What it shows, in lines.</summary>
    public string Label { get; } = label;

    /// <summary>The step that it belongs to; -1: none.</summary>
    public int Step { get; set; } = -1;

    /// <summary>Its part of the time, from 0 to 1, where that was measured.</summary>
    public double Share { get; set; }

    /// <summary>What there is to know, by name.</summary>
    public List<(string Name, string Value)> Facts { get; } = [];

    /// <summary>The bodies of a loop or branch.</summary>
    public List<Drawing> Inner { get; } = [];
}

enum BoxKind
{
    /// <summary>An argument of a function, or any variable.</summary>
    Input,

    Shared,

    Constant,

    Op,

    /// <summary>A step of a schedule.</summary>
    Step,

    /// <summary>What a call returns.</summary>
    Output,

    /// <summary>The new value of a shared variable.</summary>
    Update,
}
