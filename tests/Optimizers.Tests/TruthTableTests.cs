namespace DeepSym.Optimizers.Tests;

/// <summary>Ten steps of every rule against values computed from the published formulas in float64.</summary>
public sealed class TruthTableTests
{
    public static TheoryData<string, Optimizer, double[]> Rows { get; } = new()
    {
        { "SGD", new SGD { LearningRate = .1 }, [0.817072806888, 0.664832635992, 0.538615114095] },
        { "momentum", new Momentum { LearningRate = .1, Coefficient = .5 }, [0.684848695218, 0.448033217810, 0.274311901235] },
        { "Nesterov", new Nesterov { LearningRate = .1, Coefficient = .5 }, [0.674665435927, 0.441084681142, 0.276900210900] },
        { "Adagrad, Lasagne", new Adagrad { LearningRate = .1, Epsilon = 1e-6, InitialAccumulator = 0 }, [0.553733443030, 0.553731761027, 0.553731449542] },
        { "Adagrad, Keras 3", new Adagrad { LearningRate = .1 }, [0.665895035632, 0.597126534688, 0.575661019239] },
        { "Adagrad, Keras 2", new Adagrad { LearningRate = .1, EpsilonPlace = EpsilonPlace.OutsideRoot, InitialAccumulator = 0 }, [0.553731325175, 0.553731262764, 0.553731241960] },
        { "RMSprop, Lasagne", new RMSprop { LearningRate = .01, Epsilon = 1e-6 }, [0.832061354053, 0.832054649993, 0.832053408366] },
        { "RMSprop, Keras 3", new RMSprop { LearningRate = .01 }, [0.832053309034, 0.832052638536, 0.832052514368] },
        { "RMSprop, Keras 2", new RMSprop { LearningRate = .01, EpsilonPlace = EpsilonPlace.OutsideRoot }, [0.832052577517, 0.832052496276, 0.832052469195] },
        { "Adadelta, Lasagne", new Adadelta { Epsilon = 1e-6 }, [0.954532377047, 0.954523747137, 0.954522148474] },
        { "Adadelta, Keras 3", new Adadelta(), [0.985472431635, 0.985472153833, 0.985472102387] },
        { "Adadelta, Keras 3's rate", new Adadelta { LearningRate = .001 }, [0.999985404879, 0.999985404599, 0.999985404547] },
        { "Adam, Lasagne", new Adam { LearningRate = .01, Epsilon = 1e-8 }, [0.900349733818, 0.900349693658, 0.900349680271] },
        { "Adam, Keras 3", new Adam { LearningRate = .01 }, [0.900350456687, 0.900350055094, 0.900349921229] },
        { "Adam, PyTorch", new Adam { LearningRate = .01, Epsilon = 1e-8, CorrectedEpsilon = true }, [0.900349658576, 0.900349656037, 0.900349655191] },
        { "AMSGrad, Lasagne", new AMSGrad { LearningRate = .01, Epsilon = 1e-8 }, [0.900349733818, 0.900349693658, 0.900349680271] },
        { "Adamax, Lasagne", new Adamax { LearningRate = .01, Epsilon = 1e-8 }, [0.902117490029, 0.902117487635, 0.902117486837] },
        { "Adamax, Keras 3", new Adamax { LearningRate = .01 }, [0.902117533127, 0.902117509184, 0.902117501203] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Ten_steps_end_where_the_formulas_say(string rule, Optimizer optimizer, double[] expected)
    {
        Assert.NotEmpty(rule);
        Descent.Near(expected, Descent.Bowl(optimizer), 1e-10);
    }

    // One step from [1,2,3,4] along [1,6,7,2] with rate 0.5, as in the tests of Keras.
    public static TheoryData<string, Optimizer, double[], double> Steps { get; } = new()
    {
        { "SGD", new SGD { LearningRate = .5 }, [0.5, -1, -0.5, 3], 1e-12 },
        { "RMSprop", new RMSprop { LearningRate = .5 }, [-0.5811380395, 0.4188611919, 1.4188611860, 2.4188613676], 1e-9 },
        { "Adam", new Adam { LearningRate = .5 }, [0.5000015811, 1.5000002635, 2.5000002259, 3.5000007906], 1e-9 },
        { "Adamax", new Adamax { LearningRate = .5 }, [0.5, 1.5, 2.5, 3.5], 1e-4 },
        { "Adagrad", new Adagrad { LearningRate = .5 }, [0.5232687270, 1.5006930017, 2.5005094250, 3.5061352077], 1e-9 },
        { "Adadelta", new Adadelta { LearningRate = .5 }, [0.9993, 1.9993, 2.9993, 3.9993], 1e-4 },
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public void One_step_ends_where_Keras_does(string rule, Optimizer optimizer, double[] expected, double tolerance)
    {
        Assert.NotEmpty(rule);
        Descent.Near(expected, Descent.Along(optimizer, [1, 2, 3, 4], [1, 6, 7, 2])[0], tolerance);
    }

    // Ten ones; the first gradient is .01 everywhere, the next four are .1, .2, ... 1: the first and the last column after each step.
    public static TheoryData<string, Optimizer, double[], double[]> Columns { get; } = new()
    {
        { "AMSGrad", new AMSGrad(), [.999, .9982, .9974, .9965, .9955], [.999, .9982, .9974, .9965, .9955] },
        { "Nesterov without momentum", new Nesterov { Coefficient = 0 }, [.9999, .9989, .9979, .9969, .9959], [.9999, .9899, .9799, .9699, .9599] },
        { "RMSprop, centered", new RMSprop { Centered = true }, [.9967, .9933, .9908, .9885, .9864], [.9967, .9933, .9908, .9885, .9864] },
        { "Adagrad", new Adagrad { LearningRate = .2, InitialAccumulator = .3, Epsilon = 1e-6 }, [.9963, .9604, .9251, .8903, .856], [.9963, .8209, .6891, .579, .4825] },
        { "Adadelta", new Adadelta { Rho = .8, Epsilon = 1e-6 }, [.9978, .9947, .9915, .9882, .9849], [.9978, .9947, .9915, .9882, .9849] },
        { "Adamax", new Adamax { LearningRate = .2, Beta1 = .85, Beta2 = .95, Epsilon = 1e-6 }, [.8, .6827, .5333, .368, .1933], [.8, .691, .5466, .3848, .2126] },
    };

    [Theory]
    [MemberData(nameof(Columns))]
    public void Five_steps_pass_through_the_values_of_Keras(string rule, Optimizer optimizer, double[] first, double[] last)
    {
        Assert.NotEmpty(rule);
        var ten = Enumerable.Range(1, 10).Select(j => j * .1).ToArray();
        var path = Descent.Along(optimizer, [.. Enumerable.Repeat(1.0, 10)], [.. Enumerable.Repeat(.01, 10)], ten, ten, ten, ten);
        Descent.Near(first, [.. path.Select(x => x[0])], 1e-3);
        Descent.Near(last, [.. path.Select(x => x[9])], 1e-3);
    }

    [Fact]
    public void The_divisor_of_AMSGrad_does_not_shrink_with_the_gradient()
    {
        double[][] gradients = [[1], [.01], [.01], [.01], [.01]];
        var amsgrad = Descent.Along(new AMSGrad { LearningRate = .1, Beta2 = .9 }, [1], gradients);
        var adam = Descent.Along(new Adam { LearningRate = .1, Beta2 = .9 }, [1], gradients);
        Descent.Near([.9000000316, .8339817137, .7836235660, .7428514724, .7087302171], [.. amsgrad.Select(x => x[0])], 1e-9);
        Descent.Near([.9000000316, .8304144813, .7744675470, .7267235783, .6846096106], [.. adam.Select(x => x[0])], 1e-9);
    }

    [Fact]
    public void RMSprop_with_momentum_follows_its_formula()
    {
        var (x, a, b) = (1.0, 0.0, 0.0);
        var expected = new List<double>();
        double[] gradients = [1, -.5, .25];
        foreach (var g in gradients)
        {
            a = .9 * a + .1 * g * g;
            b = .7 * b + .01 * g / Math.Sqrt(a + 1e-7);
            expected.Add(x -= b);
        }
        var path = Descent.Along(new RMSprop { LearningRate = .01, Momentum = .7 }, [1], [.. gradients.Select(g => new[] { g })]);
        Descent.Near([.. expected], [.. path.Select(p => p[0])], 1e-14);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Momentum_applied_to_plain_descent_is_momentum(bool nesterov)
    {
        Optimizer own = nesterov ? new Nesterov { LearningRate = .1, Coefficient = .5 } : new Momentum { LearningRate = .1, Coefficient = .5 };
        Descent.Near(Descent.Bowl(own), Descent.Bowl(new AppliedMomentum(new SGD { LearningRate = .1 }) { Coefficient = .5, Nesterov = nesterov }), 1e-14);
    }

    [Fact]
    public void Momentum_on_top_of_RMSprop_follows_its_formula()
    {
        var (x, a, v) = (1.0, 0.0, 0.0);
        var expected = new List<double>();
        double[] gradients = [1, -.5, .25];
        foreach (var g in gradients)
        {
            a = .9 * a + .1 * g * g;
            var next = x - .01 * g / Math.Sqrt(a + 1e-6);
            v = .8 * v + next - x;
            expected.Add(x += v);
        }
        var rule = new AppliedMomentum(new RMSprop { LearningRate = .01, Epsilon = 1e-6 }) { Coefficient = .8 };
        Descent.Near([.. expected], [.. Descent.Along(rule, [1], [.. gradients.Select(g => new[] { g })]).Select(p => p[0])], 1e-14);
    }
}
