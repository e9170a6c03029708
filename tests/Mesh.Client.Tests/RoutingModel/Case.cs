using FsCheck;
using FsCheck.Fluent;
using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>A table and the requests it is asked about: making a table costs more than asking it.</summary>
internal sealed record Case(RouteConfigurationResource Table, ModelRequest[] Requests)
{
    public const int RequestsPerTable = 200;

    public static readonly Gen<Case> Any =
        from table in TableGenerator.Table
        from requests in RequestGenerator.Near(table).ArrayOf(RequestsPerTable)
        select new Case(table, requests);

    /// <summary>What a failed property prints: little, once it is shrunk.</summary>
    public override string ToString() => Requests.Length > 1
        ? $"{Requests.Length} requests"
        : $"\ntable   {CaseText.Of(Table)}\nrequest {CaseText.Of(Requests[0])}";
}
