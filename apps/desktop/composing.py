"""What the composer needs to be drawn."""

from typing import Any

from apps.accounts.models import Role, User
from apps.customers.models import Customer
from apps.desktop.forms import LogForm, blank_log, keepers_for
from apps.interactions.models import Disposition, NoteTemplate


def composer_context(
    user: User, customer: Customer, draft: dict[str, Any], form: LogForm | None = None
) -> dict[str, Any]:
    """An empty composer with the kept draft, or the one that could not be saved with its errors."""
    start = blank_log({"mode": "store"} if user.role == Role.STORE else {})
    values = {**start, **draft} if form is None else {**start, **form.data.dict()}  # type: ignore[attr-defined]
    dispositions = Disposition.objects.filter(active=True).only("label")
    templates = NoteTemplate.objects.filter(active=True).only("title", "text")
    return {
        "log": form or LogForm(initial=values, author=user),
        "values": values,
        "drafted": bool(draft) and form is None,
        "modes": LogForm.MODES,
        "keeper": _keeper(user, values.get("keeper")),
        "dispositions": list(dispositions.order_by("position", "label")[:100]),
        "templates": list(templates.order_by("position", "title")[:12]),
        "customer": customer,
    }


def _keeper(user: User, chosen: Any) -> User | None:
    """The colleague whom a kept draft names; asked for only where one does."""
    known = str(chosen).isdecimal() and len(str(chosen)) < 19 and str(chosen) != str(user.pk)
    return keepers_for(user).filter(pk=int(chosen)).first() if known else None
