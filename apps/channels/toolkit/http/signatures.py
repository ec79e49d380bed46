"""Proving that a request comes from whom it says. Every comparison takes the same time, right or wrong."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from apps.accounts.models import digest_of
from apps.channels.contract import Push, Refused, SourceFacts

TOLERANCE = 300  # seconds a signed time may differ from ours: older requests are replays


def refuse() -> Refused:
    return Refused(401, "invalid_signature", "The signature does not fit this source.")


def require(holds: bool) -> None:
    """Raises Refused (401) unless it holds."""
    if not holds:
        raise refuse()


def signed(
    secrets: Iterable[str | bytes], message: bytes, given: str, *, algorithm: str = "sha256", encoding: str = "hex"
) -> bool:
    """Whether `given` is the HMAC of the message under one of the secrets. `encoding` is hex or base64.

    Only the one spelling that encoders write counts: hex with spaces in it, or base64 whose unused bits are set, is
    something that was tampered with.
    """
    try:
        claimed = bytes.fromhex(given) if encoding == "hex" else base64.b64decode(given, validate=True)
    except (ValueError, binascii.Error):
        return False
    if (claimed.hex() if encoding == "hex" else base64.b64encode(claimed).decode()) not in {given, given.lower()}:
        return False
    matches = [
        hmac.compare_digest(hmac.new(_bytes(secret), message, getattr(hashlib, algorithm)).digest(), claimed)
        for secret in secrets
    ]
    return any(matches)


def _bytes(secret: str | bytes) -> bytes:
    return secret.encode() if isinstance(secret, str) else secret


def fresh(timestamp: str | float, at: datetime | None) -> bool:
    """Whether a signed time (seconds since 1970) is within `TOLERANCE` of the request's arrival."""
    try:
        return at is not None and abs(at.timestamp() - float(timestamp)) <= TOLERANCE
    except ValueError:
        return False


def standard_webhook(push: Push, secrets: Iterable[str]) -> bool:
    """Whether the request is signed as the Standard Webhooks specification says, within `TOLERANCE` of its arrival."""
    name, timestamp, given = (push.headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
    message = b"%b.%b.%b" % (name.encode(errors="replace"), timestamp.encode(errors="replace"), push.raw)
    keys = [_standard_key(secret) for secret in secrets]
    signatures = [signature.partition(",") for signature in given.split(" ")[:10]]
    return fresh(timestamp, push.at) and any(
        version == "v1" and signed(keys, message, signature, encoding="base64")
        for version, _comma, signature in signatures
    )


def _standard_key(secret: str) -> bytes:
    """Secrets are base64 behind a prefix; ones that are not are taken as they stand."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return secret.encode()


def bears_key(push: Push, source: SourceFacts, *others: str) -> bool:
    """Whether the request shows a write key of the source: as bearer token, as user or password of Basic, or among
    `others` (a query parameter, a header or field of the vendor's own)."""
    scheme, _space, credentials = push.headers.get("authorization", "").partition(" ")
    shown = [*others]
    if scheme.lower() == "bearer":
        shown.append(credentials.strip())
    elif scheme.lower() == "basic":
        try:
            user, _colon, password = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
            shown += [user, password]
        except (binascii.Error, ValueError):
            pass
    return any(digest_of(key) in source.key_digests for key in shown if key)
