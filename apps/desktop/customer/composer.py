"""What the composer needs to be drawn."""

from typing import Any

from apps.accounts.models import Role, User
from apps.customers.models import Customer
from apps.desktop.customer.forms import LogForm, blank_log, keepers_for
from apps.interactions.wrap_up import dispositions, note_templates

MODE_ICONS = {"call": "phone", "note": "notebook-pen", "store": "store"}


def composer_context(
    user: User, customer: Customer, draft: dict[str, Any], form: LogForm | None = None, mode: str = ""
) -> dict[str, Any]:
    """An empty composer with the kept draft, or the one that could not be saved with its errors. `mode` is what is
    logged next, by default what people of this role log."""
    empty = dict.fromkeys(LogForm.base_fields, "")
    mode = mode or ("store" if user.role == Role.STORE else "")
    start = {**empty, **blank_log({"mode": mode} if mode else {})}
    values = {**start, **draft} if form is None else {**start, **form.data.dict()}  # type: ignore[attr-defined]
    return {
        "log": form or LogForm(initial=values, author=user),
        "values": values,
        "drafted": bool(draft) and form is None,
        "modes": LogForm.MODES,
        "mode_icons": MODE_ICONS,
        "keeper": _keeper(user, values.get("keeper")),
        "dispositions": [code for code in dispositions().values() if code.active][:100],
        "templates": [template for template in note_templates().values() if template.active][:12],
        "customer": customer,
    }


def _keeper(user: User, chosen: Any) -> User | None:
    """The colleague whom a kept draft names; asked for only where one does."""
    known = str(chosen).isdecimal() and len(str(chosen)) < 19 and str(chosen) != str(user.pk)
    return keepers_for(user).filter(pk=int(chosen)).first() if known else None
