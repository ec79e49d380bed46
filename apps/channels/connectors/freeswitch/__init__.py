"""FreeSWITCH: one record a call, posted by mod_json_cdr or left as `*.cdr.json` where posting failed.

Format: "mod_json_cdr" and "mod_callcenter" (channel variables) of the FreeSWITCH documentation.
"""

from collections.abc import Iterator, Sequence
from typing import IO

from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.freeswitch import wire
from apps.channels.connectors.freeswitch.normalise import normalise
from apps.channels.contract import About, Push, RawEvent, Refused, Secret, SourceFacts, StoredEvent
from apps.channels.toolkit.calls import NumbersForm
from apps.channels.toolkit.files.drop import FilePlaceForm, FilePush
from apps.channels.toolkit.http.signatures import bears_key, require
from apps.interactions.drafts import Draft

LARGEST = 4 * 1024 * 1024  # bytes of one record: call flows of long queues are large


class FreeSwitchForm(NumbersForm, FilePlaceForm):
    """Where the error files are looked for, and which numbers are the company's."""


class FreeSwitch(FilePush):
    """`PushConnector` for mod_json_cdr, `FileConnector` for its error files."""

    about = About(
        name=_("FreeSWITCH"),
        summary=_("Every call with its queue, the agent who answered, how long it took and why it ended."),
        group="calls",
        icon="phone",
        secret=Secret.OURS,
        steps=(
            _("In json_cdr.conf.xml set the parameter url to {address}"),
            _("Set cred to klatsch: followed by the key shown when the source is made, and auth-scheme to basic."),
            _("Leave log-b-leg at false, and set err-log-dir to a folder that Klatsch may read."),
        ),
        settings_form=FreeSwitchForm,
    )

    def verify(self, push: Push, source: SourceFacts) -> None:
        require(bears_key(push, source))

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        return wire.events(wire.record(push.body), source)

    def read(self, file: IO[bytes], name: str, source: SourceFacts) -> Iterator[RawEvent]:
        content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise Refused(413, "too_large", f"A call record may have {LARGEST} bytes.")
        yield from wire.events(wire.record(content), source)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)
