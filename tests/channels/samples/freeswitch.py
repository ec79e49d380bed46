"""What mod_json_cdr posts, and the error files it leaves: shapes recorded from FreeSWITCH 1.10."""

import base64
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from tests.channels.samples import Call, Made

SOURCE = Made(settings={"numbers": "+44 20 7946 0018"}, secret="freeswitch-key")
BASIC = {"Authorization": "Basic " + base64.b64encode(f"klatsch:{SOURCE.secret}".encode()).decode()}
START = 1772449200  # 2026-03-02 11:00 UTC


def cdr(uuid: str, caller: str, called: str, *, name: str = "", **variables: str) -> dict[str, Any]:
    """A record as mod_json_cdr writes it: values URL-encoded, the latest profile first in the call flow."""
    profile = {
        "username": caller, "dialplan": "XML", "caller_id_name": name or caller, "caller_id_number": caller,
        "network_addr": "203.0.113.7", "destination_number": called, "uuid": uuid, "source": "mod_sofia",
        "context": "public", "chan_name": f"sofia/external/{caller}@203.0.113.7",
    }  # fmt: skip
    said = {
        "uuid": uuid, "call_uuid": uuid, "direction": "inbound", "hangup_cause": "NORMAL_CLEARING",
        "start_epoch": str(START), "start_uepoch": f"{START}000123", "answer_uepoch": f"{START + 4}000123",
        "end_uepoch": f"{START + 256}000123", "duration": "256", "billsec": "252",
        "sip_via_host": "203.0.113.7", "rtp_audio_in_mos": "4.50", **variables,
    }  # fmt: skip
    return {
        "core-uuid": "4d1f1e6c-core", "switchname": "pbx", "channel_data": {"state": "CS_REPORTING"},
        "callStats": {"audio": {"inbound": {"mos": 4.5}}},
        "variables": {key: quote(value) for key, value in said.items()},
        "app_log": {"applications": [{"app_name": "callcenter", "app_data": "billing@default"}]},
        "callflow": [
            {"dialplan": "XML", "profile_index": "2", "caller_profile": {**profile, "destination_number": "5000"}},
            {"dialplan": "XML", "profile_index": "1", "caller_profile": profile},
        ],
    }  # fmt: skip


QUEUED = cdr(
    "aaaa0001-call", "+447700900123", "+442079460018", name="Anna%20of%20the%20shop", cc_queue="billing@default",
    cc_agent="desk-4@pbx.example", cc_side="member", cc_queue_joined_epoch=str(START + 4),
    cc_queue_answered_epoch=str(START + 39), record_url="https://recordings.example/aaaa0001.wav?token=secret",
    call_uuid="aaaa0001-call", hold_accum_seconds="20",
)  # fmt: skip
AGENT_LEG = cdr("aaaa0002-leg", "+447700900123", "desk-4", cc_side="agent", originating_leg_uuid="aaaa0001-call")
ABANDONED = cdr(
    "bbbb0001-call", "07700 900456", "+442079460018", cc_queue="billing@default", cc_queue_joined_epoch=str(START + 2),
    cc_queue_canceled_epoch=str(START + 90), cc_cancel_reason="BREAK_OUT", hangup_cause="ORIGINATOR_CANCEL",
)  # fmt: skip
DIALLED = cdr(
    "cccc0001-call", "1001", "07700900789", answer_uepoch="0", billsec="0", hangup_cause="USER_BUSY",
    call_direction="outbound",
)  # fmt: skip
INTERNAL = cdr("dddd0001-call", "1001", "1002")
LATE = cdr("eeee0001-call", "+447700900123", "+442079460018", last_sent_callee_id_name="Desk 7")
FILES = [
    ("a_eeee0001-call.cdr.json", orjson.dumps(LATE)),
    ("a_aaaa0001-call.cdr.json", orjson.dumps(QUEUED)),
]
DRAFTS = 4


def calls(_address: str) -> list[Call]:
    form, encoded = "application/x-www-form-urlencoded", "application/x-www-form-base64-encoded"
    posted = b"cdr=" + base64.b64encode(orjson.dumps(ABANDONED))
    return [
        Call(urlencode({"cdr": orjson.dumps(QUEUED).decode()}).encode(), BASIC, "?uuid=a_aaaa0001-call", form),
        Call(posted, BASIC, "?uuid=a_bbbb0001-call", encoded),
        Call(orjson.dumps(DIALLED), BASIC),
        Call(orjson.dumps(AGENT_LEG), BASIC),
        Call(orjson.dumps(INTERNAL), BASIC),
    ]
