"""The desk of moments, as people use it: the tabs, what each may do, and what marketing is shown."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.contact.actions import note_consent
from apps.desktop.moments.pane import preview
from apps.insights.models import PropensityScore
from apps.moments import actions
from apps.moments.disclosure import Copy
from apps.moments.models import Moment, Outcome
from tests.desktop.conftest import signed_in
from tests.desktop.html import queries
from tests.factories.accounts import MarketerFactory, TeamFactory, UserFactory
from tests.factories.customers import ConsentFactory, SourceProfileFactory
from tests.factories.interactions import InteractionFactory
from tests.factories.moments import MomentFactory, MomentKindFactory, a_moment

pytestmark = pytest.mark.django_db
PANE = {"HX-Request": "true", "HX-Target": "moment"}
SECRET = "Please tell Ms Brandmeier at brandmeier@post.example or 0171 2345678"


@pytest.fixture
def mina(db):
    return UserFactory(username="mina", first_name="Mina", team=TeamFactory(name="Care"))


@pytest.fixture
def care(mina):
    return mina.team


@pytest.fixture
def sofia(marketing):
    return MarketerFactory(username="sofia", first_name="Sofia", team=marketing)


@pytest.fixture
def marco(marketing):
    return MarketerFactory(username="marco", first_name="Marco", team=marketing)


@pytest.fixture
def anna(db):
    return ConsentFactory(profile=SourceProfileFactory(customer__name="Anna Weber")).profile.customer


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def act(client, moment, name, **values):
    moment.refresh_from_db()
    return client.post(
        reverse(name, args=[moment.public_id]), {"version": moment.version, "tab": "mine", **values}, headers=PANE
    )


def test_each_tab_shows_its_own(mina, sofia, marketing, anna):
    unclaimed = a_moment(mina, anna, to=marketing, suggestion="Unclaimed one")
    mine, snoozed, done = (a_moment(mina, anna, to=marketing, suggestion=words) for words in ("a", "b", "c"))
    for one in (mine, snoozed, done):
        actions.accept(actor=sofia, moment=one)
    actions.snooze(actor=sofia, moment=snoozed, until=timezone.now() + timedelta(hours=1))
    actions.finish(actor=sofia, moment=done, outcome=Outcome.THANKED)
    desk = signed_in(sofia)
    expected = {"mine": mine, "unclaimed": unclaimed, "snoozed": snoozed, "done": done}
    for tab, one in expected.items():
        page = text(desk.get(f"/desk/moments/?tab={tab}"))
        shown = [other for other in (mine, unclaimed, snoozed, done) if f'id="line-{other.public_id}"' in page]
        assert shown == [one], tab


def test_due_today_is_the_teams_whoever_has_it(mina, sofia, marco, marketing, anna):
    soon = timezone.now() + timedelta(minutes=1)
    theirs = a_moment(mina, anna, to=marketing, due_at=soon)
    later = a_moment(mina, anna, to=marketing, due_at=soon + timedelta(days=3))
    actions.accept(actor=marco, moment=theirs)
    page = text(signed_in(sofia).get("/desk/moments/?tab=today"))
    assert f"line-{theirs.public_id}" in page
    assert f"line-{later.public_id}" not in page
    assert "<bdi>Marco</bdi>" in page


def test_marketing_reads_what_was_previewed_and_nothing_else(mina, sofia, marketing, anna):
    InteractionFactory(profile=anna.profiles.first(), body="Told us about her divorce")
    moment = a_moment(mina, anna, to=marketing, reason=SECRET, category="Mills", disclose_words=False)
    agent, desk = signed_in(mina), signed_in(sofia)
    pages = [text(desk.get("/desk/moments/?tab=unclaimed")), text(desk.get(f"/desk/moments/{moment.public_id}/"))]
    for page in pages:
        assert "Anna W." in page
        for private in ("Weber", "Brandmeier", "brandmeier@", "2345678", "divorce"):
            assert private not in page
    assert "Mills" in pages[1]
    assert "Brandmeier" in text(agent.get(f"/desk/moments/{moment.public_id}/"))


def test_words_that_travel_leave_without_numbers_and_addresses(mina, sofia, marketing, anna):
    moment = a_moment(mina, anna, to=marketing, reason=f"{SECRET}, says Weber", disclose_words=True)
    page = text(signed_in(sofia).get(f"/desk/moments/{moment.public_id}/"))
    assert "Please tell Ms Brandmeier at *** or ***, says ***" in page


def test_marketing_does_not_see_what_never_came_to_it(mina, sofia, anna):
    moment = a_moment(mina, anna)
    assert signed_in(sofia).get(f"/desk/moments/{moment.public_id}/").status_code == 404


def test_beside_the_customer_marketing_reads_the_copy_too(mina, sofia, marketing, anna):
    a_moment(mina, anna, to=marketing, suggestion="Call 0171 2345678 about the mill")
    page = text(signed_in(sofia).get(f"{anna.get_absolute_url()}aside/"))
    assert "Call *** about the mill" in page
    assert "2345678" not in page


def test_the_preview_is_what_leaves(mina, marketing, anna):
    agent = signed_in(mina)
    typed = {
        "kind": "praise", "reason": "Lovely", "suggestion": "Call 0171 2345678", "category": "Mills",
        "disclose_words": "on", "to": marketing.pk, "handoff": "transfer",
        "key": "8e0f6c7e-3d4f-4f0e-9d57-0e8b5a1c2d3e",
    }  # fmt: skip
    shown = text(agent.post(reverse("mark_preview", args=[anna.public_id]), typed, headers=PANE))
    assert agent.post(reverse("mark", args=[anna.public_id]), typed, headers=PANE).status_code == 204
    disclosed = Moment.objects.get().disclosed
    assert disclosed["suggestion"] == "Call ***"
    for words in (disclosed["who"], disclosed["suggestion"], disclosed["category"], disclosed["verbatim"]):
        assert f"<bdi>{words}</bdi>" in shown or f"“{words}”" in shown


def test_the_preview_of_what_is_amended_is_what_leaves(mina, marketing, anna):
    last_year = timezone.now() - timedelta(days=365)
    moment = a_moment(mina, anna, happened_at=last_year, due_at=timezone.now() + timedelta(days=9))
    agent = signed_in(mina)
    typed = {
        "kind": "praise", "reason": "Lovely", "suggestion": "Thank her", "to": marketing.pk, "handoff": "transfer",
        "key": "8e0f6c7e-3d4f-4f0e-9d57-0e8b5a1c2d3e", "moment": str(moment.public_id),
    }  # fmt: skip
    shown = text(agent.post(reverse("mark_preview", args=[anna.public_id]), typed, headers=PANE))
    assert agent.post(reverse("amend", args=[moment.public_id]), typed, headers=PANE).status_code == 204
    left = Copy.read(Moment.objects.get().disclosed)
    assert all(f"<bdi>{words}</bdi>" in shown for _label, words in preview(left))
    assert left.week == "{}-W{:02}".format(*last_year.date().isocalendar())


def test_the_form_knows_what_each_kind_suggests(mina, care, marketing, anna):
    MomentKindFactory(code="wish", team=care, act_minutes=7 * 24 * 60, suggestion="Tell her")
    page = text(signed_in(mina).get(reverse("mark", args=[anna.public_id]), headers=PANE))
    due = timezone.localtime(timezone.now() + timedelta(days=7)).strftime("%Y-%m-%dT")
    wish = re.search(r'<option value="wish"[^>]*>', page)[0]
    for suggested in (f'data-to="{care.pk}"', f'data-due="{due}', 'data-suggestion="Tell her"'):
        assert suggested in wish
    assert re.search(rf'<option value="praise"[^>]*data-to="{marketing.pk}"', page)


def test_an_offer_is_taken_back_from_its_toast(mina, marketing, anna):
    agent = signed_in(mina)
    typed = {"kind": "praise", "reason": "Lovely", "to": marketing.pk, "key": "8e0f6c7e-3d4f-4f0e-9d57-0e8b5a1c2d3e"}
    said = json.loads(agent.post(reverse("mark", args=[anna.public_id]), typed, headers=PANE)["HX-Trigger"])["toast"]
    assert agent.post(said["undo"], said["values"]).status_code == 204
    moment = Moment.objects.get()
    assert (moment.state, moment.owner_user, moment.disclosed) == ("open", mina, None)


def test_what_is_blocked_is_said_before_and_refused_after(mina, marketing, anna):
    agent = signed_in(mina)
    typed = {
        "kind": "praise", "reason": "Lovely", "tags": ["health"], "to": marketing.pk,
        "key": "8e0f6c7e-3d4f-4f0e-9d57-0e8b5a1c2d3e",
    }  # fmt: skip
    assert "it touches Health" in text(agent.post(reverse("mark_preview", args=[anna.public_id]), typed, headers=PANE))
    refused = agent.post(reverse("mark", args=[anna.public_id]), typed, headers=PANE)
    assert refused.status_code == 422
    assert "stays with those who talk to the customer" in refused.content.decode()
    assert "Lovely" in refused.content.decode()
    assert not Moment.objects.exists()


def test_sent_twice_it_is_one_moment(mina, marketing, anna):
    agent = signed_in(mina)
    typed = {"kind": "praise", "reason": "Lovely", "to": marketing.pk, "key": "8e0f6c7e-3d4f-4f0e-9d57-0e8b5a1c2d3e"}
    for _time in range(2):
        assert agent.post(reverse("mark", args=[anna.public_id]), typed, headers=PANE).status_code == 204
    assert Moment.objects.count() == 1


def test_from_an_entry_it_begins_with_the_customers_words(mina, anna):
    entry = InteractionFactory(
        profile=anna.profiles.first(), verbatim="Never had better", amount="20.00", currency="GBP"
    )
    form = text(signed_in(mina).get(f"{reverse('mark', args=[anna.public_id])}?entry={entry.pk}", headers=PANE))
    assert "Never had better" in form
    assert 'value="20.00"' in form


def test_a_marketer_marks_nothing(sofia, anna):
    assert signed_in(sofia).get(reverse("mark", args=[anna.public_id])).status_code == 403


def test_accepted_declined_and_finished_goes_on_to_the_next(mina, sofia, marketing, anna):
    first, second = (a_moment(mina, anna, to=marketing, suggestion=words) for words in ("First", "Second"))
    desk = signed_in(sofia)
    answer = act(desk, first, "accept", tab="unclaimed")
    accepted = text(answer)
    assert f'data-shown="{first.public_id}"' in accepted
    assert f'"gone": {{"line": "line-{first.public_id}"}}' in answer["HX-Trigger"]
    declined = text(act(desk, second, "decline", tab="unclaimed", reason="Not ours"))
    assert "That was the last one" in declined
    assert "Not ours" in text(signed_in(mina).get(f"/desk/moments/{second.public_id}/"))
    finished = act(desk, first, "finish", outcome="thanked", line="She was glad")
    assert "Done." in finished["HX-Trigger"]
    home = text(signed_in(mina).get("/desk/"))
    assert "<b>Thanked</b>" in home
    assert "She was glad" in home


def test_who_acts_on_an_old_page_is_told_who_has_it(mina, sofia, marco, marketing, anna):
    moment = a_moment(mina, anna, to=marketing)
    old = moment.version
    actions.accept(actor=marco, moment=moment)
    response = signed_in(sofia).post(
        reverse("accept", args=[moment.public_id]), {"version": old, "tab": "unclaimed"}, headers=PANE
    )
    assert "Taken by Marco." in response["HX-Trigger"]
    moment.refresh_from_db()
    assert moment.owner_user == marco


def test_a_withdrawal_meanwhile_stops_the_acceptance(mina, sofia, marketing, anna):
    moment = a_moment(mina, anna, to=marketing)
    note_consent(actor=mina, customer=anna, channel="email", status="withdrawn", origin="On the phone")
    assert "withdrawn" in act(signed_in(sofia), moment, "accept")["HX-Trigger"]
    moment.refresh_from_db()
    assert moment.owner_user == mina


def test_who_comes_too_late_is_told_and_goes_on_to_the_next(mina, sofia, marketing, anna):
    """The sender takes it back while marketing reads it; what never came to them stays a stranger's."""
    gone, left, never = (a_moment(mina, anna, suggestion=words) for words in ("First", "Second", "Third"))
    for one in (gone, left):
        actions.offer(actor=mina, moment=one, team=marketing)
    desk, address = signed_in(sofia), f"/desk/moments/{gone.public_id}/"
    actions.withdraw(actor=mina, moment=gone)
    answer = act(desk, gone, "accept", tab="unclaimed")
    assert f'data-shown="{left.public_id}"' in text(answer)
    assert "no longer at your desk" in answer["HX-Trigger"]
    assert f'"gone": {{"line": "line-{gone.public_id}"}}' in answer["HX-Trigger"]
    assert f'data-shown="{left.public_id}"' in text(desk.get(address, {"tab": "unclaimed"}, headers=PANE))
    assert "no longer at your desk" in text(desk.get(address, follow=True))
    assert act(desk, never, "accept").status_code == 404


def test_the_last_step_is_taken_back_from_the_page(mina, sofia, marketing, anna):
    moment = a_moment(mina, anna, to=marketing)
    desk = signed_in(sofia)
    act(desk, moment, "decline", reason="Not ours")
    assert act(desk, moment, "undo_moment").status_code == 204
    moment.refresh_from_db()
    assert moment.offered_to_team == marketing


def test_several_are_put_off_and_assigned_at_once(mina, sofia, marco, marketing, anna):
    moments = [a_moment(mina, anna, to=marketing, suggestion=f"{number}") for number in range(3)]
    for one in moments[:2]:
        actions.accept(actor=sofia, moment=one)
    desk, chosen = signed_in(sofia), [str(one.public_id) for one in moments]
    said = desk.post(reverse("several_moments"), {"chosen": chosen, "span": "tomorrow"})
    assert "Put off: 2 moments of 3." in said["HX-Trigger"]
    said = desk.post(reverse("several_moments"), {"chosen": chosen, "user": marco.pk})
    assert "Assigned: 3 moments of 3." in said["HX-Trigger"]
    assert Moment.objects.filter(owner_user=marco, snoozed_until=None).count() == 3
    undo = json.loads(said["HX-Trigger"])["toast"]
    assert "Undone: 0 moments of 3." in signed_in(marco).post(undo["undo"], undo["values"])["HX-Trigger"]
    assert "Undone: 3 moments of 3." in desk.post(undo["undo"], undo["values"])["HX-Trigger"]
    assert Moment.objects.filter(owner_user=sofia).count() == 2
    assert Moment.objects.get(pk=moments[2].pk).state == "offered"


def test_amended_it_is_offered_again(mina, sofia, marketing, anna):
    moment = a_moment(mina, anna, to=marketing)
    actions.decline(actor=sofia, moment=moment, reason="What did she like?")
    agent = signed_in(mina)
    assert "Best coffee in town" in text(agent.get(reverse("amend", args=[moment.public_id])))
    typed = {
        "kind": "praise",
        "suggestion": "Thank her",
        "to": marketing.pk,
        "key": "8e0f6c7e-3d4f-4f0e-9d57-0e8b5a1c2d3e",
    }
    assert agent.post(reverse("amend", args=[moment.public_id]), typed).status_code == 204
    moment.refresh_from_db()
    assert (moment.suggestion, moment.offered_to_team) == ("Thank her", marketing)


def test_one_that_is_late_is_amended_without_touching_its_time(mina, marketing, anna):
    moment = a_moment(mina, anna, due_at=timezone.now() - timedelta(days=3))
    agent, address = signed_in(mina), reverse("amend", args=[moment.public_id])
    page = text(agent.get(address))
    typed = {name: re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)[1] for name in ("due", "key")}
    assert "will read" in page
    assert (
        agent.post(address, {"kind": "praise", "reason": "Yes", "to": marketing.pk, **typed}, headers=PANE).status_code
        == 204
    )
    moment.refresh_from_db()
    assert moment.due_at > timezone.now()


def test_what_is_read_is_audited(mina, sofia, marketing, anna):
    moment = a_moment(mina, anna, to=marketing)
    signed_in(sofia).get(f"/desk/moments/{moment.public_id}/?tab=unclaimed")
    listed = AuditEntry.objects.get(action="moment.list", actor=sofia)
    assert listed.detail["shown"] == [str(anna.public_id)]
    assert AuditEntry.objects.get(action="moment.view", actor=sofia).subject == anna.public_id


@pytest.mark.parametrize("tab", ["mine", "unclaimed", "today", "snoozed", "done"])
def test_a_list_costs_the_same_with_one_and_with_many(mina, sofia, marketing, tab):
    def another():
        person = ConsentFactory(profile=SourceProfileFactory()).profile.customer
        PropensityScore.objects.create(customer=person, kind="buy", value=50, model="m")
        moment = a_moment(mina, person, to=marketing, due_at=timezone.now() + timedelta(minutes=1))
        if tab in ("mine", "snoozed", "done"):
            actions.accept(actor=sofia, moment=moment)
        if tab == "snoozed":
            actions.snooze(actor=sofia, moment=moment, until=timezone.now() + timedelta(hours=1))
        if tab == "done":
            actions.finish(actor=sofia, moment=moment, outcome=Outcome.THANKED)

    desk, url = signed_in(sofia), f"/desk/moments/?tab={tab}"
    another()
    desk.get(url)
    one = queries(desk, url)
    for _more in range(4):
        another()
    assert queries(desk, url) == one


def test_a_page_has_thirty_and_goes_on_where_it_ended(sofia, mina, anna):
    profile, now = anna.profiles.first(), timezone.now()
    for number in range(120):
        due = now + timedelta(minutes=number // 2)  # pairs are due at the same time
        MomentFactory(profile=profile, owner_user=mina, due_at=due)
    desk, seen, url = signed_in(mina), [], "/desk/moments/"
    while url:
        page = text(desk.get(url, headers={"HX-Request": "true", "HX-Target": "moments-list"}))
        found = [part[:36] for part in page.split('id="line-')[1:]]
        assert len(found) <= 30
        seen += found
        url = (
            page.split('older-matches" hx-get="')[1].split('"')[0].replace("&amp;", "&")
            if "older-matches" in page
            else ""
        )
    expected = Moment.objects.order_by("due_at", "id").values_list("public_id", flat=True)
    assert seen == [str(one) for one in expected]
