"""What Twilio sends: the end of calls, and messages. Signed by Twilio's own library."""

import hashlib
from urllib.parse import urlencode

import orjson
from twilio.request_validator import RequestValidator

from tests.channels.samples import Call, Made

SOURCE = Made(settings={"numbers": "+44 20 7946 0018\n+44 20 7946 0019", "public_url": ""}, secret="twilio-auth-token")
OURS, ANNA, BEN = "+442079460018", "+447700900123", "+447700900456"
FORM = "application/x-www-form-urlencoded"

INBOUND = {
    "CallSid": "CA00000000000000000000000000000in1", "AccountSid": "ACsample", "From": ANNA, "To": OURS,
    "CallStatus": "completed", "ApiVersion": "2010-04-01", "Direction": "inbound", "CallerName": "ANNA",
    "CallDuration": "252", "Duration": "5", "Timestamp": "Mon, 02 Mar 2026 11:04:12 +0000", "SequenceNumber": "0",
    "CallbackSource": "call-progress-events", "RecordingSid": "REsample", "StirVerstat": "TN-Validation-Passed-C",
    "RecordingUrl": "https://api.twilio.example/2010-04-01/Accounts/ACsample/Recordings/REsample?key=secret",
}  # fmt: skip
MISSED = {
    **INBOUND, "CallSid": "CA00000000000000000000000000000in2", "CallStatus": "no-answer", "CallDuration": "0",
    "Timestamp": "Mon, 02 Mar 2026 10:00:00 +0000", "StirVerstat": "TN-Validation-Passed-A",
}  # fmt: skip
del MISSED["RecordingUrl"], MISSED["RecordingSid"]
OUTBOUND = {
    "CallSid": "CA0000000000000000000000000000out1", "AccountSid": "ACsample", "From": OURS, "To": BEN,
    "CallStatus": "busy", "Direction": "outbound-api", "CallDuration": "0",
    "Timestamp": "Mon, 02 Mar 2026 09:30:00 +0000",
}  # fmt: skip
SMS = {
    "MessageSid": "SM0000000000000000000000000000sms1", "SmsMessageSid": "SM0000000000000000000000000000sms1",
    "SmsSid": "SM0000000000000000000000000000sms1", "SmsStatus": "received", "AccountSid": "ACsample", "From": ANNA,
    "To": OURS, "Body": "Where is my parcel? ☕", "NumMedia": "1", "MediaContentType0": "image/jpeg",
    "MediaUrl0": "https://api.twilio.example/media/1", "NumSegments": "1", "FromCountry": "GB",
}  # fmt: skip
STOP = {
    "MessageSid": "SM0000000000000000000000000000sms2", "SmsStatus": "received", "From": BEN, "To": OURS,
    "Body": "STOP", "OptOutType": "STOP", "NumMedia": "0",
}  # fmt: skip
WHATSAPP = {
    "MessageSid": "SM000000000000000000000000000what1", "SmsStatus": "received", "From": f"whatsapp:{ANNA}",
    "To": f"whatsapp:{OURS}", "Body": "Hello", "ProfileName": "Anna", "WaId": ANNA[1:], "NumMedia": "0",
}  # fmt: skip
ANSWER = {
    "MessageSid": "SM000000000000000000000000000answ1", "SmsSid": "SM000000000000000000000000000answ1",
    "AccountSid": "ACsample", "From": OURS, "To": ANNA, "MessageStatus": "sent", "SmsStatus": "sent",
}  # fmt: skip
DELIVERED = {**ANSWER, "MessageStatus": "delivered", "SmsStatus": "delivered", "RawDlrDoneDate": "2603021210"}
FAILED = {
    **ANSWER, "MessageSid": "SM000000000000000000000000000fail1", "SmsSid": "SM000000000000000000000000000fail1",
    "MessageStatus": "undelivered", "SmsStatus": "undelivered", "ErrorCode": "30005",
}  # fmt: skip
IGNORED = (
    {**INBOUND, "CallSid": "CAringing", "CallStatus": "ringing"},
    {**INBOUND, "CallSid": "CAagent", "Direction": "outbound-dial", "ParentCallSid": INBOUND["CallSid"], "To": OURS},
    {**INBOUND, "CallSid": "CAforwarded", "Direction": "outbound-dial", "ParentCallSid": INBOUND["CallSid"], "To": BEN},
    {**INBOUND, "CallSid": "CAhidden", "From": "+266696687"},
    {**INBOUND, "CallSid": "CAunavailable", "From": "+86282452253"},
    {**INBOUND, "CallSid": "CAsoftphone", "From": "client:desk-4"},
    {**ANSWER, "MessageSid": "SMqueued", "MessageStatus": "queued", "SmsStatus": "queued"},
)
TOLD = (INBOUND, MISSED, OUTBOUND, SMS, STOP, WHATSAPP, ANSWER, DELIVERED, FAILED)
DRAFTS = 8  # of nine: sent and delivered are one message


def form(address: str, fields: dict[str, str], path: str = "") -> Call:
    signature = RequestValidator(SOURCE.secret).compute_signature(f"{address}{path}", fields)
    return Call(urlencode(fields).encode(), {"X-Twilio-Signature": signature}, path, FORM)


def as_json(address: str, fields: dict[str, str]) -> Call:
    """As Twilio signs a body that is no form: by its digest in the address."""
    body = orjson.dumps(fields)
    path = f"?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = RequestValidator(SOURCE.secret).compute_signature(f"{address}{path}", {})
    return Call(body, {"X-Twilio-Signature": signature}, path)


def calls(address: str) -> list[Call]:
    told = [form(address, fields) for fields in (*TOLD[1:], *IGNORED)]
    return [form(address, INBOUND, "?queue=Billing"), *told, as_json(address, MISSED)]
