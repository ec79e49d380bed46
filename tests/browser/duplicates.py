"""Pairs to decide on."""

from tests.factories.customers import MatchCandidateFactory, SourceProfileFactory


def suggested(one, other, score=0.97, **fields):
    candidate = MatchCandidateFactory(a__name=one, b__name=other, score=score, **fields)
    for customer in (candidate.a, candidate.b):
        SourceProfileFactory(customer=customer, traits={"name": customer.name})
    return candidate
