using System.Text;

namespace DeepSym.Kernels;

/// <summary>Prints a schedule: what each step computes, from which buffers, with which loops.</summary>
static class SchedulePrinter
{
    public static string Print(Schedule schedule)
    {
        var names = new Dictionary<Buffer, string>();
        var text = new StringBuilder();
        foreach (var step in schedule.Steps)
            switch (step)
            {
                case KernelStep kernel:
                    text.Append("kernel ").AppendJoin(", ", kernel.Writes.Select(Named)).Append(" from ").AppendJoin(", ", kernel.Reads.Select(Named)).AppendLine();
                    Loop(kernel.Nest.Root, 1);
                    break;
                case LibraryStep library:
                    text.Append(library.Op).Append(' ').Append(Named(library.Output.Buffer)).Append(" from ")
                        .AppendJoin(", ", library.Inputs.Select(i => Named(i.Buffer) + (i.Permutation.Count > 0 ? "ᵀ" : ""))).AppendLine();
                    if (library.Epilogue is not { } epilogue) break;
                    text.Append("  then ").AppendJoin(", ", epilogue.Writes.Select(Named)).Append(" from ").AppendJoin(", ", epilogue.Reads.Select(Named)).AppendLine();
                    Loop(epilogue.Nest.Root, 2);
                    break;
                case LoopStep loop:
                    text.Append(loop.Scan).Append(' ').AppendJoin(", ", loop.Writes.Select(Named)).Append(" from ").AppendJoin(", ", loop.Inputs.Select(Named)).AppendLine();
                    break;
                case BranchStep choice:
                    text.Append(choice.Branch).Append(' ').AppendJoin(", ", choice.Writes.Select(Named)).Append(" from ").AppendJoin(", ", choice.Inputs.Select(Named)).AppendLine();
                    break;
            }
        foreach (var output in schedule.Outputs) text.Append("output ").AppendLine(Named(output.Buffer));
        foreach (var (variable, value) in schedule.Updates) text.Append("update ").Append(variable.Name).Append(" := ").AppendLine(Named(value.Buffer));
        return text.ToString();

        string Named(Buffer buffer)
        {
            if (names.TryGetValue(buffer, out var name)) return name;
            return names[buffer] = buffer.Value?.Name is { Length: > 0 } given ? given : buffer.Kind switch
            {
                BufferKind.Literals => "literals",
                BufferKind.Sizes => "sizes",
                _ => $"b{names.Count}:{buffer.Value!.Type}",
            };
        }

        void Loop(Statement statement, int depth)
        {
            text.Append(' ', 2 * depth);
            switch (statement)
            {
                case Loop loop:
                    text.Append(loop.Kind == LoopKind.Vector ? "vector " : "for ").AppendJoin(", ", loop.Axes.Select(a => $"i{a.Axis} < {a.Extent}")).AppendLine();
                    foreach (var inner in loop.Body) Loop(inner, depth + 1);
                    break;
                case Reduction reduction:
                    text.Append("reduce ").AppendJoin(", ", reduction.Accumulators.Select(a => $"{a.Result.Name} = {a.Monoid}")).AppendLine();
                    foreach (var inner in reduction.Body) Loop(inner, depth + 1);
                    break;
                case Load load: text.Append(load.Target.Name).Append(" = ").AppendLine(Place(load.Source)); break;
                case LoadIndex index: text.Append(index.Target.Name).Append(" = i").Append(index.Axis).AppendLine(); break;
                case Compute compute: text.Append(compute.Target.Name).Append(" = ").AppendLine(Inline(compute.Value)); break;
                case Accumulate accumulate: text.Append(accumulate.Target.Name).Append(" <- ").AppendLine(Inline(accumulate.Value)); break;
                case Store store: text.Append(Place(store.Target)).Append(store.Mode == StoreMode.Set ? " = " : " += ").AppendLine(Inline(store.Value)); break;
            }
        }

        static string Inline(Expr value) => value.ToString().Replace("\n", "; ", StringComparison.Ordinal);

        static string Place(Access access) =>
            $"#{access.Buffer}[{access.Offset}{string.Concat(access.Terms.Select(t => $" + i{t.Axis}*{t.Stride}"))}{string.Concat(access.Dynamic.Select(d => $" + {d.Value.Name}*{d.Stride}"))}]"
            + (access.Guards.Count > 0 ? " guarded" : "");
    }
}
