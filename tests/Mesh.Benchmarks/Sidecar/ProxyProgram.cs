using Mesh.TestKit.Processes;

namespace Mesh.Benchmarks.Sidecar;

/// <summary>A proxy as it is installed, and how it is told to forward.</summary>
/// <param name="Name">Its name, also that of its executable.</param>
/// <param name="Arguments">What it is started with, in the folder of its configuration.</param>
/// <param name="Configuration">Its configuration, for the two ports it listens on (HTTP/1.1, h2c) and the authorities behind them.</param>
internal sealed record ProxyProgram(string Name, string[] Arguments, Func<int, int, ProxyTarget, string> Configuration)
{
    /// <summary>The file its configuration is written to.</summary>
    public const string File = "proxy.conf";

    /// <summary>It speaks HTTP/2 on both sides. One thread, as a sidecar is mostly given; connections to a server are kept and shared by all.</summary>
    public static readonly ProxyProgram Haproxy = new("haproxy", ["-db", "-f", File], (http1, http2, to) => $$"""
        global
          nbthread 1
        defaults
          mode http
          timeout connect 5s
          timeout client 2m
          timeout server 2m
          timeout http-keep-alive 2m
          http-reuse always
        frontend http1
          bind 127.0.0.1:{{http1}}
          default_backend http1
        backend http1
          server next {{to.Http1}} pool-purge-delay 2m
        frontend http2
          bind 127.0.0.1:{{http2}} proto h2
          default_backend http2
        backend http2
          server next {{to.Http2}} proto h2 pool-purge-delay 2m

        """);

    /// <summary>
    /// It speaks HTTP/2 to clients and HTTP/1.1 to servers (proxy_pass has no HTTP/2), so that its h2c is only the first of three stretches, which
    /// makes it the cheaper. One process without workers.
    /// </summary>
    public static readonly ProxyProgram Nginx = new("nginx", ["-p", ".", "-c", File, "-e", "stderr"], (http1, http2, to) => $$"""
        daemon off;
        master_process off;
        pid nginx.pid;
        events { worker_connections 1024; }
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          keepalive_requests 1000000000;
          keepalive_timeout 2m;
          upstream next {
            server {{to.Http1}};
            keepalive 64;
            keepalive_requests 1000000000;
            keepalive_timeout 2m;
          }
          server {
            listen 127.0.0.1:{{http1}};
            listen 127.0.0.1:{{http2}} http2;
            location / {
              proxy_pass http://next;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $http_host;
            }
          }
        }

        """);

    /// <summary>Where it lies; null where it is not installed.</summary>
    public string? Path { get; } = InstalledProgram.Find(Name);
}

/// <summary>What a proxy forwards to: host and port for HTTP/1.1, and for HTTP/2 without TLS.</summary>
internal sealed record ProxyTarget(string Http1, string Http2);
