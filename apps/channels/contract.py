"""The contract between Klatsch and a connector. docs/channels.md has the checklist for adding one.

A connector turns what one kind of system tells into drafts. `normalise` is pure: no database, no clock, no network,
so that a stored event can be explained again, years later, with the same result. Systems reach us in three ways, and
a connector implements the protocol of each way it supports:

* `PushConnector`: they post to us (`verify`, `split`);
* `PullConnector`: we ask them (`streams`, `check`, `pull`), in Celery, under a lease;
* `FileConnector`: they leave files (`read`); `toolkit.files.drop` does the asking.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import IO, Any, NamedTuple, Protocol, runtime_checkable

from django import forms
from django.utils.functional import Promise

from apps.channels.toolkit.payload import Refused, charset_of, parse
from apps.customers.drafts import NOTHING
from apps.foundation.network.errors import Denied, Throttled, Unavailable
from apps.interactions.drafts import Draft

__all__ = [
    "KEPT",
    "About",
    "Connector",
    "Denied",
    "EventPage",
    "FileConnector",
    "Nameless",
    "PullConnector",
    "Puller",
    "Push",
    "PushConnector",
    "PushReply",
    "RawEvent",
    "ReadRange",
    "Refused",
    "Secret",
    "SourceFacts",
    "StoredEvent",
    "Throttled",
    "Unavailable",
    "Unintelligible",
    "WatchConnector",
]

Words = str | Promise
KEPT = "kept:"  # how the key of an envelope begins that keeps a whole file


class Unintelligible(Exception):
    """An event that no retry will make sense of. Its message is shown to the supervisor."""


class Nameless(Unintelligible):
    """An event that is well understood and about nobody: a guest, a placeholder. It is kept in quarantine like others
    and holds nothing against its source: however many there are, they never pause it."""


@dataclass(frozen=True)
class Push:
    """A request as it came. `call` is its path after the source's address, without slashes at its ends; headers have
    lower-case names; `body` is uncompressed, `raw` to the byte as it was sent. `url` is the whole address as the
    sender called it, query included; `at` is when the request arrived."""

    call: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"
    url: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""
    at: datetime | None = None

    @cached_property
    def content(self) -> Any:
        """The body as JSON. Raises Refused."""
        return parse(self.body, charset_of(self.headers.get("content-type", "")))


@dataclass(frozen=True, slots=True)
class PushReply:
    """What a caller hears. The default is our own; a connector's `reply` gives what its vendor wants to hear."""

    status: int = 200
    body: str = '{"received": true}'
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class RawEvent(NamedTuple):
    """One event, not yet stored.

    `key` is the sender's own id, empty where it gave none. `content` is what the sender repeats word for word
    when it tries again; `meta` may differ then (when it was sent) and does not make the event another one; an
    envelope holds both in one object. With `refused` set it goes straight to quarantine for that reason. `ids` are the
    names of fields that are ids though their names do not say so: their numbers are never masked as a card's.
    """

    key: str
    content: Any
    meta: Mapping[str, Any] = NOTHING
    refused: str = ""
    ids: frozenset[str] = frozenset()


class StoredEvent(NamedTuple):
    """An envelope as `normalise` gets it. `key` is unique within the source for ever."""

    key: str
    received_at: datetime
    payload: Any


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What a connector may know of its source.

    `key_digests` are those of the write keys in force, `secrets` the signing secrets in force, newest first (two
    live at once while one is replaced). `settings` are the form's values, its secret fields included for `verify`,
    `pull` and `check` only: `normalise` never sees one.
    """

    pk: int
    slug: str
    kind: str
    region: str = ""
    timezone: str = "UTC"
    settings: Mapping[str, Any] = field(default_factory=dict)
    key_digests: frozenset[str] = frozenset()
    secrets: tuple[str, ...] = ()
    paused: bool = False
    pace: float = 5

    def with_secrets(self, *, settings: Mapping[str, Any], secrets: tuple[str, ...]) -> "SourceFacts":
        return replace(self, settings=settings, secrets=secrets)


class SecretField(forms.CharField):
    """A password or token: encrypted at rest, never shown again. Left empty on a change, the old one stays."""

    widget = forms.PasswordInput


class Secret:
    """Who makes the secret with which a source proves itself. Values of `About.secret`."""

    NONE = "none"  # nobody posts to us
    OURS = "ours"  # we make it, show it once, and the sender is given it (bearer token, signing secret, password)
    THEIRS = "theirs"  # the provider made it; somebody copies it from there to here


@dataclass(frozen=True, slots=True)
class About:
    """How a kind of source is presented to whoever connects one. `icon` is one of static/desktop/icons.svg; `group`
    one of `registry.GROUPS`; `steps` say in a few sentences what to do at the provider's end, where `{address}` is
    the source's address. `every` is how often a pulled source is asked, in seconds. `known` are the fields a payload
    has by its documentation, at its top level; others are counted as drift (empty: not counted)."""

    name: Words
    summary: Words
    group: str
    icon: str
    secret: str = Secret.OURS
    signed: bool = False  # ours is kept, encrypted, because requests are signed with it
    secret_words: Words = ""
    steps: tuple[Words, ...] = ()
    every: int = 300
    known: frozenset[str] = frozenset()
    settings_form: type[forms.Form] = forms.Form
    mapped: bool = False  # a person says what the fields mean (`toolkit.mapping`)


class Connector(Protocol):
    """Understands the events of one kind of source."""

    about: About

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        """Who it was and what happened. Raises Unintelligible."""


@runtime_checkable
class PushConnector(Connector, Protocol):
    """One whose sources call us, at `/in/<slug>/`."""

    def verify(self, push: Push, source: SourceFacts) -> None:
        """Raises Refused (401) unless the request comes from this source. Anything else it raises is a 401 too."""

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        """The events of a request. Raises Refused where the request as a whole makes no sense."""

    def reply(self, push: Push, source: SourceFacts) -> PushReply:
        """What the sender hears once its events are kept. GET, HEAD and OPTIONS come here too, straight away, without
        `verify` before: a handshake is answered, or Refused raised. Subclass `Pushed` for the usual answers.

        A connector whose senders use other methods than POST and PUT for events names them all in `carries`; headers
        of the request that they expect to find in every answer, refusals too, in `echoes` (lower case)."""


class Pushed:
    """The usual answers of a push connector."""

    def reply(self, push: Push, source: SourceFacts) -> PushReply:
        if push.method not in {"POST", "PUT"}:
            raise Refused(405, "method_not_allowed", "Events are posted.")
        return PushReply()


@dataclass(frozen=True, slots=True)
class ReadRange:
    """What to ask for: `stream` (a folder, a table, an endpoint) from `cursor` on, None at the first time.

    A backfill names the day it wants (`since`) and ends where the incremental reading began (`until`); it has a
    cursor of its own. `since` of an incremental reading is where it should begin when there is no cursor yet.
    """

    stream: str
    cursor: Mapping[str, Any] | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventPage:
    """A part of an answer, kept in one transaction together with `cursor`, the place to go on from after a crash.

    `cursor` stays None while it would not be safe to go on from here (pages of a window come newest first, say). It
    is plain JSON with a version `v`. `done` and `total` are for the progress bar of a backfill, in the stream's own
    unit (mails, rows, bytes); total 0 is unknown. At most 500 events.
    """

    events: Sequence[RawEvent]
    cursor: Mapping[str, Any] | None = None
    done: int = 0
    total: int = 0


class Puller(Protocol):
    """Asks a source, or looks into its folder. All three may use the network, and raise Denied, Throttled or anything
    else, which counts as a passing fault."""

    def check(self, source: SourceFacts) -> Words:
        """Try the settings out. Says in a sentence what was found ("214 mails in 3 folders")."""

    def streams(self, source: SourceFacts) -> Sequence[str]:
        """What there is to read, each with a cursor of its own."""

    def pull(self, source: SourceFacts, read_range: ReadRange) -> Iterator[EventPage]:
        """Everything since the cursor, with a look-back that makes up for what the provider shows late. May be
        abandoned after any page: the next call goes on from the last cursor that was kept."""


@runtime_checkable
class PullConnector(Connector, Puller, Protocol):
    """One whose sources we ask."""


@runtime_checkable
class WatchConnector(PullConnector, Protocol):
    """A pull connector that can be told at once when there is something new (IMAP IDLE)."""

    def watch(self, source: SourceFacts) -> Iterator[str]:
        """Yields a stream's name whenever it may have something new; now and then an empty string, so that the caller
        can stop. Runs in a thread of `manage.py watch` until closed."""


@runtime_checkable
class FileConnector(Connector, Protocol):
    """One that reads files: dropped into a folder or bucket, posted, or given to `manage.py sync`."""

    def read(self, file: IO[bytes], name: str, source: SourceFacts) -> Iterator[RawEvent]:
        """The events of one file, in a stream: files may be larger than memory. Every event has a key. Raises Refused
        where the file as a whole makes no sense; a bad record becomes an event with `refused` set."""


@runtime_checkable
class ExplainedFileConnector(FileConnector, Protocol):
    """One whose files a person explains. A file that nobody has explained is not read: it waits where it lies, and one
    that was posted is kept as a whole, its rows in `file_mappings.ROWS`."""

    def said_of_files(self, source: SourceFacts) -> str:
        """Another one whenever files that wait should be looked at again."""

    def unknown_columns(self, file: IO[bytes], name: str, source: SourceFacts) -> list[str]:
        """The columns of a file that nobody has explained; none where somebody has. Raises Refused."""

    def beginning(self, file: IO[bytes], source: SourceFacts) -> list[dict[str, Any]]:
        """The first rows of a file as they stand in it. Raises Refused."""

    def read_rows(self, found: Sequence[Any], name: str, source: SourceFacts) -> Iterator[RawEvent] | None:
        """The events of rows that were kept; None as long as nobody has explained them. Raises Refused."""
