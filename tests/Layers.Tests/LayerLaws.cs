using System.Text.Json.Nodes;
using DeepSym.Layers;

namespace DeepSym.Tests.Layers;

/// <summary>What holds for every layer.</summary>
public sealed class LayerLaws
{
    public static TheoryData<string> Names => Samples.Names;

    public static TheoryData<string> Images => [.. Samples.Names.Select(row => row.Data).Where(name => LayerJson.Write(Samples.Layer(name)).ContainsKey("Format"))];

    [Fact]
    public void Every_layer_has_a_sample() => Assert.Equal(
        typeof(Layer).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract).Select(type => type.Name).Order(),
        Samples.Layers.Select(layer => layer.GetType().Name).Distinct().Order());

    [Theory, MemberData(nameof(Names))]
    public void A_layer_is_data_and_comes_back(string name)
    {
        var layer = Samples.Layer(name);
        var text = LayerJson.Write(layer).ToJsonString();
        var again = LayerJson.Read(JsonNode.Parse(text)!);
        Assert.Equal(layer.GetType(), again.GetType());
        Assert.Equal(text, LayerJson.Write(again).ToJsonString());
        Assert.Equal(Output(name, layer), Output(name, again));
    }

    [Theory, MemberData(nameof(Names))]
    public void Gradients_are_those_of_differences(string name)
    {
        foreach (var pass in new[] { Pass.Inference(3), Pass.Training(new RandomStream(1)) })
        {
            var layer = Samples.Layer(name);
            var x = Samples.Input(name);
            layer.Build(x.Type, seed: 3);
            var y = layer.Apply(x, pass);
            // Parameters become variables, at values that are no accident such as a bias of 0.
            var parameters = layer.TrainableParameters.Select((p, i) => (Parameter: p.Variable, Variable: T.Variable($"p{i}", DType.Float64, [.. p.Variable.Shape.Select(size => (Dim?)size)]))).ToList();
            var cost = Weighted(T.Substitute(y, [.. parameters.Select(p => ((Expr)p.Parameter, (Expr)p.Variable))]));
            List<(Variable, Tensor)> at = [.. parameters.Select(p => (p.Variable, Moved(p.Parameter.GetValue())))];
            if (x.DType == DType.Float64) at.Add((x, Samples.Value(name, 3)));
            else cost = T.Substitute(cost, [(x, T.Constant(Samples.Value(name, 3)))]);
            GradientCheck.Verify(cost, at);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void The_shape_is_known_before_anything_is_computed(string name)
    {
        var x = Samples.Input(name);
        var y = Samples.Layer(name).Apply(x);
        Assert.Equal(x.Shape[0], y.Shape[0]);
        Assert.All(y.Shape.Skip(1), size => Assert.True(size.IsStatic));
        var f = Function.Compile([x], y);
        foreach (var samples in new[] { 1, 4 })
            Assert.Equal([samples, .. y.Shape.Skip(1).Select(size => (int)size.Constant)], f.Invoke(Samples.Value(name, samples))[0].Shape.ToArray());
    }

    [Theory, MemberData(nameof(Names))]
    public void Parameters_are_made_once_named_for_the_layer_and_of_the_dtype_of_the_input(string name)
    {
        var layer = Samples.Layer(name);
        Assert.Empty(layer.Parameters);
        Layer.NameAll([layer]);
        layer.Apply(Samples.Input(name));
        var parameters = layer.Parameters;
        var second = layer.Apply(Samples.Input(name));
        Assert.Equal(parameters, layer.Parameters);
        Assert.True(Traversal.Leaves(second).OfType<SharedVariable>().All(parameters.Select(p => p.Variable).Contains));
        Assert.All(parameters, p => Assert.StartsWith($"{layer.Name}.", p.Name, StringComparison.Ordinal));
        Assert.Equal(parameters.Count, parameters.Select(p => p.Name).Distinct().Count());
        Assert.All(parameters, p => Assert.Equal(DType.Float64, p.Variable.DType));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_frozen_layer_has_nothing_to_train_and_inference_updates_nothing(string name)
    {
        var layer = Samples.Layer(name);
        var pass = Pass.Inference();
        layer.Apply(Samples.Input(name), pass);
        Assert.Empty(pass.Updates);
        Assert.Equal(layer.Parameters.Where(p => p.Has(ParameterTags.Trainable)), layer.TrainableParameters);
        layer.Frozen = true;
        Assert.Empty(layer.TrainableParameters);
    }

    [Theory, MemberData(nameof(Images))]
    public void Channels_last_are_channels_first_transposed(string name)
    {
        var first = Samples.Layer(name);
        var data = LayerJson.Write(first);
        data["Format"] = nameof(DataFormat.ChannelsLast);
        var last = LayerJson.Read(data);
        var rank = Samples.Shape(name).Length + 1;
        int[] toLast = [0, .. Enumerable.Range(2, rank - 2), 1];

        var x = Samples.Input(name);
        first.Build(x.Type, seed: 1);
        last.Build(x.Transpose(toLast).Type, seed: 1);
        var (y, z) = (first.Apply(x), last.Apply(x.Transpose(toLast)));
        var expected = y.Rank == rank ? y.Transpose(toLast) : y;
        Assert.Equal(expected.Shape, z.Shape);
        var values = Function.Compile([x], [expected, z]).Invoke(Samples.Value(name, 2));
        Assert.Equal(values[0].ToArray<double>(), values[1].ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory, MemberData(nameof(Names))]
    public void What_a_layer_cannot_take_is_an_error_that_names_it(string name)
    {
        var refused = 0;
        for (var rank = 0; rank <= 6; rank++)
            foreach (var size in new[] { Dim.One, 7, null })
                foreach (var dtype in new[] { DType.Float32, DType.Int64 })
                {
                    var layer = Samples.Layer(name);
                    var x = T.Variable("x", dtype, [.. Enumerable.Repeat(size, rank)]);
                    try
                    {
                        layer.Apply(x);
                        continue;
                    }
                    catch (ShapeException e)
                    {
                        Assert.StartsWith($"Layer {layer} on {x.Type}: ", e.Message, StringComparison.Ordinal);
                    }
                    catch (DTypeException e)
                    {
                        Assert.StartsWith($"Layer {layer} on {x.Type}: ", e.Message, StringComparison.Ordinal);
                    }
                    refused++;
                }
        Assert.True(refused > 0 || name is "activation" or "dropout" or "dropout of channels" or "noise");
    }

    static Expr Weighted(Expr y)
    {
        var flat = T.Flatten(y);
        return T.Sum(flat * T.Cos(T.Cast(T.Arange(flat.Length), DType.Float64)));
    }

    static Tensor Moved(Tensor value)
    {
        var values = Samples.Values(value.Shape.ToArray()).AsSpan<double>();
        var moved = value.To(DType.Float64).Copy();
        for (var i = 0; i < values.Length; i++) moved.AsSpan<double>()[i] += 0.3 * values[i];
        return moved;
    }

    static double[] Output(string name, Layer layer)
    {
        var x = Samples.Input(name);
        layer.Build(x.Type, seed: 5);
        return Function.Compile([x], layer.Apply(x, Pass.Inference(7))).Invoke(Samples.Value(name, 2))[0].To(DType.Float64).ToArray<double>();
    }
}
