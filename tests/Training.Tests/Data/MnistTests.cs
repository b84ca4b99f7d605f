using System.Net;
using DeepSym.Training;

namespace DeepSym.Tests;

public sealed class MnistTests : IDisposable
{
    // Four small files in place of MNIST's: three images of 2 x 2 to train on and one to test on, with enough bytes to cut.
    private static readonly Dictionary<string, byte[]> Contents = new()
    {
        ["train-images-idx3-ubyte"] = [.. IdxBytes.Header(8, 3, 2, 2), .. Enumerable.Range(0, 12).Select(i => (byte)(i * 37))],
        ["train-labels-idx1-ubyte"] = [.. IdxBytes.Header(8, 3), 7, 8, 9],
        ["t10k-images-idx3-ubyte"] = [.. IdxBytes.Header(8, 1, 2, 2), 4, 3, 2, 1],
        ["t10k-labels-idx1-ubyte"] = [.. IdxBytes.Header(8, 1), 5],
    };

    private static readonly Dictionary<string, byte[]> Compressed =
        Contents.ToDictionary(file => $"{file.Key}.gz", file => IdxBytes.Gzip(file.Value));

    private readonly StringWriter log = new();

    [Fact]
    public void The_real_digits_are_found_through_the_environment()
    {
        if (Environment.GetEnvironmentVariable("DEEPSYM_DATA") is null) Assert.Skip("DEEPSYM_DATA names no folder with MNIST.");
        var digits = Mnist.Load();
        Assert.Equal("mnist", digits.Source);
        Assert.Equal([60_000, 28, 28], digits.Train.Shape.AsEnumerable());
        Assert.Equal([10_000, 28, 28], digits.Test.Shape.AsEnumerable());
        Assert.Equal([5, 0, 4, 1, 9, 2, 1, 3, 1, 4], digits.Train.Labels.Take(10));
        Assert.Equal([7, 2, 1, 0, 4, 1, 4, 9, 5, 9], digits.Test.Labels.Take(10));
        Assert.Equal(33.318421, digits.Train.Pixels.Average(pixel => (double)pixel), 1e-6);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("", false)]
    [InlineData("mnist", true)]
    public void A_given_folder_holds_the_files_or_its_subfolder_does(string subfolder, bool compressed)
    {
        using var folder = new TemporaryFolder();
        Fill(folder[subfolder], compressed);
        var digits = Mnist.Load(Options(folder) with { Folder = folder.Path });
        Assert.Equal([7, 8, 9], digits.Train.Labels);
        Assert.Equal([4, 3, 2, 1], digits.Test[0].ToArray());
        Assert.Equal(("mnist", folder[subfolder].TrimEnd('/')), (digits.Source, digits.Origin.TrimEnd('/')));
        Assert.Empty(log.ToString());
    }

    [Fact]
    public void A_given_folder_that_is_wrong_is_an_error_that_names_it()
    {
        using var folder = new TemporaryFolder();
        var missing = Assert.Throws<DirectoryNotFoundException>(() => Mnist.Load(Options(folder) with { Folder = folder["nowhere"] }));
        Assert.Equal($"The data folder '{folder["nowhere"]}' does not exist.", missing.Message);

        Fill(folder.Path);
        File.Delete(folder["t10k-labels-idx1-ubyte.gz"]);
        var lacking = Assert.Throws<FileNotFoundException>(() => Mnist.Load(Options(folder) with { Folder = folder.Path }));
        Assert.Equal($"The data folder '{folder.Path}' lacks t10k-labels-idx1-ubyte (plain, or compressed as .gz).", lacking.Message);
    }

    [Fact]
    public void A_damaged_file_outside_the_cache_is_an_error_that_names_it()
    {
        using var folder = new TemporaryFolder();
        Fill(folder.Path);
        var path = folder["train-labels-idx1-ubyte.gz"];
        File.WriteAllBytes(path, IdxBytes.Gzip([.. IdxBytes.Header(8, 3), 7, 8, 1]));
        foreach (var options in new[] { Options(folder) with { Folder = folder.Path }, Options(folder) with { Variable = folder.Path } })
        {
            var error = Assert.Throws<InvalidDataException>(() => Mnist.Load(options));
            Assert.StartsWith($"{path}: it holds UInt8[3] with SHA-256 ", error.Message, StringComparison.Ordinal);
        }
        File.WriteAllBytes(path, Compressed["train-labels-idx1-ubyte.gz"][..20]);
        var cut = Assert.Throws<InvalidDataException>(() => Mnist.Load(Options(folder) with { Variable = folder.Path }));
        Assert.Contains(path, cut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_variable_comes_before_the_cache_and_is_passed_over_where_it_holds_no_digits()
    {
        using var folder = new TemporaryFolder();
        Fill(folder["cache"]);
        Fill(folder["variable"]);
        Assert.Equal(folder["variable"], Mnist.Load(Options(folder) with { Variable = folder["variable"] }).Origin);
        Assert.Equal(folder["cache"], Mnist.Load(Options(folder) with { Variable = folder["elsewhere"] }).Origin);
        Assert.Equal($"DEEPSYM_DATA names '{folder["elsewhere"]}', where there is no MNIST.", log.ToString().Trim());
    }

    [Fact]
    public void A_download_fills_the_cache_once()
    {
        using var folder = new TemporaryFolder();
        using var mirror = Mirror.Of(Compressed);
        var options = Options(folder, mirror);
        Assert.Equal([7, 8, 9], Mnist.Load(options).Train.Labels);
        Assert.Equal("mnist", Mnist.Load(options).Source);
        Assert.Equal(Compressed.Keys, mirror.Requests);
        Assert.Equal(Compressed.Keys.Order(), Directory.GetFiles(folder["cache"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_damaged_file_in_the_cache_is_named_deleted_and_fetched_again()
    {
        using var folder = new TemporaryFolder();
        using var mirror = Mirror.Of(Compressed);
        Fill(folder["cache"]);
        var path = Path.Combine(folder["cache"], "t10k-images-idx3-ubyte.gz");
        File.WriteAllBytes(path, [1, 2, 3, 4, 5]);
        Assert.Equal([4, 3, 2, 1], Mnist.Load(Options(folder, mirror)).Test.Pixels);
        Assert.Equal(["t10k-images-idx3-ubyte.gz"], mirror.Requests);
        Assert.Contains(
            $"Deleting a damaged file from the cache: {path}: it begins with the bytes 01020304",
            log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_download_that_is_cut_goes_on_where_it_stopped()
    {
        using var folder = new TemporaryFolder();
        using var mirror = new Mirror(async (context, number) =>
        {
            await Mirror.Send(context, Compressed[Mirror.Name(context)], number <= 2 ? 10 : null);
            if (number <= 2) context.Response.Abort();
        });
        Assert.Equal("mnist", Mnist.Load(Options(folder, mirror)).Source);
        Assert.Equal(
            [
                "train-images-idx3-ubyte.gz", "train-images-idx3-ubyte.gz bytes=10-", "train-images-idx3-ubyte.gz bytes=20-",
                "train-labels-idx1-ubyte.gz",
            ],
            mirror.Requests.Take(4));
    }

    [Fact]
    public void A_download_goes_on_at_the_next_run()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["cache"]);
        File.WriteAllBytes(Path.Combine(folder["cache"], "train-images-idx3-ubyte.gz.part"), Compressed["train-images-idx3-ubyte.gz"][..15]);
        using var mirror = Mirror.Of(Compressed);
        Assert.Equal("mnist", Mnist.Load(Options(folder, mirror)).Source);
        Assert.Equal("train-images-idx3-ubyte.gz bytes=15-", mirror.Requests.First());
    }

    [Fact]
    public void A_part_of_something_else_is_thrown_away()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["cache"]);
        File.WriteAllBytes(Path.Combine(folder["cache"], "train-images-idx3-ubyte.gz.part"), new byte[15]);
        using var mirror = Mirror.Of(Compressed);
        Assert.Equal("mnist", Mnist.Load(Options(folder, mirror)).Source);
        Assert.Equal(["train-images-idx3-ubyte.gz bytes=15-", "train-images-idx3-ubyte.gz"], mirror.Requests.Take(2));
    }

    [Fact]
    public void A_mirror_without_ranges_sends_the_file_from_its_start()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["cache"]);
        File.WriteAllBytes(Path.Combine(folder["cache"], "train-images-idx3-ubyte.gz.part"), Compressed["train-images-idx3-ubyte.gz"][..15]);
        using var mirror = new Mirror(async (context, _) =>
        {
            await context.Response.OutputStream.WriteAsync(Compressed[Mirror.Name(context)]);
            context.Response.Close();
        });
        Assert.Equal("mnist", Mnist.Load(Options(folder, mirror)).Source);
        Assert.Equal(4, mirror.Requests.Count);
    }

    [Fact]
    public void A_wrong_file_an_error_page_and_silence_each_lead_to_the_next_mirror()
    {
        using var folder = new TemporaryFolder();
        using var wrong = new Mirror((context, _) => Mirror.Send(context, IdxBytes.Gzip([.. IdxBytes.Header(8, 1), 1])));
        using var refusing = new Mirror((context, _) =>
        {
            context.Response.StatusCode = (int)HttpStatusCode.Forbidden;
            context.Response.Close();
            return Task.CompletedTask;
        });
        using var silent = new Mirror((_, _) => Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken));
        using var good = Mirror.Of(Compressed);
        Assert.Equal("mnist", Mnist.Load(Options(folder, wrong, refusing, silent, good)).Source);
        Assert.Equal((4, 4, 1, 4), (wrong.Requests.Count, refusing.Requests.Count, silent.Requests.Count, good.Requests.Count));
    }

    [Fact]
    public void Where_no_mirror_helps_synthetic_digits_are_drawn_and_one_line_says_so()
    {
        using var folder = new TemporaryFolder();
        var gone = new Mirror((_, _) => Task.CompletedTask);
        gone.Dispose();
        using var wrong = new Mirror((context, _) => Mirror.Send(context, "<html>Please log in</html>"u8.ToArray()));
        var digits = Mnist.Load(Options(folder, gone, wrong) with { SyntheticTrain = 30, SyntheticTest = 20, Seed = 5 });
        Assert.Equal(("synthetic", 30, 20), (digits.Source, digits.Train.Count, digits.Test.Count));
        Assert.Equal("synthetic digits, seed 5", digits.Origin);
        var line = Assert.Single(log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"No MNIST ({gone.Address.Authority}: ", line, StringComparison.Ordinal);
        Assert.Contains($"; {wrong.Address.Authority} sent a wrong file (", line, StringComparison.Ordinal);
        Assert.Contains(": drawing 30 + 20 synthetic digits instead. ", line, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder["cache"]));
    }

    [Fact]
    public void A_mirror_that_falls_silent_is_given_up_and_what_came_is_kept()
    {
        using var folder = new TemporaryFolder();
        using var mirror = new Mirror(async (context, number) =>
        {
            if (number == 1) await Mirror.Send(context, Compressed[Mirror.Name(context)], 12);
            await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
        });
        var digits = Mnist.Load(Options(folder, mirror) with { SyntheticTrain = 1, SyntheticTest = 1 });
        Assert.Equal("synthetic", digits.Source);
        Assert.Contains("no answer in time", log.ToString(), StringComparison.Ordinal);
        Assert.Equal(12, new FileInfo(Path.Combine(folder["cache"], "train-images-idx3-ubyte.gz.part")).Length);
    }

    [Fact]
    public void The_total_time_of_a_download_is_bounded()
    {
        using var folder = new TemporaryFolder();
        using var mirror = new Mirror((_, _) => Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken));
        var options = Options(folder, mirror) with { StallTimeout = TimeSpan.FromMinutes(10), TotalTimeout = TimeSpan.FromSeconds(.5) };
        Assert.Equal("synthetic", Mnist.Load(options with { SyntheticTrain = 1, SyntheticTest = 1 }).Source);
        Assert.Contains("the download took longer than 0.5 seconds", log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_download_is_cancelled_and_draws_nothing()
    {
        using var folder = new TemporaryFolder();
        using var mirror = new Mirror((_, _) => Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken));
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(.3));
        var options = Options(folder, mirror) with { StallTimeout = TimeSpan.FromMinutes(10) };
        Assert.ThrowsAny<OperationCanceledException>(() => Mnist.Load(options, source.Token));
        Assert.Empty(log.ToString());
    }

    [Fact]
    public void A_cache_that_cannot_be_made_leads_to_synthetic_digits()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");
        using var mirror = Mirror.Of(Compressed);
        var digits = Mnist.Load(Options(folder, mirror) with { CacheFolder = folder["file/cache"], SyntheticTrain = 1, SyntheticTest = 1 });
        Assert.Equal("synthetic", digits.Source);
        Assert.Empty(mirror.Requests);
    }

    [Fact]
    public void Synthetic_digits_on_request_look_for_nothing()
    {
        using var folder = new TemporaryFolder();
        Fill(folder["cache"]);
        var digits = Mnist.Load(Options(folder) with { Synthetic = true, SyntheticTrain = 3, SyntheticTest = 2 });
        Assert.Equal(("synthetic", 3, 2, ""), (digits.Source, digits.Train.Count, digits.Test.Count, log.ToString()));
        Assert.NotEqual(digits.Train[0].ToArray(), digits.Test[0].ToArray());
    }

    public void Dispose() => log.Dispose();

    private static void Fill(string folder, bool compressed = true)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, bytes) in compressed ? Compressed : Contents) File.WriteAllBytes(Path.Combine(folder, name), bytes);
    }

    private MnistOptions Options(TemporaryFolder folder, params Mirror[] mirrors) => new()
    {
        Variable = null,
        CacheFolder = folder["cache"],
        Mirrors = [.. mirrors.Select(mirror => mirror.Address)],
        StallTimeout = TimeSpan.FromSeconds(.5),
        Log = log,
        Files = [.. MnistFile.All.Select(file => file with { Sha256 = IdxBytes.Sha256(Contents[file.Name]) })],
    };
}
