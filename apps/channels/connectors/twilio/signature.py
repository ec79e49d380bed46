"""`X-Twilio-Signature`, by "Webhooks security" of Twilio's documentation."""

import hashlib
from collections.abc import Iterator
from hmac import compare_digest
from urllib.parse import SplitResult, parse_qs, urlsplit

from apps.channels.connectors.twilio.wire import is_form, pairs
from apps.channels.contract import Push, SourceFacts
from apps.channels.toolkit.http.signatures import require, signed

ALGORITHMS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}


def verify(push: Push, source: SourceFacts) -> None:
    """Raises Refused (401). A form is signed with its fields, sorted; anything else by its digest in the address."""
    given, algorithm = push.headers["x-twilio-signature"], _algorithm(push)
    holds = [
        signed(source.secrets, (url + fields).encode(), given, algorithm=algorithm, encoding="base64")
        for fields in [_fields(push)]
        for url in _addresses(push.url, source)
    ]
    require(any(holds))


def _algorithm(push: Push) -> str:
    """SHA-1, unless the newer header names another one."""
    for part in push.headers.get("x-twilio-webhooks-signature-settings", "").split(","):
        name, _equals, value = part.partition("=")
        if name.strip() == "algorithm":
            return ALGORITHMS[value.strip().upper()]
    return "sha1"


def _fields(push: Push) -> str:
    if is_form(push):
        named = pairs(push.raw)
        return "".join(name + value for name, value in sorted(set(named)))
    claimed = parse_qs(urlsplit(push.url).query).get("bodySHA256", [""])[0]
    require(compare_digest(hashlib.sha256(push.raw).hexdigest(), claimed.lower()))
    return ""


def _addresses(url: str, source: SourceFacts) -> Iterator[str]:
    """The address as Twilio may have spelled it: with or without its port, at our outer name if there is one."""
    parts = urlsplit(url)
    outer = urlsplit(str(source.settings.get("public_url") or ""))
    if outer.netloc:
        parts = parts._replace(scheme=outer.scheme, netloc=outer.netloc)
    yield parts.geturl()
    yield from _with_and_without_port(parts)


def _with_and_without_port(parts: SplitResult) -> Iterator[str]:
    if parts.port:
        yield parts._replace(netloc=parts.netloc.rpartition(":")[0]).geturl()
    else:
        port = 443 if parts.scheme == "https" else 80
        yield parts._replace(netloc=f"{parts.netloc}:{port}").geturl()
