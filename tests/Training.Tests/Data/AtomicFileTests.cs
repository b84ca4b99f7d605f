using DeepSym.Training;

namespace DeepSym.Tests;

public sealed class AtomicFileTests
{
    [Fact]
    public void A_file_is_written_whole_and_its_folder_made()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder["a/b/file"], stream => stream.Write([1, 2, 3]));
        AtomicFile.Write(folder["a/b/file"], stream => stream.Write([4]));
        Assert.Equal([4], File.ReadAllBytes(folder["a/b/file"]));
        Assert.Single(Directory.GetFiles(folder["a/b"]));
    }

    [Fact]
    public void A_failure_while_writing_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["file"], [1, 2, 3]);
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder["file"], stream =>
        {
            stream.Write(new byte[100_000]);
            throw new InvalidOperationException("half-way");
        }));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(folder["file"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }
}
