using System.Runtime.CompilerServices;

namespace DeepSym.Tests.Data;

public sealed unsafe class StorageTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100_000)]
    public void Memory_begins_at_a_cache_line_and_reference_and_pointer_agree(int bytes)
    {
        for (var i = 0; i < 20; i++)
        {
            var storage = i % 2 == 0 ? Storage.Zeroed(bytes) : Storage.Uninitialized(bytes);
            Assert.Equal(0u, (nuint)storage.Pointer % Storage.Alignment);
            Assert.Equal((nuint)storage.Pointer, (nuint)Unsafe.AsPointer(ref storage.At(0)));
            Assert.Equal(bytes, storage.Bytes);
            GC.KeepAlive(storage);
        }
    }

    [Fact]
    public void A_span_keeps_the_memory_of_a_tensor_alive()
    {
        var span = SpanOfForgottenTensor(out var forgotten);
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            _ = Tensor.Full(-1L, 100_000);
        }
        Assert.False(forgotten.IsAlive);
        for (var i = 0; i < span.Length; i++)
            Assert.Equal(i, span[i]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Span<long> SpanOfForgottenTensor(out WeakReference tensor)
    {
        var range = Tensor.Arange(0L, 100_000, 1);
        tensor = new WeakReference(range);
        return range.AsSpan<long>();
    }
}
