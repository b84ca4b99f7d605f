namespace DeepSym.Tests.Golden.Python;

/// <summary>The text of a golden case is wrong, or uses Python in a way that this subset does not know.</summary>
internal sealed class PythonException(string message) : Exception(message);
