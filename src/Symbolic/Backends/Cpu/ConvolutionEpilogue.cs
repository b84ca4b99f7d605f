namespace DeepSym.Backends.Cpu;

/// <summary>Pointwise work on a block of a finished convolution, done while the block is still in cache.</summary>
internal abstract class ConvolutionEpilogue
{
    /// <summary>
    /// Runs on images, filters and positions (depth, height and width counted through) of the output whose sums are complete.
    /// The blocks of a call cover the output exactly once; they come in any order, on any thread.
    /// </summary>
    public abstract void Run(long imageBegin, long imageEnd, long filterBegin, long filterEnd, long positionBegin, long positionEnd);
}
