"""One event of Twilio's as a draft."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from apps.channels.connectors.twilio.wire import FAILED, FINAL, RECEIVED, SENT, message_status, party
from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.calls import lasted, lines, outside, seconds, title
from apps.channels.toolkit.people import claim, handles, person
from apps.customers.drafts import Claim
from apps.customers.models import IdentifierType
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.values import Event, mapping, prose, web_address, words
from apps.interactions.drafts import ConsentLine, ConsentStatus, Draft, InteractionDraft
from apps.interactions.models import Channel, Direction

ATTESTED = "TN-Validation-Passed-A"  # STIR/SHAKEN: the caller's own provider vouches for the number
NETWORKS = {"sms": _t("SMS"), "whatsapp": "WhatsApp", "messenger": "Messenger", "rcs": "RCS"}
CHANNELS = {"sms": Channel.SMS, "messenger": Channel.SOCIAL}  # others are chats
CONSENTS = {"STOP": ConsentStatus.WITHDRAWN, "START": ConsentStatus.GRANTED}
KEPT = ("CallSid", "CallStatus", "ParentCallSid", "MessageSid", "MessageStatus", "ErrorCode", "RecordingSid")


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible where it is neither a call that has ended nor a message."""
    body = {name: value for name, value in mapping(event.payload).items() if isinstance(value, str)}
    who = party(body, source)
    if who is None:
        raise Unintelligible("Nobody outside the company takes part in it.")
    if body.get("MessageSid") or body.get("SmsSid"):
        return _message(event, body, *who, source)
    if body.get("CallStatus") not in FINAL:
        raise Unintelligible("The call has not ended yet.")
    return _call(event, body, *who, source)


def _call(event: StoredEvent, body: Event, way: str, _network: str, number: str, source: SourceFacts) -> Draft:
    length = seconds(body.get("CallDuration"))
    ended = plausible(instant(body.get("Timestamp")), event.received_at)
    began = ended - timedelta(seconds=length)
    inbound, answered = way == Direction.INBOUND, body["CallStatus"] == "completed"
    waited = seconds(body.get("QueueTime"))
    sure = not inbound or body.get("StirVerstat") == ATTESTED
    touch = InteractionDraft(
        external_id=event.key,
        occurred_at=began,
        ended_at=ended,
        channel=Channel.VOICE,
        kind="call" if answered else "missed_call",
        direction=way,
        title=title(way, length, answered=answered, why=_reasons(str(body["CallStatus"])), waited=waited),
        body=lines(
            (
                (_("Waited"), lasted(waited) if waited and answered else ""),
                (_("Forwarded from"), words(body.get("ForwardedFrom"), 40)),
                (_("Recording"), _("kept") if body.get("RecordingSid") else ""),
            )
        ),
        touchpoint=words(body.get("queue"), 80) or _ours(body, inbound=inbound),
        thread=f"call:{words(body.get('ParentCallSid') or event.key, 100)}",
        link=web_address(body.get("RecordingUrl")),
        payload=_kept(body),
    )
    return Draft(_claim(body, way, began, number, source, sure=sure), touch)


def _message(event: StoredEvent, body: Event, way: str, network: str, address: str, source: SourceFacts) -> Draft:
    status, sid = message_status(body), str(body.get("MessageSid") or body.get("SmsSid"))
    if status not in RECEIVED | SENT | FAILED:
        raise Unintelligible("The message is still on its way.")
    inbound, failed = status in RECEIVED, status in FAILED
    text = prose(body.get("Body"))
    touch = InteractionDraft(
        external_id=sid[:190] if inbound else f"{sid[:190]}:{'failed' if failed else 'sent'}",
        occurred_at=event.received_at,
        channel=CHANNELS.get(network, Channel.CHAT),
        kind="message_failed" if failed else "message",
        direction=way,
        title=_message_title(str(NETWORKS[network]), body, inbound=inbound, failed=failed),
        verbatim=text if inbound else "",
        body=_enclosed(body) if inbound else text,
        touchpoint=_ours(body, inbound=inbound),
        thread=f"{network}:{_ours(body, inbound=inbound)}:{address}"[:119],
        payload=_kept(body),
    )
    claimed = _claim(body, way, event.received_at, address, source, sure=True, network=network)
    return Draft(claimed, touch, _consents(body) if inbound and network == "sms" else ())


def _message_title(network: str, body: Event, *, inbound: bool, failed: bool) -> str:
    if inbound:
        return _("%(network)s from customer") % {"network": network}
    if not failed:
        return _("%(network)s to customer") % {"network": network}
    title = _("%(network)s could not be delivered") % {"network": network}
    return f"{title}: {reason}" if (reason := _errors(words(body.get("ErrorCode"), 6))) else title


def _claim(
    body: Event, way: str, at: datetime, address: str, source: SourceFacts, *, sure: bool, network: str = "voice"
) -> Claim:
    inbound = way == Direction.INBOUND
    number = outside(address, source) if network != "messenger" else None
    scope = f"{network}:{_ours(body, inbound=inbound)}"[:40] if network == "messenger" else network
    held = (number,) if number else handles(IdentifierType.SOCIAL, [address], scope=scope)
    named = person(name=body.get("ProfileName") or body.get("CallerName")) if inbound else {}
    return claim(source, at, sure=held if sure else (), unsure=() if sure else held, traits=named)


def _ours(body: Event, *, inbound: bool) -> str:
    """Which of our numbers it was."""
    return words(str(body.get("To" if inbound else "From") or "").rpartition(":")[2], 40)


def _enclosed(body: Event) -> str:
    count = min(seconds(body.get("NumMedia")), 10)
    media = [words(body.get(f"MediaContentType{number}"), 60) or _("a file") for number in range(count)]
    place = ", ".join(filter(None, (words(body.get("Label")), words(body.get("Address")))))
    return lines([*((_("Attachment"), medium) for medium in media), (_("Place"), place)])


def _consents(body: Event) -> tuple[ConsentLine, ...]:
    """Twilio itself blocks further messages after STOP; the ledger has to say so too."""
    status = CONSENTS.get(words(body.get("OptOutType"), 10).upper())
    return (ConsentLine("sms", status, f"SMS {words(body['OptOutType'], 10)}"),) if status else ()


def _kept(body: Event) -> dict[str, Any]:
    return {name: words(body[name], 100) for name in KEPT if name in body}


def _reasons(status: str) -> str:
    return {
        "busy": _("busy"),
        "no-answer": _("nobody answered"),
        "failed": _("the call failed"),
        "canceled": _("hung up before anybody answered"),
    }.get(status, "")


def _errors(code: str) -> str:
    return {
        "21610": _("the customer has opted out"),
        "30003": _("the telephone cannot be reached"),
        "30004": _("the customer blocks such messages"),
        "30005": _("the number does not exist"),
        "30006": _("it is a landline"),
        "30007": _("filtered by the network"),
        "63016": _("outside the time in which free text is allowed"),
    }.get(code, _("error %(code)s") % {"code": code} if code else "")
