"""Reading files: from a folder, from an S3 bucket, or posted. What is in them only their connector knows."""

import io
from collections.abc import Iterator, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.base import (
    FileConnector,
    Page,
    Push,
    Pushed,
    RawEvent,
    SecretField,
    SourceFacts,
    Stretch,
    Words,
)
from apps.channels.connectors.signatures import bears_key, require


class PlaceForm(forms.Form):
    """Where files are looked for. Settings forms of file connectors extend it."""

    folder = forms.CharField(
        label=_("Folder"),
        required=False,
        help_text=_("A folder on the server, below one of KLATSCH_DROP_ROOTS. Leave it empty if files are posted."),
    )
    bucket = forms.CharField(label=_("S3 bucket"), required=False)
    secret_key = SecretField(label=_("S3 secret key"), required=False)


class FilePush(Pushed):
    """The push half of a file connector: a file posted as the body of a request, with the source's key as bearer."""

    def verify(self, push: Push, source: SourceFacts) -> None:
        require(bears_key(push, source))

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        return list(self.read(io.BytesIO(push.body), push.call, source))  # type: ignore[attr-defined]


class Drop:
    """`Puller` for any file connector: looks for new and grown files at its source's place."""

    def __init__(self, connector: FileConnector) -> None:
        self.connector = connector

    def check(self, source: SourceFacts) -> Words:
        raise NotImplementedError

    def streams(self, source: SourceFacts) -> Sequence[str]:
        return []

    def pull(self, source: SourceFacts, stretch: Stretch) -> Iterator[Page]:
        raise NotImplementedError
