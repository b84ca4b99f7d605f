using System.Globalization;
using DeepSym.Backends.Cpu;
using DeepSym.Kernels;

namespace DeepSym.Pictures;

/// <summary>Draws what a function runs: the rewritten graph with the step that computes each node, and the steps themselves with the buffers between them.</summary>
static class StepDrawing
{
    /// <summary>The rewritten graph.</summary>
    public static Drawing Nodes(CpuProgram program)
    {
        var steps = program.Schedule.Steps;
        var (stepOf, bufferOf) = (new Dictionary<Expr, int>(), new Dictionary<Expr, Kernels.Buffer>());
        for (var i = steps.Length - 1; i >= 0; i--)
        {
            var read = steps[i].Reads.Where(buffer => !steps[i].Writes.Contains(buffer)).Select(buffer => buffer.Value).ToHashSet();
            foreach (var node in Traversal.Topological(steps[i].Writes.Select(buffer => buffer.Value!), node => read.Contains(node) ? [] : node.Inputs.AsSpan()))
                if (node is not Leaf && !read.Contains(node)) stepOf[node] = i;
        }
        foreach (var buffer in program.Buffers)
            if (buffer.Value is { } value) bufferOf[value] = buffer;
        var drawing = ExprDrawing.Of("rewritten", program.Graph, (node, box) =>
        {
            if (program.Sources.Of(node) is { } source && source != node) box.Facts.Add(("stands for", Sources.Placed(source, source)));
            box.Step = stepOf.GetValueOrDefault(node, -1);
            if (bufferOf.TryGetValue(node, out var buffer)) box.Facts.Add(("memory", Memory(program, buffer)));
        });
        for (var i = 0; i < steps.Length; i++) drawing.Steps.Add($"{i} {Profile.NameOf(steps[i])}");
        foreach (var box in drawing.Boxes.Where(box => box.Step >= 0)) box.Facts.Add(("step", drawing.Steps[box.Step]));
        return drawing;
    }

    /// <summary>The steps, with their times if they were measured.</summary>
    public static Drawing Steps(CpuProgram program, string title, string name)
    {
        var drawing = new Drawing(title);
        var pending = new Queue<(Drawing Drawing, CpuProgram Program)>([(drawing, program)]);
        while (pending.TryDequeue(out var next)) Draw(next.Drawing, next.Program, next.Program.Times is null ? null : Profile.Of(next.Program, name), pending);
        return drawing;
    }

    static void Draw(Drawing drawing, CpuProgram program, Profile? profile, Queue<(Drawing, CpuProgram)> pending)
    {
        var (schedule, writer) = (program.Schedule, new Dictionary<Kernels.Buffer, Box>());
        for (var i = 0; i < schedule.Steps.Length; i++)
        {
            var step = schedule.Steps[i];
            drawing.Steps.Add($"{i} {Profile.NameOf(step)}");
            var computes = Profile.Computes(program, step);
            var box = drawing.Box(step, BoxKind.Step, $"{drawing.Steps[i]}\n{(computes.Length > 60 ? computes[..60] + "…" : computes)}");
            box.Step = i;
            box.Facts.AddRange([("computes", computes), ("op", step is LibraryStep library ? library.Op.ToString() : Profile.NameOf(step))]);
            foreach (var buffer in step.Reads.Distinct().Where(buffer => !step.Writes.Contains(buffer)))
            {
                if (buffer.Value is not { } value) continue;
                var from = writer.GetValueOrDefault(buffer) ?? drawing.Box(buffer, KindOf(buffer), Named(value));
                drawing.Arrow(from, box, value.Type.ToString());
                box.Facts.Add(("reads", $"{Infix.Short(value, 60)}: {value.Type}"));
            }
            foreach (var buffer in step.Writes)
            {
                writer[buffer] = box;
                box.Facts.Add(("writes", $"{Infix.Short(buffer.Value!, 60)}: {buffer.Value!.Type}, {Memory(program, buffer)}"));
            }
            foreach (var body in program.Steps[i].Bodies)
            {
                var inner = new Drawing($"body of step {i}");
                box.Inner.Add(inner);
                pending.Enqueue((inner, body));
            }
            if (profile?.Steps[i] is not { } times) continue;
            box.Share = times.Share;
            box.Facts.Add(("time", string.Create(CultureInfo.InvariantCulture, $"{times.Time.TotalMilliseconds:0.000} ms in {times.Calls} calls, {100 * times.Share:0.0}% of the function")));
        }
        for (var k = 0; k < schedule.Outputs.Length; k++) End(BoxKind.Output, $"output {k}", schedule.Outputs[k].Buffer);
        foreach (var (variable, value) in schedule.Updates) End(BoxKind.Update, $"new {variable.Name}", value.Buffer);

        void End(BoxKind kind, string label, Kernels.Buffer buffer)
        {
            var from = writer.GetValueOrDefault(buffer) ?? drawing.Box(buffer, KindOf(buffer), buffer.Value is { } value ? Named(value) : "numbers");
            drawing.Arrow(from, drawing.Box(new object(), kind, label), buffer.Value?.Type.ToString() ?? "");
        }
    }

    static string Named(Expr value) => value is Constant constant ? ExprPrinter.Literal(constant) : $"{value.Name}\n{value.Type}";

    static BoxKind KindOf(Kernels.Buffer buffer) => buffer.Kind switch
    {
        BufferKind.Input => BoxKind.Input,
        BufferKind.Shared => BoxKind.Shared,
        _ => BoxKind.Constant,
    };

    static string Memory(CpuProgram program, Kernels.Buffer buffer)
    {
        if (buffer.Kind != BufferKind.Computed) return buffer.Kind switch { BufferKind.Input => "an argument", BufferKind.Shared => "a shared variable", _ => "a constant" };
        var region = program.Memory.RegionOf(buffer);
        return region.Shared is { } variable ? $"written into {variable.Name}" : region.Output >= 0 ? $"output {region.Output}" : $"block {program.Memory.Regions.ToList().IndexOf(region)} of the arena";
    }
}
