using System.Net;
using System.Net.Http.Headers;

namespace DeepSym.Training;

/// <summary>
/// Fetches files from the first of some mirrors that gives them whole. What came is kept in a <c>.part</c> file, so that a download
/// that was cut goes on where it stopped, now or at the next run; the file gets its name only after it was checked.
/// </summary>
internal sealed class Download : IDisposable
{
    private const int Tries = 3; // on one mirror, as long as bytes come
    private const long Longest = 1L << 28;

    private readonly HttpClient client;
    private readonly TimeSpan stall;
    private readonly List<Uri> mirrors;

    public Download(IEnumerable<Uri> mirrors, TimeSpan connect, TimeSpan stall)
    {
        this.mirrors = [.. mirrors];
        this.stall = stall;
        var handler = new SocketsHttpHandler { ConnectTimeout = connect, UseProxy = !this.mirrors.All(mirror => mirror.IsLoopback) };
        client = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Puts the file into <paramref name="folder"/> and gives the mirror it came from; <paramref name="check"/> throws
    /// <see cref="InvalidDataException"/> for a wrong one.</summary>
    public Uri Fetch(string name, string folder, Action<string> check, CancellationToken cancellation) =>
        FetchAsync(name, folder, check, cancellation).GetAwaiter().GetResult();

    public void Dispose() => client.Dispose();

    private async Task<Uri> FetchAsync(string name, string folder, Action<string> check, CancellationToken cancellation)
    {
        var part = Path.Combine(folder, $"{name}.part");
        var failures = new List<string>();
        foreach (var mirror in mirrors.ToArray())
        {
            for (var attempt = 1; attempt <= Tries; attempt++)
            {
                var before = Length(part);
                try
                {
                    await Append(new Uri(mirror, name), part, cancellation).ConfigureAwait(false);
                    check(part);
                    File.Move(part, Path.Combine(folder, name), overwrite: true);
                    return mirror;
                }
                catch (InvalidDataException error)
                {
                    File.Delete(part);
                    if (before > 0 && attempt < Tries) continue; // the beginning may have come from elsewhere
                    failures.Add($"{mirror.Authority} sent a wrong file ({error.Message.TrimEnd('.')})");
                    break;
                }
                catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (Length(part) > before && attempt < Tries) continue;
                    failures.Add($"{mirror.Authority}: {Reason(error)}");
                    if (error is not HttpRequestException { StatusCode: not null }) mirrors.Remove(mirror); // not asked again for the next file
                    break;
                }
            }
        }
        throw new DownloadException(failures.Count == 0 ? "no mirror answers" : string.Join("; ", failures));
    }

    private async Task Append(Uri address, string part, CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(stall);
        var kept = Length(part);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (kept > 0) request.Headers.Range = new RangeHeaderValue(kept, null);

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            throw new InvalidDataException("the part that was kept is longer than the file.");
        response.EnsureSuccessStatusCode();
        var resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == kept;

        using var file = new FileStream(part, resumed ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None);
        using var body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        var buffer = new byte[1 << 16];
        while (true)
        {
            silence.CancelAfter(stall);
            var count = await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
            if (count == 0) return;
            if (file.Length + count > Longest) throw new InvalidDataException($"more than {Longest} bytes.");
            file.Write(buffer, 0, count);
        }
    }

    private static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private static string Reason(Exception error) => error is OperationCanceledException ? "no answer in time" : error.Message.TrimEnd('.');
}
