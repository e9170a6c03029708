using System.Reflection;

namespace Mesh.Tool;

/// <summary>The command line could not be read.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>What the command can do.</summary>
internal static class Usage
{
    private const string Text = """
        mesh: check a mesh configuration, explain where requests go, compare two, call through it

          mesh check PATH...
              every error and warning with its place; exit 1 on an error

          mesh explain PATH METHOD URL [-H 'name: value']... [--json]
          mesh explain --bootstrap FILE METHOD URL [-H 'name: value']... [--json]
              which route takes the request and why, and what becomes of it

          mesh diff OLD NEW [--json]
              which hosts, routes and clusters change between two configurations, and which sample
              requests, made from both, land elsewhere

          mesh test PATH CASES.json
              requests and what must become of them; exit 1 when one does not (docs/routing.md)

          mesh call URL [-X METHOD] [-H 'name: value']... [-d BODY] [-n CALLS] [-c CONCURRENCY]
                    [--rps RATE] [--config PATH] [--bootstrap FILE] [--delta] [--wildcard]
                    [--http2] [--grpc] [--json]
              sends calls through the mesh and counts their answers; -d @FILE reads the body from
              a file; --bootstrap asks the control planes of an xDS bootstrap; without it and
              --config the configuration is looked for as AddMesh() does

          mesh watch [--bootstrap FILE] [HOST...] [--once] [--json] [--delta] [--wildcard]
              connects to the control planes of an xDS bootstrap (or of GRPC_XDS_BOOTSTRAP) as a
              client would and prints what it is given: resources, versions, ACK and NACK with
              reasons, ignored fields, resulting routes. HOST is asked for by name; without one,
              or with --wildcard, everything is. --once exits when it is all there, 1 when it
              cannot be had

        PATH, OLD and NEW are each a configuration file (.yaml, .yml, .json) or a directory of them.
        """;

    public static int Print(TextWriter writer, int exitCode)
    {
        writer.WriteLine(Text);
        return exitCode;
    }

    public static int PrintVersion()
    {
        Console.WriteLine(typeof(Usage).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
        return 0;
    }
}
