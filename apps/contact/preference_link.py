"""The link by which a customer reaches their own page without a login: in a newsletter's foot, in its headers.

The address bears a signed number of a source profile and nothing about the person. A profile follows its person through
merges. Whoever has the link may say yes and no on their behalf, and learns no more than a masked address.
"""

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.urls import reverse

from apps.contact.models import Consent
from apps.customers.models import SourceProfile

LASTS = timedelta(days=3 * 365)
SALT = "klatsch.preferences"


class Link(NamedTuple):
    """Whose page it is, and over which channel the link was sent."""

    profile: int
    channel: str


class Expired(ValueError):
    """The link was ours and is too old."""


class Forged(ValueError):
    """The link is none of ours."""


def preferences_link(profile: SourceProfile, channel: str = Consent.Channel.EMAIL, *, base: str = "") -> str:
    """The address of the customer's own page, for what is sent over this channel. `base` is how the outside reaches us
    where `KLATSCH_PUBLIC_URL` does not say so."""
    token = signing.dumps([profile.pk, channel], salt=SALT)
    return f"{(base or settings.PUBLIC_URL).rstrip('/')}{reverse('contact_choices', args=[token])}"


def unsubscribe_headers(profile: SourceProfile, *, base: str = "") -> dict[str, str]:
    """Headers of an e-mail by which mail programs offer to unsubscribe with one click (RFC 8058). They need https."""
    link = preferences_link(profile, base=base)
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def read_link(token: str) -> Link:
    """Raises `Expired` or `Forged`."""
    try:
        profile, channel = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.SignatureExpired as error:
        raise Expired from error
    except signing.BadSignature as error:
        raise Forged from error
    return Link(profile, channel)
