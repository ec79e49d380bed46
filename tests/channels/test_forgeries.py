"""A hundred thousand requests that nobody signed: none is believed, and none breaks anything."""

import random
from collections import Counter
from dataclasses import replace
from functools import lru_cache

import pytest

from apps.channels.contract import Refused
from apps.channels.models import Envelope
from apps.channels.registry import CONNECTORS
from tests.channels import vendors
from tests.channels.forgery import forged_body, forged_headers, forged_secret, is_the_same
from tests.channels.vendors import PROVED, address_of, sample

REQUESTS = 100_000
OVER_HTTP = 500


@pytest.fixture(autouse=True)
def freshly_signed():
    """Signed times are good for some minutes only."""
    genuine.cache_clear()
    credentials.cache_clear()
    is_shown.cache_clear()


@lru_cache
def genuine(kind):
    return vendors.calls_of(kind, address_of(kind)), vendors.facts(kind)


def believed(kind, call):
    """Whether `verify` takes the call for its source's. Whatever it raises is a 401 (`views._check`)."""
    _calls, facts = genuine(kind)
    try:
        CONNECTORS[kind].verify(vendors.pushed(call, address_of(kind)), facts)
    except Refused as refusal:
        return not 400 <= refusal.status < 500
    except Exception:
        return False
    return True


@lru_cache
def is_shown(kind, number):
    """Whether the call shows its secret, instead of being signed with it: whoever knows it may then say anything."""
    call = genuine(kind)[0][number]
    return forged_secret(call, sample(kind).SOURCE.secret, random.Random(0)) != call


@lru_cache
def credentials(kind, number):
    """The headers without which a call is not believed."""
    call = genuine(kind)[0][number]
    return [
        name
        for name in call.headers
        if not believed(kind, replace(call, headers={key: one for key, one in call.headers.items() if key != name}))
    ]


def forgeries(kind, count):
    """Forged calls, the same in every run: what was said changed, who says it changed, or a call under the credentials
    of another one."""
    calls, chance = genuine(kind)[0], random.Random(kind)
    secret = sample(kind).SOURCE.secret
    made = 0
    for _attempt in range(20 * count):
        if made == count:
            return
        number = chance.randrange(len(calls))
        call = calls[number]
        named = credentials(kind, number)
        way = chance.randrange(10)
        if is_shown(kind, number):
            forged = forged_secret(call, secret, chance)
        elif way < 5 and call.body:
            forged = forged_body(call, chance)
        elif way < 9:
            forged = forged_headers(call, named, chance)
        else:
            forged = replace(call, headers={**call.headers, **swapped(kind, chance)})
        if not is_the_same(forged, call):
            made += 1
            yield forged


def swapped(kind, chance):
    """The credentials of another call, whose body was another one."""
    calls = genuine(kind)[0]
    number = chance.randrange(len(calls))
    return {name: calls[number].headers[name] for name in credentials(kind, number)}


@pytest.mark.parametrize("kind", PROVED)
def test_the_genuine_requests_are_believed(kind):
    calls = genuine(kind)[0]
    assert all(believed(kind, call) for call in calls)
    for number in range(len(calls)):
        assert is_shown(kind, number) or credentials(kind, number), "nothing proves who calls"


@pytest.mark.parametrize("kind", PROVED)
def test_no_forged_request_is_believed(kind):
    count = -(-REQUESTS // len(PROVED))
    outcomes = Counter(believed(kind, forged) for forged in forgeries(kind, count))
    assert outcomes == {False: count}


@pytest.mark.parametrize("kind", PROVED)
def test_no_forged_request_is_stored(kind, db, client):
    made = vendors.make(kind, kind)
    heard = Counter(
        vendors.ring(client, made.slug, forged).status_code
        for forged in forgeries(kind, -(-OVER_HTTP // len(PROVED)))
        if not unsendable(forged)
    )
    assert heard
    assert not {status for status in heard if status < 400 or status >= 500}, heard
    assert not Envelope.objects.exists()


def unsendable(call):
    """Headers that no server lets through to us."""
    return any("\x00" in value or not value.isascii() for value in call.headers.values())
