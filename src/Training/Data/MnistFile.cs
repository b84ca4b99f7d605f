using System.Collections.Immutable;

namespace DeepSym.Training;

/// <summary>One of the four files of MNIST: its name without <c>.gz</c> and the SHA-256 of its content without compression.</summary>
internal sealed record MnistFile(string Name, string Sha256)
{
    /// <summary>Training images, training labels, test images, test labels.</summary>
    public static readonly ImmutableArray<MnistFile> All =
    [
        new("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        new("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        new("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        new("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ];

    /// <summary>The name under which mirrors and the cache have it.</summary>
    public string Compressed => $"{Name}.gz";

    /// <summary>The path of the file in a folder, compressed or plain, or null.</summary>
    public string? In(string folder) =>
        new[] { Compressed, Name }.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Reads the file; throws <see cref="InvalidDataException"/> when it is damaged or another content than MNIST's.</summary>
    public IdxFile Read(string path)
    {
        var file = IdxFile.Read(path);
        return file.Sha256 == Sha256
            ? file
            : throw new InvalidDataException($"{path}: it holds {file} with SHA-256 {file.Sha256}, which is not MNIST's {Name} ({Sha256}).");
    }
}
