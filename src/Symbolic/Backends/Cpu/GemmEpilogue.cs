namespace DeepSym.Backends.Cpu;

/// <summary>Pointwise work on a block of a finished product, done while the block is still in cache.</summary>
internal abstract class GemmEpilogue
{
    /// <summary>
    /// Runs on rows and columns of C whose sums are complete. The blocks of a call cover C exactly once; they come in any order, on any thread.
    /// In a batch the rows count through: row r of matrix i is i * M + r, and no block crosses from one matrix to the next.
    /// </summary>
    public abstract void Run(long rowBegin, long rowEnd, long columnBegin, long columnEnd);
}
