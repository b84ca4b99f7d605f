namespace DeepSym;

/// <summary>Where the value of a shared variable is when it is not in its tensor: on a device.</summary>
abstract class Residence
{
    /// <summary>Writes the value into the tensor, if that is older.</summary>
    public abstract void BringHome(Tensor value);

    /// <summary>Gives up what the device has.</summary>
    public abstract void Leave();
}
