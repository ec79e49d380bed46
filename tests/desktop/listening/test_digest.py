"""The week: counted once it is over, shown without a name, mailed once to whoever asked."""

import email
from datetime import timedelta
from email import policy
from smtplib import SMTPException

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone

from apps.desktop import tasks
from apps.desktop.listening import digest_mail
from apps.insights.calendar import beginning, monday_of, today, week_before, week_of
from apps.insights.digest import actions
from apps.insights.digest.actions import mails_to_send
from apps.insights.feedback.actions import SWEEP
from apps.insights.models import Digest, DigestMail, DigestReader, Feedback, FeedbackTheme, SweepProgress
from apps.insights.themes.counts import count_days
from apps.interactions.models import FollowUp
from tests.desktop.conftest import signed_in
from tests.desktop.html import html, inline, queries
from tests.factories.accounts import MarketerFactory
from tests.factories.insights import FeedbackFactory, ThemeFactory
from tests.factories.interactions import FollowUpFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def swept(db):
    """All that was said has been taken in."""
    return SweepProgress.objects.create(name=SWEEP, reached=timezone.now())


@pytest.fixture
def last_week():
    return week_before(week_of(today()))


@pytest.fixture
def sofia(sofia):
    sofia.email = "sofia@lindwell.example"
    sofia.save()
    return sofia


@pytest.fixture
def desk(sofia):
    return signed_in(sofia)


def on(week, day, words="The parcel came late", **fields):
    """Words of a day of that week, at noon."""
    at = beginning(monday_of(week)) + timedelta(days=day, hours=12)
    one = FeedbackFactory(words=words, said_at=at, interaction__profile__customer__name="Anna Brandmeier", **fields)
    count_days([at.date()])
    return one


@pytest.fixture
def spoken(last_week):
    """Six verbatims of last week, two the week before, one theme, one promise kept."""
    theme = ThemeFactory(name="Parcels & letters")
    said = [
        on(last_week, day, sentiment="negative" if day < 2 else "", place="Lyon", loudness=day)
        for day in (0, 0, 1, 2, 6, 6)
    ]
    on(week_before(last_week), 6)
    on(week_before(last_week), 0)
    for one in said[:3]:
        FeedbackTheme.objects.create(feedback=one, theme=theme, said_at=one.said_at, unhappy=True)
        count_days([one.said_at.date()])
    FollowUpFactory(interaction=said[0].interaction, profile=said[0].profile, state=FollowUp.State.KEPT)
    return said


def test_a_week_is_counted_from_monday_to_sunday(last_week, spoken):
    content = actions.close_week(last_week).content
    assert (content["mentions"], content["unhappy"], content["before"]) == (6, 3, 2)
    assert content["days"] == [[2, 2], [1, 1], [1, 0], [0, 0], [0, 0], [0, 0], [2, 0]]
    assert content["weeks"][-2:] == [2, 6]
    assert [(row["name"], row["mentions"], row["unhappy"]) for row in content["themes"]] == [
        ("Parcels & letters", 3, 3)
    ]
    assert content["places"] == [["Lyon", 6, 3]]
    assert (content["promises"]["made"], content["promises"]["kept"]) == (1, 1)
    assert content["loudest"][:2] == [spoken[5].pk, spoken[4].pk]


def test_a_week_that_is_over_stays_as_it_was(desk, last_week, spoken):
    url = reverse("digest", args=[last_week])
    desk.get(url)
    on(last_week, 3, words="ReplyLine late")
    assert desk.get(url).context["mentions"] == "6"
    with pytest.raises(ValueError, match=week_of(today())):
        actions.close_week(week_of(today()))


def test_a_week_is_not_kept_before_its_words_have_been_taken_in(swept, desk, sofia, last_week):
    """A new installation, or one whose worker stood still over the weekend: figures of nothing would stay for good."""
    url = reverse("digest", args=[last_week])
    desk.get(url)
    assert not Digest.objects.exists()
    actions.subscribe(actor=sofia)
    swept.reached = beginning(monday_of(week_of(today()))) - timedelta(minutes=1)
    swept.save()
    on(last_week, 0)
    assert desk.get(url).context["mentions"] == "1"
    assert digest_mail.send_digests() == 0
    on(last_week, 6)
    assert desk.get(url).context["mentions"] == "2"
    assert not Digest.objects.exists()


def test_this_week_is_not_measured_against_a_whole_one(desk, last_week, spoken):
    this = week_of(today())
    on(this, 0)
    assert desk.get(reverse("digest", args=[this])).context["change"] == ""
    assert desk.get(reverse("digest", args=[last_week])).context["change"] == "+200\xa0% against the week before"


def test_this_week_is_shown_as_far_as_it_goes(desk):
    this = week_of(today())
    on(this, 0)
    page = desk.get(reverse("digest", args=[this]))
    assert (page.context["mentions"], "so far" in html(page)) == ("1", True)
    on(this, 0)
    assert desk.get(reverse("digest", args=[this])).context["mentions"] == "2"
    assert not Digest.objects.exists()


@pytest.mark.parametrize("week", ["2019-W10", "2026-W99", "x", "2031-W01", "2026-W1x"])
def test_there_is_no_digest_of_what_is_no_week_or_long_gone(desk, week):
    assert desk.get(reverse("digest", args=[week])).status_code == 404


def test_the_page_has_words_without_names_and_forgets_what_was_erased(desk, last_week, spoken):
    url = reverse("digest", args=[last_week])
    spoken[5].interaction.verbatim = "Brandmeier here: never again!"
    spoken[5].interaction.save(update_fields=["verbatim"])
    page = html(desk.get(url))
    assert "*** here: never again!" in page
    assert "Brandmeier" not in page
    assert inline(desk.get(url)) == []
    spoken[5].interaction.delete()
    page = html(desk.get(url))
    assert "never again" not in page
    assert "1 has been erased since." in page


def test_the_page_asks_as_often_for_many_as_for_one(desk):
    this = week_of(today())
    url = reverse("digest", args=[this])
    on(this, 0, place="Lyon")
    desk.get(url)
    once = queries(desk, url)
    for number in range(5):
        on(this, 0, place=f"Place {number}")
        ThemeFactory()
    assert queries(desk, url) == once


def test_one_asks_for_it_by_mail_and_ends_it(sofia, desk, last_week):
    assert "checked" in html(desk.post(reverse("digest_mail"), {"by_mail": "on"}))
    assert DigestReader.objects.get().person == sofia
    desk.post(reverse("digest_mail"), {"by_mail": "on"})
    assert "checked" not in html(desk.post(reverse("digest_mail")))
    assert not DigestReader.objects.exists()


# --- the mail -----------------------------------------------------------------------------------------------------


class Postbox:
    """A mail server that keeps what it is given."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def postbox(settings, free_tcp_port):
    box = Postbox()
    server = Controller(box, hostname="127.0.0.1", port=free_tcp_port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_tcp_port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield box
    server.stop()


def test_it_arrives_once_with_figures_and_pictures_and_nobodys_words(postbox, settings, sofia, last_week, spoken):
    settings.PUBLIC_URL = "https://desk.lindwell.example"
    actions.subscribe(actor=sofia)
    actions.subscribe(actor=MarketerFactory(email=""))
    tasks.send_digests()
    tasks.send_digests()
    (mail,) = postbox.mails
    assert (mail["To"], mail["Message-ID"]) == (
        "sofia@lindwell.example",
        f"<digest-{last_week}-{_only().pk}@localhost>",
    )
    text, page = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    link = f"https://desk.lindwell.example/desk/listening/digest/{last_week}/"
    for body in (text, page):
        assert link in body
        assert "late" not in body
        assert "Brandmeier" not in body
    assert "Parcels & letters: 3 (100\xa0% unhappy; 0 the week before)" in text
    assert "Parcels &amp; letters" in page
    pictures = {
        part["Content-ID"]: part.get_content() for part in mail.walk() if part.get_content_type() == "image/png"
    }
    assert set(pictures) == {"<days>", "<weeks>"}
    assert all(f"cid:{name[1:-1]}" in page and png.startswith(b"\x89PNG") for name, png in pictures.items())
    assert int.from_bytes(pictures["<days>"][16:20], "big") == 560 * digest_mail.SHARP


def _only():
    return DigestMail.objects.get()


def test_what_the_server_refuses_is_tried_again_and_what_may_have_arrived_is_not(monkeypatch, sofia, last_week, spoken):
    def refuse(_mail):
        raise SMTPException

    actions.subscribe(actor=sofia)
    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)
    assert digest_mail.send_digests() == 0
    assert (_only().failures, _only().sent_at) == (1, None)
    assert digest_mail.send_digests() == 0  # not at once
    assert _only().failures == 1
    DigestMail.objects.update(begun_at=timezone.now() - timedelta(hours=1))
    monkeypatch.undo()
    assert digest_mail.send_digests() == 1
    DigestMail.objects.update(sent_at=None, failures=0)  # as where a worker died in the middle
    assert mails_to_send(Digest.objects.get()) == []


def test_of_two_workers_one_sends(sofia, last_week):
    actions.subscribe(actor=sofia)
    digest = actions.close_week(last_week)
    digest_mail.address_mails(digest)
    (same,), (mail,) = mails_to_send(digest), mails_to_send(digest)
    assert [digest_mail.begin_mail(one) for one in (same, mail)] == [True, False]


def test_a_week_without_a_word_is_a_digest_too(desk, last_week):
    assert Feedback.objects.count() == 0
    page = html(desk.get(reverse("last_digest"), follow=True))
    assert "No theme was heard." in page
    assert "0\xa0%" not in page
