using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// The sizes that the kernels of an arena read, in blocks of one table, which goes to the device at once. The first number of a block is the error code of its kernel.
/// </summary>
sealed unsafe class SizeTable(DeviceHolding holding)
{
    readonly DeviceMemory _memory = new(holding);
    readonly Download _codes = new(holding.Device);
    readonly List<int> _failing = [];   // where the error codes of kernels that can fail are
    long[] _values = [];
    int _length;
    Tensor _seen = Tensor.Zeros<long>(0);
    ArrayView<byte> _view;

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _length = 0;
        _failing.Clear();
    }

    /// <summary>Adds a block; gives where it begins.</summary>
    public int Add(ReadOnlySpan<long> values, bool canFail = false)
    {
        if (_length + values.Length > _values.Length) Array.Resize(ref _values, Math.Max(64, 2 * (_length + values.Length)));
        values.CopyTo(_values.AsSpan(_length));
        if (canFail) _failing.Add(_length);
        _length += values.Length;
        return _length - values.Length;
    }

    /// <summary>Brings the table to the device.</summary>
    public void Upload()
    {
        _view = _memory.View(_length * sizeof(long), "sizes");
        fixed (long* first = _values) Transfer.Up(holding.Device, (byte*)first, _length * sizeof(long), _view);
    }

    /// <summary>A block on the device.</summary>
    public ArrayView<byte> View(int place, int count) => _view.SubView(place * sizeof(long), count * sizeof(long));

    /// <summary>Whether the kernel of a block has failed by now; its error code is then cleared.</summary>
    public bool HasFailed(int place)
    {
        long code = 0;
        Transfer.Down(holding.Device, View(place, 1), (byte*)&code, sizeof(long));
        if (code == 0) return false;
        code = 0;
        Transfer.Up(holding.Device, (byte*)&code, sizeof(long), View(place, 1));
        return true;
    }

    /// <summary>Asks for the error codes of all kernels, which are there once the queue was waited for.</summary>
    public void SendCodes() => _codes.Send(_view.SubView(0, _length * sizeof(long)));

    /// <summary>Whether any kernel had failed; all error codes are then cleared.</summary>
    public bool AnyFailed()
    {
        if (_seen.Length != _length) _seen = Tensor.Zeros<long>(_length);
        _codes.Receive(_seen);
        foreach (var place in _failing)
        {
            if (_seen.AsSpan<long>()[place] == 0) continue;
            Upload();
            return true;
        }
        return false;
    }
}
