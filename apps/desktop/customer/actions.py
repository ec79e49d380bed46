"""What is done on a customer's page that is more than one thing."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.models import User
from apps.customers.actions import DESK
from apps.customers.models import Customer
from apps.desktop.shell import open_tabs
from apps.desktop.shell.open_tabs import clear_draft
from apps.interactions import actions, corrections
from apps.interactions.actions import Promise
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import Interaction


@transaction.atomic
def log(
    *,
    actor: User,
    customer: Customer,
    touch: InteractionDraft,
    promise: Promise | None = None,
    files: Sequence[UploadedFile[Any]] = (),
    tab: str = "",
) -> Interaction:
    """Keep what was typed about a conversation, and let go of the unfinished note it began as."""
    logged = actions.log(actor=actor, customer=customer, touch=touch, promise=promise, files=files, tab=tab)
    clear_draft(user=actor, customer=customer, key=touch.external_id)
    return logged


def keep_draft(*, actor: User, customer: Customer, draft: Mapping[str, str], tab: str = "") -> None:
    """Keep what is typed so far. What was logged meanwhile under its key is no draft any more: it only comes late."""
    if not Interaction.originals.filter(source=DESK, external_id=draft.get("key", "")).exists():
        open_tabs.keep_draft(user=actor, customer=customer, draft=draft, tab=tab)


@transaction.atomic
def undo_log(*, actor: User, entry: Interaction, words: Mapping[str, str], tab: str = "") -> None:
    """Take back what was just logged: its words (`forms.words_again`) are an unfinished note again. Raises what
    `corrections.undo` raises."""
    corrections.undo(actor=actor, entry=entry, tab=tab)
    open_tabs.keep_draft(user=actor, customer=entry.profile.customer, draft=words)
