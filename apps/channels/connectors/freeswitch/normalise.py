"""One call of FreeSWITCH's as a draft."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.calls import lasted, lines, outside, seconds, title
from apps.channels.toolkit.occurrence import happened
from apps.channels.toolkit.people import claim, person
from apps.foundation.text.dates import EARLIEST, instant
from apps.foundation.text.values import Event, mapping, web_address, words
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Channel, Direction

RECORDINGS = ("record_url", "recording_url", "record_path", "record_name")
AGENTS = ("cc_agent", "last_sent_callee_id_name", "callee_id_name", "dialed_user")


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible where nobody outside the company took part."""
    said = mapping(event.payload)
    number = outside(said.get("phone"), source)
    if number is None:
        raise Unintelligible("Nobody outside the company takes part in this call.")
    inbound = said.get("way") != Direction.OUTBOUND
    written = said.get("start_uepoch") or said.get("start_epoch")
    began = happened(_epoch(said, "start"), written, event.received_at, "start_epoch")
    claimed = claim(
        source,
        began,
        sure=() if inbound else (number,),
        unsure=(number,) if inbound else (),
        traits=person(name=said.get("name")) if inbound else {},
    )
    return Draft(claimed, _touch(event.key, said, began, inbound=inbound))


def _touch(key: str, said: Event, began: datetime, *, inbound: bool) -> InteractionDraft:
    waited, answered = _waited(said), _answered(said)
    agent, why = _agent(said) if answered else "", _reason(said)
    way = Direction.INBOUND if inbound else Direction.OUTBOUND
    queue = words(said.get("cc_queue"), 80).partition("@")[0]
    return InteractionDraft(
        external_id=key,
        occurred_at=began,
        ended_at=_ended(said, began),
        channel=Channel.VOICE,
        kind="call" if answered else "missed_call",
        direction=way,
        title=title(way, _talked(said), answered=answered, why="" if answered else why, waited=waited),
        body=_body(said, agent, why if answered else "", waited if answered else 0),
        touchpoint=queue or words(said.get("branch") or said.get("ours"), 80),
        staff_name=agent,
        thread=f"call:{words(said.get('call_uuid') or said.get('bridge_uuid') or key, 100)}",
        link=next((link for name in RECORDINGS if (link := web_address(said.get(name)))), ""),
        payload={name: value for name, value in said.items() if name not in {"phone", "name"}},
    )


def _body(said: Event, agent: str, why: str, waited: int) -> str:
    held = seconds(said.get("hold_accum_seconds"))
    return lines(
        (
            (_("Waited"), lasted(waited) if waited else ""),
            (_("Answered by"), agent),
            (_("Held"), lasted(held) if held else ""),
            (_("Voicemail"), _("left a message") if said.get("voicemail_message") == "true" else ""),
            (_("Ended"), why),
        )
    )


def _epoch(said: Event, name: str) -> datetime | None:
    """`start`, `answer` or `end`: microseconds since 1970, else seconds; 0 where it did not come to that."""
    for read in (instant(said.get(f"{name}_uepoch")), instant(said.get(f"{name}_epoch"))):
        if read is not None and read > EARLIEST:
            return read
    return None


def _ended(said: Event, began: datetime) -> datetime:
    ended = _epoch(said, "end")
    return ended if ended is not None and ended >= began else began + timedelta(seconds=seconds(said.get("duration")))


def _answered(said: Event) -> bool:
    """Whether anybody talked: a queue answers by itself, and its own word counts for more."""
    if words(said.get("cc_queue")):
        return _epoch(said, "cc_queue_answered") is not None
    return _epoch(said, "answer") is not None and seconds(said.get("billsec")) > 0


def _talked(said: Event) -> int:
    answered, ended = _epoch(said, "cc_queue_answered"), _epoch(said, "end")
    if answered and ended and ended >= answered:
        return seconds(int((ended - answered).total_seconds()))
    return seconds(said.get("billsec"))


def _waited(said: Event) -> int:
    joined = _epoch(said, "cc_queue_joined")
    left = _epoch(said, "cc_queue_answered") or _epoch(said, "cc_queue_canceled") or _epoch(said, "end")
    if joined and left and left >= joined:
        return seconds(int((left - joined).total_seconds()))
    return seconds(said.get("waitsec"))


def _agent(said: Event) -> str:
    name = next((found for agent in AGENTS if (found := words(said.get(agent), 120))), "")
    return "" if name == "Outbound Call" else name.partition("@")[0]  # FreeSWITCH's own name for nobody in particular


def _reason(said: Event) -> str:
    """The hangup cause in words; nothing where somebody simply hung up."""
    if words(said.get("cc_cancel_reason")) == "TIMEOUT":
        return _("nobody was free")
    return {
        "USER_BUSY": _("busy"),
        "NO_ANSWER": _("nobody answered"),
        "NO_USER_RESPONSE": _("the telephone cannot be reached"),
        "ALLOTTED_TIMEOUT": _("it took too long"),
        "ORIGINATOR_CANCEL": _("hung up before anybody answered"),
        "CALL_REJECTED": _("declined"),
        "UNALLOCATED_NUMBER": _("the number does not exist"),
        "INVALID_NUMBER_FORMAT": _("the number does not exist"),
        "SUBSCRIBER_ABSENT": _("the telephone cannot be reached"),
        "USER_NOT_REGISTERED": _("the telephone cannot be reached"),
        "DESTINATION_OUT_OF_ORDER": _("the telephone cannot be reached"),
        "NORMAL_TEMPORARY_FAILURE": _("the network failed"),
        "NETWORK_OUT_OF_ORDER": _("the network failed"),
        "RECOVERY_ON_TIMER_EXPIRE": _("the network failed"),
        "MEDIA_TIMEOUT": _("the connection broke"),
        "LOSE_RACE": _("answered elsewhere"),
        "ATTENDED_TRANSFER": _("transferred"),
        "BLIND_TRANSFER": _("transferred"),
    }.get(words(said.get("hangup_cause"), 60), "")
