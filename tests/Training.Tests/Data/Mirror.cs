using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace DeepSym.Tests;

/// <summary>A web server on this machine that answers each request as a test says, and remembers what was asked.</summary>
internal sealed class Mirror : IDisposable
{
    private readonly HttpListener listener = new();

    public Mirror(Func<HttpListenerContext, int, Task> answer)
    {
        Address = new($"http://127.0.0.1:{FreePort()}/mnist/");
        listener.Prefixes.Add(Address.ToString());
        listener.Start();
        _ = Serve(answer);
    }

    public Uri Address { get; }

    /// <summary>The file and the range of each request.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>A mirror that has the files and honours ranges.</summary>
    public static Mirror Of(IReadOnlyDictionary<string, byte[]> files) => new((context, _) => Send(context, files[Name(context)]));

    public static string Name(HttpListenerContext context) => Path.GetFileName(context.Request.Url!.AbsolutePath);

    public static int From(HttpListenerContext context) =>
        context.Request.Headers["Range"] is { } range ? int.Parse(range.AsSpan("bytes=".Length).TrimEnd('-')) : 0;

    /// <summary>Sends the file from the start that was asked for; or announces all of it and sends only <paramref name="length"/> bytes.</summary>
    public static async Task Send(HttpListenerContext context, byte[] file, int? length = null)
    {
        var from = From(context);
        var response = context.Response;
        response.StatusCode = from > 0 ? 206 : 200;
        if (from > 0) response.AddHeader("Content-Range", $"bytes {from}-{file.Length - 1}/{file.Length}");
        response.ContentLength64 = file.Length - from;
        await response.OutputStream.WriteAsync(file.AsMemory(from, length ?? file.Length - from));
        await response.OutputStream.FlushAsync();
        if (length is null) response.Close();
    }

    public void Dispose() => listener.Close();

    private async Task Serve(Func<HttpListenerContext, int, Task> answer)
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            Requests.Enqueue($"{Name(context)} {context.Request.Headers["Range"]}".TrimEnd());
            _ = Answer(answer, context, Requests.Count);
        }
    }

    private static async Task Answer(Func<HttpListenerContext, int, Task> answer, HttpListenerContext context, int number)
    {
        try
        {
            await answer(context, number);
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or IOException)
        {
            context.Response.Abort();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
