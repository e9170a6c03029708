using Mesh.Resources;

namespace Mesh.Matching;

/// <summary><c>Matcher.MatcherList.Predicate</c>, ready to run.</summary>
internal abstract class MatchPredicate
{
    public static MatchPredicate Create(PredicateResource resource) => resource switch
    {
        PredicateResource.Single single => new Single(single),
        PredicateResource.Or or => new AnyOf([.. or.Any.Select(Create)]),
        PredicateResource.And and => new AllOf([.. and.All.Select(Create)]),
        PredicateResource.Not not => new Not(Create(not.Inner)),
        _ => throw new ArgumentException($"{resource.GetType().Name} is no predicate", nameof(resource)),
    };

    public abstract bool Holds(in RequestView request);

    private sealed class Single(PredicateResource.Single resource) : MatchPredicate
    {
        private readonly StringMatcher _value = new(resource.Value);

        public override bool Holds(in RequestView request) => MatchInput.Find(resource.Input, request) is { } text && _value.Matches(text);

        public override string ToString() => $"{MatchInput.Describe(resource.Input)} {_value}";
    }

    private sealed class AnyOf(MatchPredicate[] any) : MatchPredicate
    {
        public override bool Holds(in RequestView request)
        {
            foreach (MatchPredicate each in any)
            {
                if (each.Holds(request))
                    return true;
            }

            return false;
        }

        public override string ToString() => $"({string.Join<MatchPredicate>(" or ", any)})";
    }

    private sealed class AllOf(MatchPredicate[] all) : MatchPredicate
    {
        public override bool Holds(in RequestView request)
        {
            foreach (MatchPredicate each in all)
            {
                if (!each.Holds(request))
                    return false;
            }

            return true;
        }

        public override string ToString() => $"({string.Join<MatchPredicate>(" and ", all)})";
    }

    private sealed class Not(MatchPredicate inner) : MatchPredicate
    {
        public override bool Holds(in RequestView request) => !inner.Holds(request);

        public override string ToString() => $"not {inner}";
    }
}
