"""Sources made of the samples, and their vendors calling and delivering: what every connector is held to."""

import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from types import ModuleType
from urllib.parse import parse_qsl, urlsplit

import orjson
from django.conf import settings

from apps.accounts.models import digest_of
from apps.channels.actions import create_source, issue_key
from apps.channels.contract import (
    FileConnector,
    Push,
    PushConnector,
    RawEvent,
    Refused,
    Secret,
    SecretField,
    SourceFacts,
    StoredEvent,
    Unintelligible,
)
from apps.channels.ingest.envelope import prepare
from apps.channels.models import Envelope, Source
from apps.channels.registry import CONNECTORS
from apps.channels.toolkit.payload import inflate
from apps.interactions.drafts import Draft
from tests.channels.samples import Call, Made

ELSEWHERE = {"segment", "imap", "singer", "drop"}  # each has a way in of its own, and tests of its own
FILED = sorted(k for k, one in CONNECTORS.items() if isinstance(one, FileConnector) and k not in ELSEWHERE)
CALLED = sorted(k for k, one in CONNECTORS.items() if isinstance(one, PushConnector) and k not in ELSEWHERE)
KINDS = sorted({*FILED, *CALLED})
PROVED = [kind for kind in CALLED if CONNECTORS[kind].about.secret != Secret.NONE]  # those that show a secret
ANOTHER = "another-secret-entirely"
_slugs = (f"shop-{number}" for number in itertools.count())


def fresh_slug() -> str:
    """An address that the running server has not been asked for: it remembers what it found for some seconds."""
    return next(_slugs)


def sample(kind: str) -> ModuleType:
    """What a vendor sends. A connector without a sample has no proof: the import fails, and its tests with it."""
    return import_module(f"tests.channels.samples.{kind}")


def address_of(slug: str) -> str:
    return f"http://testserver/in/{slug}/"


def calls_of(kind: str, address: str) -> list[Call]:
    """The requests of a vendor's; a kind that only reads files has them posted."""
    module = sample(kind)
    if hasattr(module, "calls"):
        return list(module.calls(address))
    bearer = {"Authorization": f"Bearer {module.SOURCE.secret}"}
    return [Call(content, bearer, name, "application/octet-stream") for name, content in module.FILES]


def files_of(kind: str) -> list[tuple[str, bytes]]:
    return list(getattr(sample(kind), "FILES", []))


def make(kind: str, slug: str, made: Made | None = None) -> Source:
    made = made or sample(kind).SOURCE
    source = create_source(
        actor=None, slug=slug, name=slug, kind=kind, region=made.region, timezone=made.timezone, **made.settings
    )
    if CONNECTORS[kind].about.secret != Secret.NONE:
        issue_key(actor=None, source=source, secret=made.secret)
    return source


def wrong(kind: str) -> Made:
    """A source that must refuse the sample's calls: other secrets, or what the sample says (`WRONG`)."""
    module = sample(kind)
    if hasattr(module, "WRONG"):
        return module.WRONG
    fields = CONNECTORS[kind].about.settings_form.base_fields
    secret = {name for name in module.SOURCE.settings if isinstance(fields.get(name), SecretField)}
    return replace(module.SOURCE, secret=ANOTHER, settings={**module.SOURCE.settings, **dict.fromkeys(secret, ANOTHER)})


def facts(kind: str, slug: str = "", made: Made | None = None) -> SourceFacts:
    """What `verify` and `split` know of such a source, without a database."""
    made = made or sample(kind).SOURCE
    about = CONNECTORS[kind].about
    kept = about.signed or about.secret == Secret.THEIRS
    return SourceFacts(
        pk=1,
        slug=slug or kind,
        kind=kind,
        region=made.region,
        timezone=made.timezone,
        settings=made.settings,
        key_digests=frozenset({digest_of(made.secret)}),
        secrets=(made.secret,) if kept else (),
    )


def without_secrets(source: SourceFacts) -> SourceFacts:
    """What `normalise` knows."""
    fields = CONNECTORS[source.kind].about.settings_form.base_fields
    open_ones = {
        name: value for name, value in source.settings.items() if not isinstance(fields.get(name), SecretField)
    }
    return replace(source, settings=open_ones, secrets=(), key_digests=frozenset())


def pushed(one: Call, address: str) -> Push:
    """A call as the view hands it on. Raises Refused where a compressed body cannot be read."""
    headers = {name.lower(): value for name, value in one.headers.items()} | {"content-type": one.content_type}
    url = urlsplit(f"{address}{one.path}")
    body = inflate(one.body, headers.get("content-encoding", ""), settings.COLLECT_MAX_BYTES)
    return Push(
        urlsplit(one.path).path.strip("/"),
        headers,
        body,
        method=one.method,
        url=url.geturl(),
        query=dict(parse_qsl(url.query, keep_blank_values=True)),
        raw=one.body,
        at=datetime.now(UTC),
    )


def ring(client, slug: str, one: Call):
    """The vendor calls."""
    return client.generic(
        one.method, f"/in/{slug}/{one.path}", one.body, content_type=one.content_type, headers=one.headers
    )


def read_file(kind: str, name: str, content: bytes, source: SourceFacts) -> Iterator[RawEvent]:
    return CONNECTORS[kind].read(io.BytesIO(content), name, source)


def split(kind: str, one: Call, source: SourceFacts) -> Sequence[RawEvent]:
    return CONNECTORS[kind].split(pushed(one, address_of(source.slug)), source)


def told(kind: str, one: Call, source: SourceFacts) -> Iterator[RawEvent]:
    """As `split`, but a refusal comes when the first event is wanted."""
    yield from split(kind, one, source)


def understood(kind: str, events: Iterable[RawEvent], source: SourceFacts) -> list[Draft]:
    """What becomes of events as they would be stored. Anything but Unintelligible and Refused is a defect and rises."""
    drafts, plain, at = [], without_secrets(source), datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    reasons: list[str] = []
    statuses: list[int] = []
    try:
        for event in events:
            kept = prepare(event, settings.PUSH_MAX_EVENT_BYTES)
            if kept.state != Envelope.State.RECEIVED:
                continue
            try:
                stored = StoredEvent(kept.key, at, orjson.loads(kept.payload))
                drafts.append(CONNECTORS[kind].normalise(stored, plain))
            except Unintelligible as refusal:
                reasons.append(str(refusal))
    except Refused as refusal:
        statuses.append(refusal.status)
    assert all(reasons), "a supervisor reads why"
    assert all(400 <= status < 500 for status in statuses)
    return drafts
