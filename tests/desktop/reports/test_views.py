"""The reports as people read them: every figure opens the list of exactly what it counts."""

import re
from html import unescape

import pytest

from apps.accounts.models import AuditEntry, Role
from apps.contact.models import Avoided
from apps.moments import actions
from apps.moments.models import Moment
from tests.desktop.conftest import signed_in
from tests.desktop.html import html, inline, queries
from tests.factories.accounts import SupervisorFactory, TeamFactory, UserFactory
from tests.factories.customers import ConsentFactory, SourceProfileFactory
from tests.factories.interactions import FollowUpFactory
from tests.factories.moments import AvoidedFactory, MomentFactory, a_moment
from tests.reports.fates import ago, every_fate, fate

pytestmark = pytest.mark.django_db
FIGURES = "/desk/reports/"
TYPED = {"kind": "praise", "reason": "Lovely", "key": "8e0f6c7e-3d4f-4f0e-9d57-0e8b5a1c2d3e"}
FIGURE = re.compile(r'<a href="(/desk/reports/\w+/[^"]*)"[^>]*>(?:<span>[^<]*</span>)?\s*<b>([\d,]+)</b>')
TILE = re.compile(r'<a class="tile-figure" href="([^"]+)"[^>]*>([^<]+)</a>')


@pytest.fixture
def lead(care):
    return SupervisorFactory(username="lead", first_name="Ruth", team=care)


@pytest.fixture
def fates(mina, marketing):
    every_fate(mina, marketing)


def figures(page):
    """The address behind every figure of the page, with the figure."""
    return [(unescape(url), int(number.replace(",", ""))) for url, number in FIGURE.findall(page)]


def tile(page, name):
    """What a tile says: its figure and the words below."""
    found = re.search(rf'id="{name}-title".*?</section>', page, re.DOTALL)[0]
    change = re.search(r'<p class="change">.*?</svg>(.*?)</p>', found)
    return TILE.search(found)[2], change and change[1]


def whole(desk, url):
    """Every line of a list, page by page, as its HTML."""
    found = []
    while url:
        text = html(desk.get(url))
        found += re.findall(r'<li class="report-line">.*?</li>', text, re.DOTALL)
        older = re.search(r'class="older-matches" hx-get="([^"]+)"', text)
        url = unescape(older[1]) if older else None
    return found


# figures and their lists


def test_every_figure_is_the_length_of_its_list(fates, lead, mina, sofia, marketing):
    person = ConsentFactory(profile=SourceProfileFactory()).profile.customer
    actions.accept(actor=sofia, moment=a_moment(mina, person, to=marketing))
    AvoidedFactory(actor=sofia, team=marketing)
    for reader, least in ((lead, 50), (mina, 50), (sofia, 7)):
        desk = signed_in(reader)
        found = figures(html(desk.get(FIGURES)))
        told = dict(found)
        assert len(found) > 25
        assert sum(number for _url, number in found) >= least
        assert set(told.items()) == set(found), "wherever a figure stands, it says the same"
        opened = {url: len(whole(desk, url)) for url, number in told.items() if number or reader == lead}
        assert opened == {url: told[url] for url in opened}, reader


def test_a_long_list_goes_on_page_by_page(mina, lead):
    profile = SourceProfileFactory()
    at = [ago(hours=hour) for hour in range(53)]
    Moment.objects.bulk_create(
        MomentFactory.build(profile=profile, owner_user=mina, marked_by=mina, queue=mina.team, created_at=one)
        for one in [*at, at[0]]
    )
    desk = signed_in(lead)
    assert (f"{FIGURES}seen/?days=7", 54) in figures(html(desk.get(FIGURES, {"days": "7"})))
    lines = whole(desk, f"{FIGURES}seen/?days=7")
    assert len(lines) == len({re.search(r'<a href="([^"]+)"', line)[1] for line in lines}) == 54


def test_tiles_say_what_is_counted_and_how_it_was_before(fates, lead):
    page = html(signed_in(lead).get(FIGURES))
    assert tile(page, "seen") == ("9", "up from 0") or tile(page, "seen")[0] == "9"
    assert tile(page, "due")[0] == "20\xa0%"
    assert tile(page, "promises")[0] == "25\xa0%"
    assert tile(page, "avoided") == ("3", "up from 1")
    assert "with the customer reached, thanked, or buying something" in page


def test_shares_are_rounded_and_not_cut_off(mina, lead):
    for outcome in ("reached", "bought", "refused"):
        fate(mina, seen=ago(days=9), state="done", outcome=outcome, done_at=ago(days=5))
    assert tile(html(signed_in(lead).get(FIGURES)), "due")[0] == "67\xa0%"


def test_time_to_own_is_the_median_in_words(mina, lead):
    for minutes in (10, 18, 300):
        fate(mina, seen=ago(days=3), first_offered_at=ago(days=2, minutes=minutes), first_accepted_at=ago(days=2))
    fate(mina, seen=ago(days=40), first_offered_at=ago(days=35, hours=1), first_accepted_at=ago(days=35))
    page = html(signed_in(lead).get(FIGURES))
    assert tile(page, "to_own") == ("18\xa0minutes", "down from 1\xa0hour")
    assert "one in ten waited over 4\xa0hours" in page
    assert "had an owner after 5\xa0hours" in "".join(whole(signed_in(lead), f"{FIGURES}accepted/"))


def test_nothing_at_all_is_said_in_words(lead):
    page = html(signed_in(lead).get(FIGURES))
    for words in ("Nothing was seen in this time", "Nobody was about to contact", "No promise was settled"):
        assert words in page
    assert tile(page, "due") == ("\N{EN DASH}", None)
    assert tile(page, "seen") == ("0", None)
    assert "Nothing was counted" in html(signed_in(lead).get(f"{FIGURES}seen/"))


def test_the_days_are_drawn_and_said(fates, lead):
    page = html(signed_in(lead).get(FIGURES))
    assert 'aria-label="9 moments seen in 28 days, 1 seized"' in page
    assert page.count('<rect class="seen"') == len({*re.findall(r"<title>([^:<]+): \d+ seen", page)})
    assert inline(signed_in(lead).get(FIGURES)) == []


# who sees what


def test_everybody_has_measures_and_no_customer_is_named_there(fates, care):
    customer = SourceProfileFactory(customer__name="Unmistakable Person")
    for role in Role:
        user = UserFactory(role=role, team=care)
        MomentFactory(owner_user=user, profile=customer)
        FollowUpFactory(owner=user, team=care, profile=customer, due_at=ago(days=1))
        page = html(signed_in(user).get(FIGURES))
        assert "Unmistakable" not in page, role
        assert ("Team</span><select" in page) == (role in {Role.SUPERVISOR, Role.OWNER}), role


def test_a_team_cannot_be_looked_at_by_another(fates, sofia, care):
    page = html(signed_in(UserFactory(team=TeamFactory())).get(FIGURES, {"team": care.pk}))
    assert {number for _url, number in figures(page)} == {0}
    assert whole(signed_in(UserFactory(team=TeamFactory())), f"{FIGURES}late/?team={care.pk}") == []


def test_marketers_read_the_copy_in_their_lists(mina, sofia, marketing):
    person = ConsentFactory(profile=SourceProfileFactory(customer__name="Anna Weber")).profile.customer
    moment = a_moment(mina, person, to=marketing, reason="My divorce", disclose_words=False)
    actions.accept(actor=sofia, moment=moment)
    AvoidedFactory(actor=sofia, team=marketing, profile=moment.profile, about=moment.public_id, kind=moment.kind)
    AvoidedFactory(actor=sofia, team=marketing, profile=moment.profile)
    desk = signed_in(sofia)
    for name in ("seen", "accepted", "avoided"):
        lines = "".join(whole(desk, f"{FIGURES}{name}/"))
        assert "Anna W." in lines, name
        assert "Weber" not in lines, name
        assert "divorce" not in lines, name
        assert str(moment.public_id) in lines, name
    assert person.get_absolute_url() not in "".join(whole(desk, f"{FIGURES}avoided/"))


def test_lines_lead_to_the_moment_or_the_customer(mina, lead):
    moment = fate(mina, seen=ago(hours=1))
    promise = FollowUpFactory(owner=mina, team=mina.team, due_at=ago(hours=2), text="Send the seal")
    desk = signed_in(lead)
    (seen,), (late,) = whole(desk, f"{FIGURES}seen/"), whole(desk, f"{FIGURES}late/")
    assert f'href="/desk/moments/{moment.public_id}/"' in seen
    assert f'href="{promise.profile.customer.get_absolute_url()}"' in late
    assert "Send the seal" in late
    assert desk.get(f"/desk/moments/{moment.public_id}/").status_code == 200


def test_a_decline_is_listed_with_its_reason(mina, sofia, lead, marketing):
    person = ConsentFactory(profile=SourceProfileFactory()).profile.customer
    actions.decline(actor=sofia, moment=a_moment(mina, person, to=marketing), reason="Which machine is it?")
    (line,) = whole(signed_in(lead), f"{FIGURES}declined/")
    assert "Which machine is it?" in line
    assert "declined by Sofia" in line


def test_whose_names_were_read_is_audited(mina, lead):
    moment = fate(mina, seen=ago(hours=1))
    signed_in(lead).get(f"{FIGURES}seen/?part=people")
    entry = AuditEntry.objects.get(action="report.list")
    assert (entry.actor, entry.detail["shown"]) == (lead, [str(moment.profile.customer.public_id)])


# what is chosen


def test_a_shorter_time_and_one_team_and_kind_are_chosen(mina, lead, care):
    fate(mina, seen=ago(days=10))
    fate(mina, seen=ago(hours=1), kind="wish")
    desk, part = signed_in(lead), {"HX-Request": "true", "HX-Target": "reports"}
    for chosen, expected in ({"days": "7"}, "1"), ({"days": "90"}, "2"), ({"kind": "wish"}, "1"), ({"team": "0"}, "0"):
        page = html(desk.get(FIGURES, chosen, headers=part))
        assert "<html" not in page
        assert tile(page, "seen")[0] == expected, chosen
        name, value = next(iter(chosen.items()))
        assert all(f"{name}={value}" in url for url, _number in figures(page) if "/promises/" not in url)
    assert "the last 7 days · Care · A wish we could not meet" in html(
        desk.get(f"{FIGURES}seen/", {"days": "7", "team": care.pk, "kind": "wish"})
    )


@pytest.mark.parametrize("given", ["days=0&team=x&kind=none", "days=100000000000000000000", "team=99999999999"])
def test_what_makes_no_sense_is_what_is_usual(lead, given):
    page = html(signed_in(lead).get(f"{FIGURES}?{given}"))
    assert f'href="{FIGURES}?days=28' in page
    assert 'id="days-28" aria-current="page"' in page


@pytest.mark.parametrize("address", ["nothing/", "seen/?part=nothing", "seen/?part=kept"])
def test_no_such_figure_is_not_found(lead, address):
    assert signed_in(lead).get(FIGURES + address).status_code == 404


def test_a_place_that_makes_no_sense_is_the_beginning(fates, lead):
    assert len(whole(signed_in(lead), f"{FIGURES}seen/?after=nowhere")) == 9


# what it costs


def another(mina, marketing):
    every_fate(mina, marketing)
    person = ConsentFactory(profile=SourceProfileFactory()).profile.customer
    actions.accept(actor=mina, moment=a_moment(mina, person, to=mina.team))
    latest = Moment.objects.latest("id")
    AvoidedFactory(actor=mina, about=latest.public_id, kind=latest.kind)


def test_the_page_costs_the_same_with_few_and_with_many(mina, lead, marketing):
    desk = signed_in(lead)
    another(mina, marketing)
    desk.get(FIGURES)  # what is remembered is remembered
    few = queries(desk, FIGURES)
    for _time in range(3):
        another(mina, marketing)
    assert queries(desk, FIGURES) == few <= 22


def test_a_list_costs_the_same_with_few_and_with_many(mina, lead, marketing):
    names = ("seen", "accepted", "declined", "due", "waiting", "promises", "late", "avoided")
    desk = signed_in(lead)
    another(mina, marketing)
    desk.get(FIGURES)  # what is remembered is remembered
    few = {name: queries(desk, f"{FIGURES}{name}/") for name in names}
    for _time in range(2):
        another(mina, marketing)
    assert {name: queries(desk, f"{FIGURES}{name}/") for name in names} == few


# where a contact is avoided


def test_what_is_refused_while_it_is_marked_is_kept_though_the_moment_is_not(mina, marketing):
    person = SourceProfileFactory().customer
    typed = {**TYPED, "to": marketing.pk}
    for _time in range(2):
        assert signed_in(mina).post(f"{person.get_absolute_url()}moment/", typed).status_code == 422
    one = Avoided.objects.get()
    assert (one.where, one.actor, one.team, one.about) == ("handoff", mina, mina.team, None)
    assert one.profile.customer == person
    assert not Moment.objects.exists()


def test_what_is_refused_while_it_is_amended_is_kept_too(mina, marketing):
    moment = a_moment(mina, SourceProfileFactory().customer)
    typed = {**TYPED, "to": marketing.pk}
    assert signed_in(mina).post(f"/desk/moments/{moment.public_id}/amend/", typed).status_code == 422
    assert Avoided.objects.get().about == moment.public_id


def test_what_is_blocked_or_only_looked_at_is_not(mina, lead, marketing):
    person = ConsentFactory(profile=SourceProfileFactory()).profile.customer
    typed = {**TYPED, "tags": ["health"], "to": marketing.pk}
    assert signed_in(mina).post(f"{person.get_absolute_url()}moment/", typed).status_code == 422
    silent = SourceProfileFactory().customer
    typed = {**TYPED, "to": marketing.pk}
    signed_in(mina).post(f"{silent.get_absolute_url()}moment/preview/", typed)
    signed_in(mina).get(f"{silent.get_absolute_url()}aside/")
    assert not Avoided.objects.exists()


def test_the_overview_of_the_administration_leads_there(fates, lead):
    page = html(signed_in(lead).get("/admin/"))
    assert f'href="{FIGURES}"' in page
    assert re.search(r"20\xa0%\s*</span>\s*<span>of the opportunities of 28 days were seized", page)
    assert re.search(r">\s*1\s*<span[^>]*>warning</span>\s*</span>\s*<span>moments are escalated and wait", page)
