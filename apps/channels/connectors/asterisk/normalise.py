"""One row of Master.csv as a draft."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.channels.connectors.asterisk.rows import TELEPHONE
from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.calls import lines, outside, seconds, title
from apps.channels.toolkit.occurrence import happened
from apps.channels.toolkit.people import claim, person
from apps.foundation.text.dates import instant
from apps.foundation.text.values import Event, mapping, web_address, words
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Channel, Direction

NAMED = re.compile(r'\s*"([^"]{1,100})"\s*<')  # "Anna" <07700900123>
NEAR = timedelta(hours=3)  # between a channel's making, which its unique id tells, and the start of its record
ABOUT = ("disposition", "lastapp", "lastdata", "dcontext", "channel", "dstchannel", "uniqueid", "linkedid")


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible where nobody outside the company took part."""
    row = mapping(event.payload)
    number = outside(row.get("phone"), source)
    if number is None:
        raise Unintelligible("Nobody outside the company takes part in this call.")
    inbound = row.get("way") != Direction.OUTBOUND
    began = happened(started(row, source.timezone), row.get("start"), event.received_at, "start")
    claimed = claim(
        source,
        began,
        sure=() if inbound else (number,),
        unsure=(number,) if inbound else (),
        traits=person(name=_name(row)) if inbound else {},
    )
    return Draft(claimed, _touch(event.key, row, began, inbound=inbound))


def _touch(key: str, row: Event, began: datetime, *, inbound: bool) -> InteractionDraft:
    answered = words(row.get("disposition")).upper() == "ANSWERED"
    other, way = _extension(row, inbound=inbound), Direction.INBOUND if inbound else Direction.OUTBOUND
    talked = seconds(row.get("billsec"))
    waited = seconds(row.get("duration")) if not answered else 0
    return InteractionDraft(
        external_id=key,
        occurred_at=began,
        ended_at=began + timedelta(seconds=seconds(row.get("duration"))),
        channel=Channel.VOICE,
        kind="call" if answered else "missed_call",
        direction=way,
        title=title(way, talked, answered=answered, why="" if answered else _reason(row), waited=waited),
        body=lines(
            (
                (_("Answered by") if answered and inbound else _("Rang at") if inbound else _("Called from"), other),
                (_("Note"), words(row.get("userfield"), 200) if not web_address(row.get("userfield")) else ""),
            )
        ),
        touchpoint=_queue(row) or words(row.get("dst" if inbound else "src"), 80),
        staff_name=other if answered else "",
        thread=f"call:{words(row.get('linkedid') or row.get('uniqueid') or key, 100)}",
        link=web_address(row.get("userfield")),
        payload={name: words(row[name], 120) for name in ABOUT if words(row.get(name))},
    )


def started(row: Event, zone: str) -> datetime | None:
    """The start in UTC. Rows are in the exchange's local time: in the hour that comes twice, the unique id tells which
    one it was, else it is the first; a time the clock skipped is read as if it had not."""
    first = instant(row.get("start"), zone)
    if first is None:
        return None
    readings = [first, first.astimezone(ZoneInfo(zone)).replace(fold=1).astimezone(UTC)]
    made = _made(row)
    if made is None or min(abs(reading - made) for reading in readings) > NEAR:
        return readings[0]
    return min(readings, key=lambda reading: abs(reading - made))


def _made(row: Event) -> datetime | None:
    """When the channel was made: the unique id begins with it."""
    epoch = re.search(r"(\d{9,11})\.\d", words(row.get("uniqueid"), 150))
    return datetime.fromtimestamp(int(epoch[1]), UTC) if epoch else None


def _name(row: Event) -> str:
    named = NAMED.match(str(row.get("clid") or "")[:300])
    name = named[1].strip() if named else ""
    return name if any(char.isalpha() for char in name) and name.lower() not in {"anonymous", "unknown"} else ""


def _extension(row: Event, *, inbound: bool) -> str:
    """The telephone within the company: `SIP/201-00000012` is 201."""
    found = TELEPHONE.match(words(row.get("dstchannel" if inbound else "channel"), 80))
    return found[1] if found else ""


def _queue(row: Event) -> str:
    """The first argument of the application that had the call last."""
    return words(row.get("lastdata"), 200).partition(",")[0][:80] if words(row.get("lastapp")) == "Queue" else ""


def _reason(row: Event) -> str:
    return {
        "BUSY": _("busy"),
        "NO ANSWER": _("nobody answered"),
        "FAILED": _("the call failed"),
        "CONGESTION": _("the network failed"),
    }.get(words(row.get("disposition"), 20).upper(), "")
