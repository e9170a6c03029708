using System.Collections.Frozen;
using System.Net;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Matching;

/// <summary>
/// <c>xds.type.matcher.v3.Matcher</c>, ready to run. A branch whose own tree has nothing, or that says <c>keep_matching</c>, counts as not
/// matched, and the search goes on behind it as Envoy's does.
/// </summary>
internal abstract class MatchTree
{
    /// <summary>No action.</summary>
    public const int None = -1;

    private readonly Branch _rest;

    private MatchTree(MatcherResource resource) => _rest = resource.OnNoMatch is null ? default : new Branch(resource.OnNoMatch);

    public static MatchTree Create(MatcherResource resource) => resource switch
    {
        MatcherResource.List list => new ListTree(list),
        MatcherResource.Map { ByPrefix: true } map => new PrefixTree(map),
        MatcherResource.Map map => new ExactTree(map),
        MatcherResource.Addresses addresses => new AddressTree(addresses),
        MatcherResource.ServerNames names => new ServerNameTree(names),
        _ => throw new ArgumentException($"{resource.GetType().Name} is no matcher", nameof(resource)),
    };

    /// <summary>The number of the action of a request; <see cref="None"/> when there is none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="steps">Takes each decision in words; null asks for none.</param>
    public int Find(in RequestView request, List<string>? steps = null)
    {
        int found = FindBranch(request, steps);
        if (found != None || !_rest.Exists)
            return found;
        steps?.Add("on_no_match");
        return _rest.Take(request, steps);
    }

    protected abstract int FindBranch(in RequestView request, List<string>? steps);

    /// <summary><c>Matcher.OnMatch</c>.</summary>
    private readonly struct Branch(OnMatchResource resource)
    {
        private readonly MatchTree? _tree = resource.Matcher is null ? null : Create(resource.Matcher);
        private readonly int _action = resource.Action;
        private readonly bool _keepMatching = resource.KeepMatching;

        public bool Exists { get; } = true;

        public int Take(in RequestView request, List<string>? steps)
        {
            int found = _tree?.Find(request, steps) ?? _action;
            if (found == None || !_keepMatching)
                return found;
            steps?.Add("keep_matching");
            return None;
        }
    }

    private sealed class ListTree(MatcherResource.List resource) : MatchTree(resource)
    {
        private readonly (MatchPredicate Predicate, Branch Branch)[] _matchers =
            [.. resource.Matchers.Select(each => (MatchPredicate.Create(each.Predicate), new Branch(each.OnMatch)))];

        protected override int FindBranch(in RequestView request, List<string>? steps)
        {
            foreach (var (predicate, branch) in _matchers)
            {
                bool holds = predicate.Holds(request);
                steps?.Add($"{predicate} {(holds ? "holds" : "does not hold")}");
                if (holds && branch.Take(request, steps) is var found and not None)
                    return found;
            }

            return None;
        }
    }

    private sealed class ExactTree(MatcherResource.Map resource) : MatchTree(resource)
    {
        private readonly FrozenDictionary<string, Branch> _branches =
            resource.Entries.ToFrozenDictionary(entry => entry.Key, entry => new Branch(entry.Value), StringComparer.Ordinal);

        protected override int FindBranch(in RequestView request, List<string>? steps)
        {
            if (MatchInput.Find(resource.Input, request) is not { } text || !_branches.TryGetValue(text, out Branch branch))
            {
                steps?.Add($"{MatchInput.Describe(resource.Input, request)} is no key of exact_match_map");
                return None;
            }

            steps?.Add($"{MatchInput.Describe(resource.Input, request)} is a key of exact_match_map");
            return branch.Take(request, steps);
        }
    }

    private sealed class PrefixTree(MatcherResource.Map resource) : MatchTree(resource)
    {
        private readonly AffixTable<Branch> _branches =
            new(ends: false, resource.Entries.Select(entry => KeyValuePair.Create(entry.Key, new Branch(entry.Value))), StringComparer.Ordinal);

        protected override int FindBranch(in RequestView request, List<string>? steps)
        {
            if (MatchInput.Find(resource.Input, request) is { } text)
            {
                foreach (int length in _branches.Lengths)
                {
                    if (!_branches.TryFind(text, length, out Branch branch))
                        continue;
                    steps?.Add($"{MatchInput.Describe(resource.Input, request)} begins with '{text[..length]}' of prefix_match_map");
                    if (branch.Take(request, steps) is var found and not None)
                        return found;
                }
            }

            steps?.Add($"{MatchInput.Describe(resource.Input, request)} has no other prefix in prefix_match_map");
            return None;
        }
    }

    /// <summary>Of ranges of one length the one that stands first is tried first; an exclusive one only when it is the first tried.</summary>
    private sealed class AddressTree(MatcherResource.Addresses resource) : MatchTree(resource)
    {
        private readonly (CidrRangeResource Range, bool Exclusive, Branch Branch)[] _ranges =
            [.. resource.Ranges.SelectMany(each => each.Ranges.Select(range => (range, each.Exclusive, new Branch(each.OnMatch)))).OrderByDescending(entry => entry.range.Network.PrefixLength)];

        protected override int FindBranch(in RequestView request, List<string>? steps)
        {
            bool first = true;
            if (MatchInput.Find(resource.Input, request) is { } text && IPAddressText.TryParse(text, out IPAddress? address))
            {
                foreach (var (range, exclusive, branch) in _ranges)
                {
                    if (!range.Contains(address) || (exclusive && !first))
                        continue;
                    first = false;
                    steps?.Add($"{MatchInput.Describe(resource.Input, request)} lies in {range.Network}");
                    if (branch.Take(request, steps) is var found and not None)
                        return found;
                }
            }

            steps?.Add($"{MatchInput.Describe(resource.Input, request)} lies in no other range");
            return None;
        }
    }

    private sealed class ServerNameTree(MatcherResource.ServerNames resource) : MatchTree(resource)
    {
        private readonly FrozenDictionary<string, Branch> _exact = resource.Domains.Where(entry => entry.Key[0] != '*')
            .ToFrozenDictionary(entry => entry.Key, entry => new Branch(entry.Value), StringComparer.OrdinalIgnoreCase);

        /// <summary><c>*.shop</c> as <c>.shop</c>, and <c>*</c> as the end that every name has.</summary>
        private readonly AffixTable<Branch> _ends = new(
            ends: true,
            resource.Domains.Where(entry => entry.Key[0] == '*').Select(entry => KeyValuePair.Create(entry.Key[1..], new Branch(entry.Value))),
            StringComparer.OrdinalIgnoreCase);

        protected override int FindBranch(in RequestView request, List<string>? steps)
        {
            if (MatchInput.Find(resource.Input, request) is { Length: > 0 } name)
            {
                if (_exact.TryGetValue(name, out Branch branch) && Take(branch, name, request, steps) is var exact and not None)
                    return exact;
                foreach (int length in _ends.Lengths)
                {
                    if (_ends.TryFind(name, length, out branch) && Take(branch, $"*{name[^length..]}", request, steps) is var found and not None)
                        return found;
                }
            }

            steps?.Add($"{MatchInput.Describe(resource.Input, request)} is no other of its names");
            return None;
        }

        private int Take(Branch branch, string domain, in RequestView request, List<string>? steps)
        {
            steps?.Add($"{MatchInput.Describe(resource.Input, request)} is '{domain}'");
            return branch.Take(request, steps);
        }
    }
}
