"""What marketing is never shown: whose words they are, and words that are nobody else's business."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.insights.models import FeedbackReply, ThemeSuggestion
from tests.desktop.conftest import signed_in
from tests.desktop.html import html
from tests.factories.customers import EvidenceFactory, IdentifierFactory, SourceProfileFactory
from tests.factories.insights import FeedbackFactory, ThemeSuggestionFactory
from tests.factories.interactions import InteractionFactory
from tests.factories.moments import MomentFactory

pytestmark = pytest.mark.django_db
DESK = "/desk/listening/"
ROWS = {"HX-Request": "true", "HX-Target": "verbatims"}


@pytest.fixture
def desk(sofia):
    return signed_in(sofia)


def said(words, **fields):
    return FeedbackFactory(words=words, **fields)


SECRETS = (
    "Brandmeier",
    "Ottilie",
    "0171 2345678",
    "+49 171 2345678",
    "ottilie.b@post.example",
    "Lindenallee",
    "LC-90817",
)
LETTER = (
    "I am Ottilie Brandmeier of Lindenallee 14, call me: 0171 2345678 or +49 171 2345678, ottilie.b@post.example, "
    "@ottilieb, card LC-90817. The Brandmeiers want their grinder!"
)


@pytest.fixture
def ottilie(db):
    traits = {"first_name": "Ottilie", "address": {"street": "Lindenallee 14"}, "phone": "0171 2345678"}
    profile = SourceProfileFactory(
        customer__name="Ottilie Brandmeier",
        customer__street="Lindenallee 14",
        customer__postcode="04107",
        traits=traits,
    )
    for kind, value in (("loyalty", "LC-90817"), ("email", "ottilie.b@post.example"), ("phone", "+491712345678")):
        EvidenceFactory(profile=profile, identifier=IdentifierFactory(type=kind, value=value))
    return profile


def every_page(desk, feedback, team):
    """Everything a marketer can open or is answered with."""
    week = f"{timezone.now():%G-W%V}"
    day = timezone.now().date().isoformat()
    desk.post(reverse("shadow_begin"), {"team": team.pk, "day": day})
    gets = [
        DESK, f"{DESK}?tab=loudest", f"{DESK}?tab=rising", reverse("verbatim", args=[feedback.pk]),
        reverse("verbatim_theme", args=[feedback.pk]), reverse("digest", args=[week]),
        f"{reverse('shadow')}?team={team.pk}&day={day}", f"{reverse('shadow_more')}?team={team.pk}&day={day}",
        reverse("theme_add"), f"{reverse('theme_add')}?suggestion={ThemeSuggestion.objects.get().pk}",
    ]  # fmt: skip
    pages = {url: desk.get(url) for url in gets}
    pages |= {
        name: desk.post(reverse(name, args=[feedback.pk]), {"words": "Which colour?"})
        for name in ("verbatim_read", "verbatim_reply")
    }
    assert {response.status_code for response in pages.values()} == {200}
    return pages


def test_marketing_reads_words_and_never_whose_they_are(mina, sofia, desk, ottilie):
    now = {"occurred_at": timezone.now(), "staff": mina}
    one = FeedbackFactory(interaction=InteractionFactory(profile=ottilie, verbatim=LETTER, **now), loudness=9)
    ThemeSuggestionFactory(examples=[one.pk])
    FeedbackReply.objects.create(feedback=one, author=mina, to=sofia, words="Frau Brandmeier means the Pico")
    seen = 0
    for url, response in every_page(desk, one, mina.team).items():
        page = html(response)
        seen += "want their grinder!" in page
        assert [secret for secret in SECRETS if secret.lower() in page.lower()] == [], url
        assert str(ottilie.customer.public_id) not in page
        assert "/desk/customers/" not in page.replace("/desk/customers/new/", "")
    assert seen >= 7
    page = html(desk.get(DESK))
    assert f"A customer since {timezone.now().year}" in page
    assert "*** means the Pico" in page


def test_those_who_talk_to_customers_may_go_on_to_the_story(mina, ottilie):
    said(LETTER, interaction__profile=ottilie)
    page = html(signed_in(mina).get(DESK))
    assert ottilie.customer.get_absolute_url() in page
    assert "Brandmeier" not in page


@pytest.mark.parametrize("tags", [["health"], "vip, Minor", "health,dispute"])
def test_what_touches_health_or_a_child_stays_with_service_and_is_counted(mina, desk, tags):
    profile = SourceProfileFactory(traits={"tags": tags})
    sibling = SourceProfileFactory(customer=profile.customer, source="mail")
    hidden = said("Since my operation", interaction__profile=sibling)
    said("Lovely cups")
    page = html(desk.get(DESK))
    assert "Since my operation" not in page
    assert "1 more stays with service." in page
    assert desk.get(reverse("verbatim", args=[hidden.pk])).status_code == 404
    assert desk.post(reverse("verbatim_reply", args=[hidden.pk]), {"words": "Hm"}).status_code == 404
    assert "Since my operation" in html(signed_in(mina).get(DESK))


def test_a_marked_moment_or_a_date_of_birth_keeps_it_inside_too(desk):
    marked, young = said("My pills"), said("My school bag")
    MomentFactory(profile=marked.profile, tags=["health"])
    young.profile.customer.born = timezone.now().date() - timedelta(days=365 * 15)
    young.profile.customer.save()
    page = html(desk.get(DESK))
    assert "My pills" not in page
    assert "My school bag" not in page
    assert "2 more stay with service." in page


def test_complaints_and_disputes_are_heard_without_a_name(desk):
    said("I want my money", interaction__profile=SourceProfileFactory(traits={"tags": ["dispute", "complaint"]}))
    assert "I want my money" in html(desk.get(DESK))


def test_what_was_read_is_in_the_audit_trail(sofia, desk):
    one = said("The parcel came late")
    desk.get(DESK)
    entry = AuditEntry.objects.get(action="listening.list")
    assert (entry.actor, entry.detail["shown"]) == (sofia, [one.pk])
