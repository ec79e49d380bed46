"""Whether a sender's address is theirs, by what the receiving server wrote down (RFC 8601). Pure functions."""

import re
from collections.abc import Sequence

METHOD = re.compile(r"\s*(dmarc|dkim|spf)\s*(?:/\s*\d+)?\s*=\s*([a-z]+)", re.IGNORECASE)
PROPERTY = re.compile(r"\b(header\.from|header\.d|header\.i|smtp\.mailfrom)\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)


def vouched(results: Sequence[str], authority: str, address: str) -> bool:
    """Whether the server `authority` says that the sender's domain itself sent this.

    `results` are the Authentication-Results headers, the topmost first. Only the topmost of this server counts:
    everything below came with the mail. A DMARC verdict decides; without one, DKIM or SPF must have passed for the
    domain of the address or for one above it.
    """
    domain = address.rpartition("@")[2].lower()
    ours = next((text for text in map(_plain, results) if _authority(text) == authority), "")
    if not authority or not domain or not ours:
        return False
    verdicts = [_verdict(part) for part in ours.split(";")[1:]]
    dmarc = [(result, about) for method, result, about in verdicts if method == "dmarc"]
    if dmarc:
        return all(result == "pass" and about.get("header.from", "") == domain for result, about in dmarc)
    return any(
        result == "pass" and any(_aligned(_domain(value), domain) for value in about.values())
        for _method, result, about in verdicts
    )


def _plain(text: str) -> str:
    """Without comments, however deep they nest, and with quoted strings in which nothing looks like a verdict: the
    sender chooses what stands before the @ of an envelope address."""
    depth, quoted, kept = 0, False, []
    characters = iter(text)
    for char in characters:
        if char == "\\" and (depth or quoted):
            next(characters, "")
        elif char == '"' and not depth:
            quoted = not quoted
        elif quoted:
            kept.append("_" if char in " \t;=()" else char)
        elif char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(char)
    return "".join(kept)


def _authority(text: str) -> str:
    return next(iter(text.partition(";")[0].split()), "").lower()


def _verdict(part: str) -> tuple[str, str, dict[str, str]]:
    """Method, result, and the domains it is about."""
    method = METHOD.match(part)
    if not method:
        return "", "", {}
    about = {name.lower(): value.lower() for name, value in PROPERTY.findall(part)}
    return method[1].lower(), method[2].lower(), about


def _domain(value: str) -> str:
    return value.rpartition("@")[2]


def _aligned(signed: str, domain: str) -> bool:
    return "." in signed and (domain == signed or domain.endswith(f".{signed}"))
