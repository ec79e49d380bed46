"""What is counted, exactly, and that a figure and its list are the same rows."""

import zoneinfo
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from apps.moments import actions
from apps.moments.models import Moment, Outcome, State
from apps.reports.figures import FIGURES, Scope, by_day, counted, listed, span_of, tallies, tally, time_to_own, waited
from tests.factories.accounts import MarketerFactory, TeamFactory, UserFactory
from tests.factories.interactions import FollowUpFactory
from tests.factories.moments import AvoidedFactory, a_moment
from tests.reports.fates import COUNTED, ago, every_fate, fate

pytestmark = pytest.mark.django_db
EVERY_PART = [(name, part) for name, figure in FIGURES.items() for part in ("", *figure.parts)]


@pytest.fixture
def fates(agent, marketing):
    every_fate(agent, marketing)


def number(user, name, part="", days=28, **narrowed):
    return tally(Scope(user, **narrowed), span_of(days), name).now[part]


# every figure


@pytest.mark.parametrize(("name", "part"), EVERY_PART)
def test_a_figure_is_the_length_of_its_list(fates, lead, name, part):
    scope, span = Scope(lead), span_of(28)
    expected = COUNTED.get((name, part), 0)
    assert tally(scope, span, name).now[part] == expected
    assert counted(scope, span, name, part).count() == expected
    assert len({row.pk for row in listed(scope, span, name, part)}) == expected


@pytest.mark.parametrize("name", FIGURES)
def test_a_list_goes_on_where_it_stopped(fates, lead, name):
    scope, span, at = Scope(lead), span_of(28), FIGURES[name].at
    whole = list(listed(scope, span, name))
    for place, row in enumerate(whole, 1):
        assert list(listed(scope, span, name, after=(getattr(row, at), row.pk))) == whole[place:]


@pytest.mark.parametrize("name", ["seen", "due", "promises", "avoided"])
def test_the_days_add_up_to_the_whole(fates, lead, name):
    scope, span = Scope(lead), span_of(28)
    whole, days = tallies(scope, span, name, by_day(name))
    assert len(days) > 1
    assert whole == tally(scope, span, name)
    assert sum(day[""] for day in days.values()) == whole.now[""]


def test_what_was_as_long_before_is_compared(fates, lead):
    scope, span = Scope(lead), span_of(28)
    assert tally(scope, span, "due").before == {"reckoned": 1, "seized": 1}
    assert tally(scope, span, "avoided").before == {"": 1}
    assert tally(scope, span, "waiting").before == {}


def test_the_time_before_ends_at_the_same_hour(lead, agent):
    fate(agent, seen=ago(days=28, minutes=1))
    fate(agent, seen=ago(days=28, minutes=-1))
    assert tally(Scope(lead), span_of(28), "seen").before[""] == 1


def test_a_day_is_a_day_where_the_reader_is(lead, agent):
    with timezone.override(zoneinfo.ZoneInfo("Asia/Tokyo")):
        midnight = timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=6), time()))
        fate(agent, seen=midnight)
        fate(agent, seen=midnight - timedelta(seconds=1))
        _whole, days = tallies(Scope(lead), span_of(7), "seen", by_day("seen"))
        assert {day: one[""] for day, one in days.items()} == {midnight.date(): 1}
        assert isinstance(midnight.date(), date)


# the share that is seized


def test_what_has_time_left_does_not_count_against_it(lead, agent):
    fate(agent, seen=ago(days=1))
    assert number(lead, "due", "reckoned") == 0


def test_what_came_due_counts_once_when_it_is_due_and_then_when_it_is_closed(lead, agent):
    moment = fate(agent, seen=ago(days=40), due_at=ago(days=20))
    assert (number(lead, "due", "reckoned"), number(lead, "due", "seized")) == (1, 0)
    assert number(lead, "due", "reckoned", days=7) == 0
    actions.finish(actor=agent, moment=moment, outcome=Outcome.REACHED)
    assert (number(lead, "due", "reckoned"), number(lead, "due", "seized")) == (1, 1)
    assert number(lead, "due", "reckoned", days=7) == 1


@pytest.mark.parametrize("outcome", Outcome)
def test_seized_is_reached_bought_or_thanked(lead, agent, outcome):
    moment = fate(agent, seen=ago(hours=1))
    actions.finish(actor=agent, moment=moment, outcome=outcome)
    seized = outcome in {"reached", "bought", "thanked"}
    assert number(lead, "due", "seized") == seized
    assert number(lead, "due", "reckoned") == (outcome != "not_one")
    assert number(lead, "due", str(outcome)) == number(lead, "due", "finished") == 1


# what was taken back did not happen


def test_an_offer_an_acceptance_and_a_decline_taken_back_are_none(lead, agent, sofia, marketing, customer):
    moment = a_moment(agent, customer, to=marketing)
    actions.decline(actor=sofia, moment=moment, reason="Not ours")
    assert number(lead, "declined") == 1
    actions.undo(actor=sofia, moment=moment)
    actions.accept(actor=sofia, moment=moment)
    assert (number(lead, "declined"), number(lead, "offered"), number(lead, "accepted")) == (0, 1, 1)
    actions.undo(actor=sofia, moment=moment)
    assert (number(lead, "offered"), number(lead, "accepted")) == (1, 0)
    actions.withdraw(actor=agent, moment=moment)
    assert number(lead, "offered") == 1


def test_an_offer_undone_is_none(lead, agent, marketing, customer):
    moment = a_moment(agent, customer, to=marketing)
    actions.undo(actor=agent, moment=moment)
    assert number(lead, "offered") == 0


def test_what_nobody_acted_on_is_passed_on_by_time(lead, agent, care, customer):
    moment = a_moment(agent, customer)
    actions.sweep(at=moment.act_by + timedelta(minutes=1))
    moment.refresh_from_db()
    assert moment.state == State.OFFERED
    assert moment.first_offered_at is not None


# time to own


def test_half_of_them_waited_no_longer_and_one_in_ten_more(lead, agent):
    for minutes in range(1, 12):
        fate(agent, seen=ago(days=3), first_offered_at=ago(days=2, minutes=minutes), first_accepted_at=ago(days=2))
    told = time_to_own(Scope(lead), span_of(28))
    assert [round(one / timedelta(minutes=1)) for one in (told.median, told.slow)] == [6, 10]
    assert told.median_before is None


def test_it_runs_from_the_first_offer_to_the_first_acceptance(lead, agent, sofia, marketing, customer):
    moment = a_moment(agent, customer, to=marketing)
    Moment.objects.filter(pk=moment.pk).update(first_offered_at=ago(hours=2), created_at=ago(hours=9))
    moment.refresh_from_db()
    actions.decline(actor=sofia, moment=moment, reason="Which one?")
    actions.offer(actor=agent, moment=moment, team=marketing)
    actions.accept(actor=sofia, moment=moment)
    first = moment.first_accepted_at
    actions.give_back(actor=sofia, moment=moment, reason="Cannot")
    actions.offer(actor=agent, moment=moment, team=marketing)
    actions.accept(actor=sofia, moment=moment)
    assert moment.first_accepted_at == first
    assert round(waited(moment) / timedelta(hours=1)) == 2
    assert time_to_own(Scope(lead), span_of(28)).median == waited(moment)


def test_taken_from_a_queue_unoffered_it_runs_from_its_being_seen(lead, agent):
    moment = fate(agent, seen=ago(hours=3), first_accepted_at=ago(hours=1), first_offered_at=ago(minutes=5))
    assert round(waited(moment) / timedelta(hours=1)) == 2
    assert time_to_own(Scope(lead), span_of(28)).median == waited(moment)


def test_given_to_somebody_while_it_waited_it_has_an_owner(lead, agent, sofia, marketing, customer):
    moment = a_moment(agent, customer, to=marketing)
    actions.reassign(actor=lead, moment=moment, user=sofia)
    assert moment.first_accepted_at is not None


def test_passed_to_a_colleague_unoffered_it_was_not_accepted(agent, care, customer):
    moment = a_moment(agent, customer)
    actions.reassign(actor=agent, moment=moment, user=UserFactory(team=care))
    assert moment.first_accepted_at is None


# whose figures they are


def test_leads_see_all_others_their_teams_and_their_own(lead, agent, care):
    mate, stranger = UserFactory(team=care), UserFactory(team=TeamFactory(name="Elsewhere"))
    fate(agent, seen=ago(hours=1))
    fate(stranger, seen=ago(hours=1))
    alone = UserFactory()
    fate(alone, seen=ago(hours=1))
    seen = {user: number(user, "seen") for user in (lead, agent, mate, stranger, alone)}
    assert seen == {lead: 3, agent: 1, mate: 1, stranger: 1, alone: 1}


def test_a_team_is_told_of_what_it_passed_on(lead, agent, sofia, marketing, care, customer):
    moment = a_moment(agent, customer, to=marketing)
    actions.accept(actor=sofia, moment=moment)
    assert number(lead, "accepted", team=care.pk) == number(lead, "accepted", team=marketing.pk) == 1
    assert number(agent, "accepted") == number(sofia, "accepted") == 1
    assert number(lead, "accepted", team=TeamFactory().pk) == number(lead, "accepted", team=0) == 0


def test_marketers_count_only_what_has_travelled_to_them(agent, sofia, marketing, customer):
    a_moment(agent, customer)
    assert number(sofia, "seen") == 0
    a_moment(agent, customer, to=marketing)
    assert number(sofia, "seen") == 1
    assert number(MarketerFactory(team=TeamFactory()), "seen") == 0


def test_a_kind_narrows_moments_and_refusals_and_no_promise(lead, agent):
    praise = fate(agent, seen=ago(hours=1))
    fate(agent, seen=ago(hours=1), kind="wish")
    AvoidedFactory(about=praise.public_id, kind=praise.kind, actor=agent)
    AvoidedFactory(actor=agent)
    FollowUpFactory(due_at=ago(hours=1))
    found = {name: number(lead, name, kind="praise") for name in ("seen", "avoided", "late")}
    assert found == {"seen": 1, "avoided": 1, "late": 1}


def test_promises_and_refusals_are_the_teams_and_ones_own(lead, agent, care):
    other = UserFactory(team=TeamFactory())
    FollowUpFactory(due_at=ago(hours=1), owner=other, team=care)
    FollowUpFactory(due_at=ago(hours=1), owner=agent, team=None)
    FollowUpFactory(due_at=ago(hours=1), owner=other, team=other.team)
    AvoidedFactory(actor=other)
    AvoidedFactory(actor=agent)
    assert (number(lead, "late"), number(agent, "late"), number(other, "late")) == (3, 2, 2)
    assert (number(lead, "late", team=care.pk), number(lead, "late", team=0)) == (1, 1)
    assert (number(lead, "avoided"), number(agent, "avoided")) == (2, 1)


def test_nobody_who_left_is_told_anything(agent, fates):
    agent.is_active = False
    assert number(agent, "seen") == 0
