"""What vendors send, one module a connector: the material of `test_contract.py` and of each connector's own tests.

A module has `SOURCE` (what the source is made of), and `calls(address)` for a connector that is called, `FILES` for
one that reads files. `DRAFTS` is how many interactions all of it together makes.
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


@dataclass(frozen=True)
class Made:
    """A source to be made: its settings with secret ones, and the secret that signs or opens."""

    settings: dict[str, Any] = field(default_factory=dict)
    secret: str = "sample-secret-of-the-source"
    region: str = "GB"
    timezone: str = "UTC"
