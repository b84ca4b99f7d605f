namespace DeepSym.Backends.Cpu;

/// <summary>
/// The tiles of a box of images, transformed to 16 matrices [tile, channel]. A tile begins at every second pixel of every second row and has two pixels and
/// a <paramref name="margin"/> along each axis; rows and columns that the image lacks are zero.
/// </summary>
internal readonly unsafe struct WinogradTiles<T>(Boxes boxes, long margin, long channels) where T : unmanaged
{
    private readonly Pixels<T> _largest = WindowOf(boxes.RowStep, boxes.ColumnStep, margin, channels);

    /// <summary>Bytes from one tile to the next: where many channels would put the same channel of all tiles into few sets of the cache, one line more.</summary>
    public nint TilePitch => PixelPitch % (8 * Winograd.CacheLine) == 0 ? PixelPitch + Winograd.CacheLine : PixelPitch;

    private nint PixelPitch => (nint)_largest.Pitch * sizeof(T);

    /// <summary>Bytes from one matrix to the next.</summary>
    public nint Pitch => Winograd.Pitch(boxes.ImageStep * boxes.RowStep * boxes.ColumnStep * TilePitch);

    /// <summary>Bytes of the matrices.</summary>
    public long Bytes => Winograd.Products * Pitch;

    /// <summary>Bytes of the window of an image that a box reads.</summary>
    public long WindowBytes => _largest.Size * sizeof(T);

    /// <summary>
    /// Transforms a box. The planes of its images, one a channel, lie <paramref name="imageStride"/> elements apart; the first tile of an image
    /// begins <paramref name="top"/> rows above and <paramref name="left"/> columns before its first pixel.
    /// </summary>
    public void Transform(
        TileTransform transform, T* planes, long imageStride, long height, long width, long top, long left, in Box box, T* window, byte* matrices)
    {
        var pixels = WindowOf(box.Rows, box.Width, margin, channels);
        var (pixel, row, tile, pitch) = (PixelPitch, (nint)pixels.RowPitch * sizeof(T), TilePitch, Pitch);
        for (var image = box.ImageBegin; image < box.ImageEnd; image++)
        {
            pixels.Fill(planes + image * imageStride, height, width, box.RowBegin * Winograd.Step - top, box.ColumnBegin * Winograd.Step - left, window);
            for (long i = 0; i < box.Rows; i++, matrices += box.Width * tile)
                transform(
                    (nint)box.Width, pixel / Lanes.Bytes, (byte*)window + i * Winograd.Step * row, Winograd.Step * pixel, row, pixel,
                    matrices, tile, Winograd.Reach * pitch, pitch);
        }
    }

    private static Pixels<T> WindowOf(long rows, long columns, long margin, long channels) =>
        new(Winograd.Step * rows + margin, Winograd.Step * columns + margin, channels);
}
