"""What each figure is called, and what exactly it counts: beside it, and above its list."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.contact.permission import Code
from apps.moments.models import Outcome

NONE = "\u2013"


class Said(NamedTuple):
    label: str | Promise
    help: str | Promise


OUTCOME_HELP: Mapping[str, str | Promise] = {
    Outcome.REACHED: _("Finished: the customer was spoken to. Counts as seized."),
    Outcome.BOUGHT: _("Finished: the customer bought something. Counts as seized."),
    Outcome.THANKED: _("Finished: the customer was thanked. Counts as seized."),
    Outcome.REFUSED: _("Finished: the customer did not want it."),
    Outcome.NO_PERMISSION: _("Finished: the customer did not permit to be contacted."),
    Outcome.TOO_LATE: _("Finished by somebody who found that it was too late."),
    Outcome.NOT_ONE: _("Finished by somebody who found that there was nothing to seize: no opportunity."),
}
REASONS: Mapping[Code, str | Promise] = {
    Code.UNKNOWN: _("No such customer"),
    Code.SUPPRESSED: _("Not to be contacted at all"),
    Code.ADDRESS_SUPPRESSED: _("Address or number is suppressed"),
    Code.DENIED: _("Opted out"),
    Code.WITHDRAWN: _("They withdrew their agreement"),
    Code.NOT_ASKED: _("They were never asked"),
    Code.TAG: _("Health, a dispute, or a minor"),
    Code.COMPLAINT: _("A complaint is open"),
    Code.CAP: _("Contacted often enough"),
    Code.YIELDS: _("Something that matters more is scheduled"),
    Code.QUIET: _("A quiet hour where they are"),
    Code.HOURS: _("They prefer other hours"),
}
AVOIDED = _("Contacts that somebody was about to make, and that permission stopped. Tried again on one day, it is one.")

WORDS: Mapping[tuple[str, str], Said] = {
    ("seen", ""): Said(_("Seen"), _("Moments that were marked in this time, by somebody or by a rule.")),
    ("seen", "people"): Said(_("Seen by people"), _("Moments that somebody marked in this time.")),
    ("seen", "rules"): Said(_("Seen by rules"), _("Moments that a rule marked in this time.")),
    ("seen", "offered"): Said(_("Seen, and passed on"), _("Of those seen in this time: offered to somebody since.")),
    ("seen", "accepted"): Said(_("Seen, and accepted"), _("Of those seen in this time: taken over by somebody since.")),
    ("seen", "closed"): Said(_("Seen, and closed"), _("Of those seen in this time: finished or lapsed since.")),
    ("seen", "seized"): Said(
        _("Seen, and seized"),
        _("Of those seen in this time: finished since, with the customer reached, thanked, or buying."),
    ),
    ("offered", ""): Said(
        _("Passed on"),
        _("Moments offered for the first time in this time: by somebody, by a rule, or because nobody acted."),
    ),
    ("accepted", ""): Said(
        _("Accepted"), _("Moments that somebody took for the first time in this time, or was given while they waited.")
    ),
    ("declined", ""): Said(_("Declined"), _("How often an offer was declined in this time, each with its reason.")),
    ("due", ""): Said(_("Due or closed"), _("All that was closed in this time, or came due in it and is still open.")),
    ("due", "reckoned"): Said(
        _("Opportunities"),
        _(
            "Moments closed in this time, and those that came due in it and are still open; without those that turned "
            "out to be none. What is open and has time left does not count."
        ),
    ),
    ("due", "seized"): Said(
        _("Seized"), _("Finished in this time, with the customer reached, thanked, or buying something.")
    ),
    ("due", "finished"): Said(_("Finished"), _("Moments that somebody finished in this time, whatever came of them.")),
    ("due", "expired"): Said(_("Lapsed"), _("Closed in this time by itself: nobody seized it while it was worth it.")),
    ("due", "missed"): Said(_("Due and still open"), _("Moments that came due in this time and are still open.")),
    **{("due", str(one.value)): Said(one.label, OUTCOME_HELP[one]) for one in Outcome},
    ("waiting", ""): Said(_("Waiting now"), _("Open moments, those put off left out; the longest waiting first.")),
    ("waiting", "under_1h"): Said(_("Under an hour"), _("Open moments by how long ago they were seen.")),
    ("waiting", "under_4h"): Said(_("1 to 4 hours"), _("Open moments by how long ago they were seen.")),
    ("waiting", "under_1d"): Said(_("4 to 24 hours"), _("Open moments by how long ago they were seen.")),
    ("waiting", "under_3d"): Said(_("1 to 3 days"), _("Open moments by how long ago they were seen.")),
    ("waiting", "under_7d"): Said(_("3 to 7 days"), _("Open moments by how long ago they were seen.")),
    ("waiting", "older"): Said(_("Over a week"), _("Open moments by how long ago they were seen.")),
    ("waiting", "unanswered"): Said(_("Offered, unanswered"), _("Offers that nobody has accepted or declined yet.")),
    ("waiting", "escalated"): Said(
        _("Escalated"), _("Offered upwards: by somebody who could not settle it, or because nobody acted in time.")
    ),
    ("promises", ""): Said(
        _("Promises"),
        _("Promises kept or broken in this time, and those that came due in it and are open. Without the cancelled."),
    ),
    ("promises", "kept"): Said(_("Done in time"), _("Promises done in this time, before they were due.")),
    ("promises", "kept_late"): Said(_("Done late"), _("Promises done in this time, after they were due.")),
    ("promises", "broken"): Said(_("Missed"), _("Promises that were found missed in this time.")),
    ("promises", "missed"): Said(_("Due and still open"), _("Promises that came due in this time and are still open.")),
    ("late", ""): Said(_("Late now"), _("Open promises that are late now, since whenever; the longest overdue first.")),
    ("avoided", ""): Said(_("Contacts avoided"), AVOIDED),
    **{("avoided", str(code)): Said(words, AVOIDED) for code, words in REASONS.items()},
}


# --- in words -------------------------------------------------------------------------------------------------------


def counted(number: float) -> str:
    return number_format(number, 0, force_grouping=True)


def percent(part: float | None) -> str:
    return NONE if part is None else f"{number_format(round(100 * part), 0)}\u00a0%"


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def lasting(span: timedelta | None) -> str:
    """“18 minutes”, “2 hours, 5 minutes”."""
    if span is None:
        return NONE
    if span < timedelta(minutes=1):
        return gettext("under a minute")
    at = timezone.now()
    return timesince(at - span, at, depth=2 if span < timedelta(days=1) else 1)


def compared(now: Any, before: Any, words: Callable[[Any], str]) -> tuple[str, str]:
    """“up from 12”, and the way; nothing where there is nothing to compare."""
    if now is None or before is None or now == before == 0:
        return "", ""
    if words(now) == words(before):
        return gettext("as before"), "same"
    said = {"before": words(before)}
    return (
        (gettext("up from %(before)s") % said, "up")
        if now > before
        else (gettext("down from %(before)s") % said, "down")
    )
