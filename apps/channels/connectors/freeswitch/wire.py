"""Records of mod_json_cdr, in every form they arrive in."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from apps.channels.contract import RawEvent, Refused, SourceFacts
from apps.channels.toolkit import calls
from apps.channels.toolkit.payload import parse
from apps.foundation.text.values import mapping, mappings, words
from apps.interactions.models import Direction

# Variables that make a record the second leg of a call: somebody else's record tells it.
OTHER_LEG = ("originating_leg_uuid", "originator")
# Who registered at the exchange or proved who they are: one of our telephones.
TELEPHONES = ("sip_auth_username", "sip_from_user", "user_name")
KEPT = (
    "uuid", "call_uuid", "bridge_uuid", "direction", "call_direction", "domain_name", "hangup_cause",
    "hangup_cause_q850", "sip_hangup_disposition", "start_uepoch", "answer_uepoch", "end_uepoch", "start_epoch",
    "answer_epoch", "end_epoch", "billsec", "duration", "waitsec", "hold_accum_seconds", "cc_queue", "cc_agent",
    "cc_side", "cc_cause", "cc_cancel_reason", "cc_queue_joined_epoch", "cc_queue_answered_epoch",
    "cc_queue_canceled_epoch", "callee_id_name", "last_sent_callee_id_name", "dialed_user", "voicemail_message",
    "missed_call", "record_url", "recording_url", "record_path", "record_name", "branch",
)  # fmt: skip


def record(body: bytes) -> Mapping[str, Any]:
    """The record of a body: JSON, or a form whose field `cdr` is URL-encoded or base64 JSON. Raises Refused."""
    text = body.strip()
    if text.startswith(b"cdr="):
        text = _field(text)
    elif text.startswith(b"%7B"):
        text = unquote(text.decode("ascii", "replace"), errors="replace").encode()
    read = parse(text)
    if not isinstance(read, dict) or not isinstance(read.get("variables"), dict):
        raise Refused(400, "not_a_cdr", "This is no call record of mod_json_cdr: it has no variables.")
    return read


def _field(body: bytes) -> bytes:
    value = body[len(b"cdr=") :].partition(b"&")[0]
    if b"%" in value or value.lstrip().startswith(b"{"):
        return parse_qs(f"cdr={value.decode('ascii', 'replace')}", max_num_fields=2).get("cdr", [""])[0].encode()
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(400, "bad_body", "The field cdr is neither URL-encoded nor base64.") from None


def variables(read: Mapping[str, Any]) -> dict[str, str]:
    """The channel variables, which mod_json_cdr URL-encodes once more (`encode-values`)."""
    return {
        str(name): unquote(value, errors="replace") if "%" in value else value
        for name, value in mapping(read.get("variables")).items()
        if isinstance(value, str)
    }


def events(read: Mapping[str, Any], source: SourceFacts) -> list[RawEvent]:
    """One event for the first leg of a call with somebody outside; nothing for other legs and internal calls."""
    said = variables(read)
    uuid = words(said.get("uuid"), 100)
    if not uuid or said.get("cc_side") == "agent" or any(said.get(name) for name in OTHER_LEG):
        return []
    caller, called = _parties(read, said)
    found = party(caller, called, said, source)
    if found is None:
        return []
    way, number = found
    content = {name: said[name] for name in KEPT if name in said}
    call = {"way": way, "name": _caller_name(read) if way == Direction.INBOUND else ""}
    numbers = {"phone": number, "ours": called if way == Direction.INBOUND else caller}
    return [RawEvent(uuid, {**content, **call, **numbers})]


def _parties(read: Mapping[str, Any], said: Mapping[str, str]) -> tuple[str, str]:
    """Who called, and which number: the oldest profile of the call flow is what it was before any transfer."""
    flow = mappings(read.get("callflow"))
    profile = mapping(flow[-1].get("caller_profile")) if flow else {}
    caller = said.get("sip_from_user") or words(profile.get("caller_id_number"), 60)
    called = said.get("sip_req_user") or said.get("sip_to_user") or words(profile.get("destination_number"), 60)
    return said.get("caller_id_number") or caller, said.get("caller_destination") or called


def _caller_name(read: Mapping[str, Any]) -> str:
    """The name the network showed; nothing where it is just the number again."""
    flow = mappings(read.get("callflow"))
    name = unquote(words(mapping(flow[-1].get("caller_profile")).get("caller_id_name"), 100)) if flow else ""
    return name if any(char.isalpha() for char in name) and name.lower() not in {"anonymous", "unknown"} else ""


def party(caller: str, called: str, said: Mapping[str, str], source: SourceFacts) -> tuple[str, str] | None:
    """Which way the call went and the number of whoever is outside the company; None for internal calls."""
    call = said.get("call_direction", "").lower()
    if call == "local":
        return None
    inside = any(calls.is_extension(said.get(name)) for name in TELEPHONES)
    found = calls.party(caller, called, source, from_inside=call == "outbound" or (inside and call != "inbound"))
    other = {"inbound": Direction.OUTBOUND, "outbound": Direction.INBOUND}.get(call)
    return None if found and found[0] == other else found
