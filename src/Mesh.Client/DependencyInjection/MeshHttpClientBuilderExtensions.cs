using Mesh;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Says of one client of the factory how it stands to the mesh.</summary>
public static class MeshHttpClientBuilderExtensions
{
    /// <summary>
    /// Sends every call of this client through the mesh: also to hosts that only a <c>*</c> domain knows, and a call to an unknown host
    /// is answered with 404 and flag <c>NR</c> instead of being passed through.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="name">The name the mesh was added under; null for the one without a name.</param>
    /// <returns>The client.</returns>
    public static IHttpClientBuilder UseMesh(this IHttpClientBuilder builder, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure<MeshClientOptions>(builder.Name, options => options.Mesh = name ?? "");

        // Also without AddMesh: a client that says it uses a mesh must not go without one in silence.
        builder.Services.AddLogging();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<HttpClientFactoryOptions>, MeshClientSetup>());
        return builder;
    }

    /// <summary>Keeps the mesh out of this client: its calls are sent as if there were no mesh.</summary>
    /// <param name="builder">The client.</param>
    /// <returns>The client.</returns>
    public static IHttpClientBuilder BypassMesh(this IHttpClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure<MeshClientOptions>(builder.Name, options => options.Bypass = true);
        return builder;
    }
}
