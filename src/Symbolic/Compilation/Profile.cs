using System.Globalization;
using System.Text;
using DeepSym.Backends.Cpu;
using DeepSym.Kernels;

namespace DeepSym;

/// <summary>Where the time of a function's calls went, step by step: see <see cref="CompileOptions.Profile"/>.</summary>
/// <param name="Name">The function, or the body of a loop or branch in it.</param>
/// <param name="Calls">How often it was called; of a body, how often that ran.</param>
/// <param name="Time">The time of all steps, and of what lies between them.</param>
/// <param name="Steps">The steps in the order in which they run.</param>
public sealed record Profile(string Name, long Calls, TimeSpan Time, IReadOnlyList<StepProfile> Steps)
{
    /// <summary>A table, the slowest steps first; bodies follow, indented.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text, "");
        return text.ToString();
    }

    void Write(StringBuilder text, string indent)
    {
        text.Append(indent).Append(CultureInfo.InvariantCulture, $"{Name}: {Calls} calls, {Time.TotalMilliseconds:0.000} ms").AppendLine();
        text.Append(indent).AppendLine("  share        ms    calls    µs/call       GB/s  step");
        foreach (var step in Steps.OrderByDescending(step => step.Time))
        {
            var perCall = step.Calls == 0 ? 0 : step.Time.TotalMicroseconds / step.Calls;
            var speed = step.Time > TimeSpan.Zero ? step.Bytes / step.Time.TotalSeconds / 1e9 : 0;
            text.Append(indent).Append(CultureInfo.InvariantCulture, $"{100 * step.Share,6:0.0}% {step.Time.TotalMilliseconds,9:0.000} {step.Calls,8} {perCall,10:0.00} {speed,10:0.00}  {step.Number} {step.Name}: {step.Computes}").AppendLine();
        }
        foreach (var step in Steps)
            foreach (var body in step.Bodies) body.Write(text, indent + "    ");
    }

    /// <summary>The profile of a program whose steps are timed.</summary>
    internal static Profile Of(CpuProgram program, string name)
    {
        var (times, steps) = (program.Times!, program.Schedule.Steps);
        var total = times.Time;
        return new Profile(name, times.Calls, total, [.. steps.Select((step, i) =>
        {
            var (calls, time, bytes) = times[i];
            var kind = NameOf(step);
            return new StepProfile(i, kind, Computes(program, step), calls, time, bytes, total > TimeSpan.Zero ? time / total : 0, [.. program.Steps[i].Bodies.Select((body, k) => Of(body, $"step {i}, {(step is LoopStep ? "body" : k == 0 ? "then" : "else")}"))]);
        })]);
    }

    /// <summary>The kind of a step.</summary>
    internal static string NameOf(Step step) => step switch
    {
        KernelStep kernel => Reduces(kernel.Nest.Root.Body) ? "kernel with reductions" : "kernel",
        LibraryStep library => library.Op.Name + (library.Epilogue is null ? "" : " and kernel"),
        LoopStep => "scan",
        BranchStep => "branch",
        _ => "step",
    };

    /// <summary>What a step computes, in the user's words.</summary>
    internal static string Computes(CpuProgram program, Step step)
    {
        var written = step.Writes.Where(buffer => !(step is LibraryStep { Epilogue: not null, Output.Buffer: var product } && product == buffer)).Select(buffer => buffer.Value!).Distinct().ToArray();
        return string.Join("; ", (step is LoopStep or BranchStep ? [written[0].Inputs[0]] : written).Select(value => program.Sources.Describe(value, program.Graph.Roots)));
    }

    static bool Reduces(IEnumerable<Statement> body) => body.Any(statement => statement is Reduction || statement is Loop { Body: var inner } && Reduces(inner));
}

/// <summary>The time of one step of a function.</summary>
/// <param name="Number">The place of the step in the order in which steps run.</param>
/// <param name="Name">What kind of step: a kernel, a product of matrices, a loop.</param>
/// <param name="Computes">The expressions that it computes, as they were written.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="Time">How long it took, all calls together.</param>
/// <param name="Bytes">How many bytes it read and wrote in all calls, each buffer counted once a call.</param>
/// <param name="Share">Its part of the time of the function, or of the body that it is in, from 0 to 1.</param>
/// <param name="Bodies">For a loop or branch: the profiles of its bodies.</param>
public sealed record StepProfile(int Number, string Name, string Computes, long Calls, TimeSpan Time, long Bytes, double Share, IReadOnlyList<Profile> Bodies);
