"""What marketing reads of a customer: what was handed to it, as its sender saw it leave, and nothing else of the story.

Every place where somebody of the service side writes holds words of its own; then every page and every answer of the
API that a marketer can reach is read for them. An agent reads the same pages, so that the words are known to be there.
"""

import re
from collections import Counter
from datetime import timedelta
from html import unescape
from urllib.parse import urljoin

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from apps.accounts.models import Role, Team
from apps.contact.actions import note_consent, set_preferences, suppress
from apps.customers.identity.actions import merge_customers
from apps.desktop.listening.shadowing import today_of
from apps.desktop.shell.open_tabs import keep_draft, open_tab
from apps.insights.feedback.actions import collect_span
from apps.insights.feedback.replies import shadow
from apps.insights.models import Feedback
from apps.interactions.attachments import attach
from apps.interactions.models import HIDDEN_FROM
from apps.moments import actions
from apps.moments.models import Moment
from tests.desktop.conftest import signed_in
from tests.factories.accounts import ApiTokenFactory, MarketerFactory, TeamFactory, UserFactory
from tests.factories.customers import (
    AttributeDefinitionFactory,
    ConsentFactory,
    EvidenceFactory,
    IdentifierFactory,
    SourceProfileFactory,
)
from tests.factories.interactions import FollowUpFactory, InteractionFactory, PinFactory
from tests.factories.moments import a_moment

pytestmark = pytest.mark.django_db

PHONE, MAIL, STREET = "+49 171 5550177", "brandmeier@post.example", "Lindenweg 14"
PERSON = [PHONE, MAIL, STREET, "0171 5550177", "Brandmeier"]  # who said it: no listener is told
VIEWS = 8  # of one page, by its query or week: tabs, periods and filters, not each combined with each
LINKS = re.compile(r'(?:href|hx-get|action)="([/?][^"#]*)')
OPEN_TABS = re.compile(
    r'<nav class="open-tabs".*?</nav>', re.DOTALL
)  # whom they have open: theirs to open, by a moment
NOT_READ = re.compile(r"^/(static|live|v1|in|accounts/logout|desk/attachments)/")


class Seeds:
    """Words nobody would write by chance, each of them once."""

    def __init__(self):
        self.words = []

    def __call__(self, what):
        word = f"zq{len(self.words):02}{re.sub('[^a-z]', '', what)}"
        self.words.append(word)
        return word


@pytest.fixture
def care(db):
    return TeamFactory(name="Care")


@pytest.fixture
def agent(care):
    return UserFactory(username="agent", first_name="Mina", role=Role.AGENT, team=care)


@pytest.fixture
def sofia(db):
    marketing = TeamFactory(name="Marketing", kind=Team.Kind.DEPARTMENT)
    return MarketerFactory(username="sofia", first_name="Sofia", team=marketing)


@pytest.fixture
def seeds(agent, care, sofia):
    """A customer of whom everything is known, two moments that travelled and one that did not."""
    seed = Seeds()
    definition = AttributeDefinitionFactory(key="hardship", label="Hardship", visible_to=[Role.AGENT])
    traits = {"name": "Greta Brandmeier", definition.key: seed("attribute"), "street": STREET}
    profile = SourceProfileFactory(customer__name="Greta Brandmeier", traits=traits)
    customer = profile.customer
    EvidenceFactory(profile=profile, identifier=IdentifierFactory(value="+491715550177"))
    EvidenceFactory(profile=profile, identifier=IdentifierFactory(type="email", value=MAIL))
    for channel in ("email", "sms", "voice"):
        ConsentFactory(profile=profile, channel=channel)
    seed.voiced = []
    for hours, channel in enumerate(sorted(HIDDEN_FROM[Role.MARKETER]), 1):
        voiced = seed(f"{channel}verbatim")
        seed.words.remove(voiced)
        seed.voiced.append(voiced)
        entry = InteractionFactory(
            profile=profile, channel=channel, kind="note", staff=agent, staff_name=str(agent),
            occurred_at=timezone.now() - timedelta(hours=hours),
            title=seed(f"{channel}title"), body=f"Greta Brandmeier said {seed(f'{channel}body')}",
            verbatim=f"{voiced}: call {PHONE} or write to {MAIL}, {STREET}. Brandmeier",
            read_back=seed(f"{channel}readback"), reference=seed(f"{channel}reference"), sentiment="neutral",
        )  # fmt: skip
        PinFactory(interaction=entry, actor=agent)
        attach(entry, SimpleUploadedFile(f"{seed(f'{channel}file')}.txt", seed(f"{channel}content").encode()))
        due = timezone.now() + timedelta(hours=hours)
        FollowUpFactory(profile=profile, interaction=entry, owner=agent, team=care, text=seed("promise"), due_at=due)
    open_tab(user=agent, customer=customer)
    keep_draft(user=agent, customer=customer, draft={"mode": "call", "body": seed("draft")})
    other = SourceProfileFactory(customer__name="Greta Other").customer
    merge_customers(actor=agent, survivor=customer, absorbed=other, reason=seed("mergereason"))
    note_consent(actor=agent, customer=customer, channel="post", status="denied", origin="At the desk")
    set_preferences(actor=agent, customer=customer, language="de")
    stopped = SourceProfileFactory(customer__name="Stopped Person").customer
    suppress(actor=agent, customer=stopped, reason=seed("suppression"), source="desk")
    moment(agent, customer, sofia, seed, take=True)
    moment(agent, customer, sofia, seed, take=False)
    a_moment(agent, customer, kind="complaint", tags=["complaint"], reason=seed("insidereason"), key="inside",
             suggestion=seed("insidesuggestion"), category=seed("insidecategory"))  # fmt: skip
    collect_span(timezone.now() - timedelta(days=1), timezone.now())
    return seed


def moment(agent, customer, sofia, seed, take):
    """One that marketing has, after it was declined and offered anew; its words stayed with the service."""
    key = f"travelled-{take}"
    one = a_moment(agent, customer, to=sofia.team, reason=seed("reason"), suggestion=f"Thank them {key}", key=key)
    actions.decline(actor=sofia, moment=one, reason="Not this week")
    actions.offer(actor=agent, moment=one, team=sofia.team)
    if take:
        actions.accept(actor=sofia, moment=one)


# --- reading everything -------------------------------------------------------------------------------------------


def addresses():
    """Every address that takes no argument, and those of each moment, customer and verbatim."""
    found = []

    def walk(patterns, before):
        for one in patterns:
            route = before + str(one.pattern)
            if isinstance(one, URLResolver):
                walk(one.url_patterns, route)
            elif isinstance(one, URLPattern):
                found.append(f"/{route}")

    walk(get_resolver().url_patterns, "")
    known = [route for route in found if "(" not in route and "^" not in route]
    plain = [route for route in known if "<" not in route]
    customers = Moment.objects.values_list("profile__customer__public_id", flat=True).distinct()
    moments = Moment.objects.values_list("public_id", flat=True)
    told = [
        (route, pk) for route in known if "<uuid" in route for pk in (customers if "/customers/" in route else moments)
    ]
    filled = [re.sub("<uuid(str)?:[a-z_]+>", str(pk), route) for route, pk in told]
    said = Feedback.objects.values_list("pk", flat=True)
    filled += [route.replace("<int:pk>", str(pk)) for route in known if "listening/<int" in route for pk in said]
    day = f"/desk/listening/shadow/?team={Team.objects.get(name='Care').pk}&day={timezone.now():%Y-%m-%d}"
    return [route for route in [*plain, *filled, day] if "<" not in route and not NOT_READ.match(route)]


def read(client, headers=None, until=()):
    """Every page within reach, by address: from every address there is, and wherever their links lead. Or until these
    words have all been read."""
    waiting, seen, pages, views, missing = addresses(), set(), {}, Counter(), set(until)
    while waiting and (missing or not until):
        address = waiting.pop(0)
        path = re.sub(r"\d{4}-W\d\d", "", address.partition("?")[0])
        if address in seen or NOT_READ.match(address) or views[path] >= VIEWS:
            continue
        seen.add(address)
        views[path] += 1
        response = client.get(address, headers=headers or {})
        assert response.status_code < 500, address
        if response.status_code == 200:
            pages[address] = unescape(b"".join(response).decode(errors="replace"))
            missing -= {word for word in missing if word in pages[address]}
            waiting += [urljoin(address, unescape(link)) for link in LINKS.findall(pages[address])]
        elif "Location" in response:
            waiting.append(response["Location"])
    return pages


def leaks(pages, words):
    return sorted({(address, word) for address, page in pages.items() for word in words if word in page})


def test_a_marketer_reads_nothing_of_the_story_that_was_not_handed_over(seeds, care, agent, sofia):
    shadow(actor=sofia, team=care, day=today_of(care))
    theirs = read(signed_in(sofia))
    for part in ("listening/?tab=loudest", "listening/?days=90", "listening/digest/2", "shadow/?team="):
        assert any(part in address for address in theirs), part
    assert any("Thank them travelled-True" in page for page in theirs.values()), "what travelled is there"
    assert leaks(theirs, seeds.words) == [], leaks(theirs, seeds.words)

    elsewhere = {address: page for address, page in theirs.items() if not address.startswith("/desk/listening/")}
    assert leaks(elsewhere, seeds.voiced) == []
    listening = {address: OPEN_TABS.sub("", theirs[address]) for address in theirs.keys() - elsewhere.keys()}
    assert leaks(listening, PERSON) == []
    assert any(word in page for page in listening.values() for word in seeds.voiced), "what was said is heard"

    desk = signed_in(sofia)
    asked = [desk.get(reverse("theme_catch"), {"words": word}) for word in seeds.words]
    assert {b"find 0 verbatims" in answer.content for answer in asked} == {True}, "nor is it told by what words find"

    theirs_to_read = [word for word in seeds.words if not re.search("content|suppression", word)]
    ours = read(signed_in(agent), until=theirs_to_read)
    assert {word for _address, word in leaks(ours, theirs_to_read)} == set(theirs_to_read), "they were there to be read"


def test_a_marketer_s_system_is_told_no_more(seeds, sofia, agent):
    def system(reader):
        token = ApiTokenFactory(secret=f"secret of {reader}", acts_as=reader)
        return {"Authorization": f"Bearer secret of {reader}"} if token else {}

    theirs = read(Client(), system(sofia))
    answers = {address: page for address, page in theirs.items() if address.startswith("/api/")}
    assert any("/timeline" in address for address in answers)
    assert leaks(theirs, [*seeds.words, *seeds.voiced]) == []
    assert leaks(read(Client(), system(agent)), seeds.voiced), "an agent's is"
