"""What vendors send, one module a connector: the material of `test_contract.py` and of each connector's own tests.

A module has `SOURCE` (what the source is made of), and `calls(address)` for a connector that is called, `FILES` for
one that reads files. `DRAFTS` is how many interactions all of it together makes. `address` ends with a slash: it and
a call's `path` are what is called (`http://testserver/in/<slug>/<path>`). Called twice, `calls` gives the same events.
`WRONG` is a source that must refuse these calls, where another secret alone does not make it one.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request, signed as its vendor signs it. `path` follows the source's address."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    path: str = ""
    content_type: str = "application/json"
    status: int = 200  # what the vendor should hear
    method: str = "POST"


@dataclass(frozen=True)
class Made:
    """A source to be made: its settings with secret ones, and the secret that signs or opens."""

    settings: dict[str, Any] = field(default_factory=dict)
    secret: str = "sample-secret-of-the-source"
    region: str = "GB"
    timezone: str = "UTC"
