"""The demo's listening desk: themes that the supervisor named, what was said in three months, read and answered."""

from datetime import datetime, timedelta

from django.core.management import call_command
from django.db import transaction

from apps.accounts.models import Team, User
from apps.insights.digest import actions
from apps.insights.feedback import replies
from apps.insights.feedback.actions import FIRST, SWEEP, collect_span
from apps.insights.models import Feedback, FeedbackReply, ReadReceipt, SweepProgress, Theme

THEMES = (
    ("Delivery", "delivery or courier or tracking or parcel or delivered", "truck", Theme.Colour.BLUE),
    ("Broken on arrival", "damaged or broken or dropped", "package-open", Theme.Colour.ROSE),
    ("Waiting for us", '"working there" or flute or answers or waited or waiting', "hourglass", Theme.Colour.AMBER),
    ("Praise for our people", "thank or praise or nobody explained or kindly", "heart", Theme.Colour.GREEN),
    ("Colours and sizes", "warmer or colour or fit or big", "eye", Theme.Colour.VIOLET),
    ("Repair", "repair or mended", "settings", Theme.Colour.TEAL),
)
ANSWERS = (
    "May we quote this on the product page? Without a name, of course.",
    "Which colour was it? We are looking at the photos again.",
    "Thank you for writing it down word by word. It is on the wall now.",
)


@transaction.atomic
def fill(now: datetime) -> int:
    """Make the themes, take in three months of words, and let marketing read some; how many words there are."""
    listener, lead = (User.objects.get(username=name) for name in ("marketer", "supervisor"))
    for name, words, icon, colour in THEMES:
        Theme.objects.create(name=name, words=words, icon=icon, colour=colour, made_by=lead)
    found = collect_span(now - FIRST - timedelta(days=2), now)
    SweepProgress.objects.update_or_create(name=SWEEP, defaults={"reached": now})
    _answer(listener, now)
    call_command("suggest_themes", quiet=True)
    actions.subscribe(actor=listener)
    team = Team.objects.filter(members__username="agent").first()
    if team:
        replies.shadow(actor=listener, team=team, day=now.date())
    return found


def _answer(listener: User, now: datetime) -> None:
    """What the demo's agents logged lately was read, some of it answered."""
    logged = Feedback.objects.filter(staff__isnull=False, said_at__gte=now - timedelta(days=10)).newest_first()
    for place, verbatim in enumerate(logged.select_related("staff")[:40]):
        at = min(verbatim.said_at + timedelta(hours=3 + place), now)
        if place % 2 == 0:
            ReadReceipt.objects.create(feedback=verbatim, reader=listener, staff=verbatim.staff, at=at)
        if place % 7 == 0 and verbatim.staff:
            words = ANSWERS[place // 7 % len(ANSWERS)]
            FeedbackReply.objects.create(feedback=verbatim, author=listener, to=verbatim.staff, words=words, at=at)
