"""Who is told of a step by e-mail, of what, and how often."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.utils import timezone

from apps.accounts.models import User
from apps.moments import actions
from apps.moments.actions import notices
from apps.moments.models import Moment, Notice, Outcome, Step
from tests.factories.accounts import UserFactory
from tests.factories.moments import a_moment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everybody_wishes_it(monkeypatch, agent, sofia, marco, lead, settings):
    monkeypatch.setattr(notices, "TAKEN_BACK_WITHIN", timedelta(0))
    settings.PUBLIC_URL = "https://desk.example.com/"
    for person in (agent, sofia, marco, lead):
        person.email, person.moments_by_mail = f"{person.username}@company.example", True
        person.save()


def told():
    """Who got a mail in this minute, and its subject."""
    mail.outbox.clear()
    actions.gather_notices()
    actions.send_notices()
    return sorted((to, one.subject) for one in mail.outbox for to in one.to)


def test_both_sides_are_told_step_by_step(agent, customer, marketing, sofia, marco):
    moment = a_moment(agent, customer, to=marketing)
    assert told() == [
        ("marco@company.example", "Praise worth answering: offered by Mina"),
        ("sofia@company.example", "Praise worth answering: offered by Mina"),
    ]
    actions.decline(actor=sofia, moment=moment, reason="Not now")
    assert told() == [("agent@company.example", "Praise worth answering: declined by Sofia, it is yours again")]
    actions.offer(actor=agent, moment=moment, team=marketing)
    told()
    actions.accept(actor=marco, moment=moment)
    assert told() == [("agent@company.example", "Praise worth answering: accepted by Marco")]
    actions.finish(actor=marco, moment=moment, outcome=Outcome.THANKED, line="Sent flowers")
    assert told() == [("agent@company.example", "Praise worth answering: Thanked, says Marco")]
    assert told() == []


def test_the_sender_is_told_when_nobody_answered(agent, customer, marketing):
    moment = a_moment(agent, customer, to=marketing)
    told()
    Moment.objects.filter(pk=moment.pk).update(answer_by=timezone.now() - timedelta(minutes=1))
    actions.escalate_overdue()
    assert told() == [("agent@company.example", "Praise worth answering: it is back with you")]


def test_who_has_not_asked_is_not_written_to(agent, customer, marketing, sofia):
    User.objects.filter(pk=sofia.pk).update(moments_by_mail=False)
    a_moment(agent, customer, to=marketing)
    assert [to for to, _subject in told()] == ["marco@company.example"]


def test_a_mail_holds_no_customer_and_nobody_s_words(agent, customer, marketing, sofia):
    moment = a_moment(agent, customer, to=marketing, reason="The words of Anna Weber")
    actions.decline(actor=sofia, moment=moment, reason="Ms Weber has moved to Lyon")
    told()
    bodies = " ".join(one.subject + one.body for one in mail.outbox)
    assert f"https://desk.example.com/desk/moments/{moment.public_id}/" in bodies
    assert not any(word in bodies for word in ("Anna", "Weber", "Lyon", "words"))


def test_several_in_a_minute_are_one_mail(agent, customer, marketing, sofia):
    for number in range(3):
        a_moment(agent, customer, to=marketing, key=f"k{number}")
    assert ("sofia@company.example", "3 moments") in told()
    assert mail.outbox[0].body.count("/desk/moments/") == 3


def test_what_was_taken_back_was_never_told(monkeypatch, agent, customer, marketing):
    moment = a_moment(agent, customer, to=marketing)
    actions.undo(actor=agent, moment=moment)
    assert told() == []
    monkeypatch.setattr(notices, "TAKEN_BACK_WITHIN", timedelta(seconds=30))
    a_moment(agent, customer, to=marketing, key="another")
    assert told() == [], "it can still be taken back"


def test_a_server_that_refuses_is_asked_again(monkeypatch, agent, customer, marketing):
    a_moment(agent, customer, to=marketing)

    def refuse(*_args, **_kwargs):
        raise SMTPServerDisconnected

    with monkeypatch.context() as patched:
        patched.setattr(notices, "send", refuse)
        assert told() == []
    assert len(told()) == 2
    assert not Notice.objects.filter(sent_at=None).exists()


def test_sent_again_it_is_the_same_message(agent, customer, marketing):
    a_moment(agent, customer, to=marketing)
    told()
    first = {one.to[0]: one.extra_headers["Message-ID"] for one in mail.outbox}
    Notice.objects.update(sent_at=None)  # as if the process had died before it could note it
    told()
    assert first == {one.to[0]: one.extra_headers["Message-ID"] for one in mail.outbox}


def test_what_is_old_is_no_news(monkeypatch, agent, customer, marketing):
    a_moment(agent, customer, to=marketing)
    monkeypatch.setattr(notices, "FRESH", timedelta(0))
    assert told() == []


def test_who_cannot_be_reached_is_not_tried_for_ever(agent, customer, marketing, sofia):
    User.objects.filter(pk=sofia.pk).update(email="")
    a_moment(agent, customer, to=marketing)
    assert [to for to, _subject in told()] == ["marco@company.example"]
    assert not Notice.objects.filter(sent_at=None).exists()


def test_it_is_said_in_their_own_language_and_time(agent, customer, marketing, sofia):
    marketing.timezone = "Asia/Tokyo"
    marketing.save()
    a_moment(agent, customer, to=marketing)
    told()
    limit = Step.objects.get(act="offer").moment.answer_by
    tokyo = (limit + timedelta(hours=9)).strftime("%H:%M")
    assert tokyo in mail.outbox[0].body


def test_gathering_costs_one_statement(agent, customer, marketing, django_assert_num_queries):
    for number in range(3):
        UserFactory(team=marketing, moments_by_mail=True, email=f"m{number}@company.example")
        a_moment(agent, customer, to=marketing, key=f"k{number}")
    with django_assert_num_queries(1):
        assert actions.gather_notices() == 3 * 5
