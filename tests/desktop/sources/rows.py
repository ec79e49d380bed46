"""Sources to look at, and a connector whose provider says what a test wants."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from apps.channels.connectors.segment.normalise import normalise
from apps.channels.contract import About, Denied, EventPage, Pushed, RawEvent, Secret, SecretField, Throttled
from apps.channels.ingest.receive import receive
from apps.channels.models import Health, SyncRun, SyncState
from tests.factories.channels import SourceFactory


class SettingsForm(forms.Form):
    host = forms.CharField(label="Host")
    since = forms.DateField(label="From", required=False)
    region = forms.CharField(label="Bucket region", required=False)
    password = SecretField(label="Password")


class Lighthouse(Pushed):
    """Asked, and called too; its provider answers what `says` holds."""

    about = About(
        name="Lighthouse",
        summary="Ships that pass.",
        group="data",
        icon="plug",
        secret=Secret.THEIRS,
        secret_words="The keeper's word.",
        steps=("Point the lamp at {address}.",),
        settings_form=SettingsForm,
        every=60,
    )

    def __init__(self):
        self.says = "3 ships in 2 lanes"
        self.asked_with = None

    def verify(self, push, source):
        """Whoever calls is let in."""

    def split(self, push, source):
        return [RawEvent("", push.content)]

    def normalise(self, event, source):
        return normalise(event, source)

    def check(self, source):
        self.asked_with = source
        if isinstance(self.says, Exception):
            raise self.says
        if callable(self.says):
            self.says()
        return self.says

    def streams(self, source):
        return ["north"]

    def pull(self, source, read_range):
        yield EventPage(())


REFUSAL = Denied("Invalid credentials (Failure)")
WAIT = Throttled(60, "Slow down, please")


def tracked(key, event="Signed Up", email="anna@shop.example", **more):
    traits = {"traits": {"email": email, "name": "Anna"}}
    return RawEvent(key, {"type": "track", "event": event, "userId": email, "context": traits, **more})


def nobody(key):
    """An event that names nobody: it ends in quarantine."""
    return RawEvent(key, {"type": "track", "event": "Scrolled"})


def furnished(slug, *events):
    """A source with something of everything a page shows."""
    source, now = SourceFactory(slug=slug, kind="lighthouse", key=f"key-of-{slug}"), timezone.now()
    for number in range(2):
        SyncState.objects.create(source=source, stream=f"{slug}-{number}", last_ok_at=now, backfill_since=now)
        SyncRun.objects.create(source=source, stream=f"{slug}-{number}", state="done", finished_at=now)
    drift = {"colour": [3, (now - timedelta(days=2)).isoformat()]}
    Health.objects.create(source=source, heard_at=now, drift=drift)
    receive(source, list(events))
    return source
