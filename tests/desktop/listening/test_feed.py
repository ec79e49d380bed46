"""The listening desk: what it shows to whom, in which order, and what people do there."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.insights.calendar import beginning, day_of, today
from apps.insights.feedback import replies
from apps.insights.models import FeedbackReply, FeedbackTheme, PropensityScore, ReadReceipt, Theme, ThemeDay
from apps.insights.themes.counts import count_days
from tests.desktop.conftest import signed_in
from tests.desktop.html import html, inline, queries
from tests.factories.accounts import UserFactory
from tests.factories.customers import EvidenceFactory, IdentifierFactory, SourceProfileFactory
from tests.factories.insights import FeedbackFactory, ThemeFactory, ThemeSuggestionFactory
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db
DESK = "/desk/listening/"
ROWS = {"HX-Request": "true", "HX-Target": "verbatims"}


@pytest.fixture
def desk(sofia):
    return signed_in(sofia)


def said(words, **fields):
    return FeedbackFactory(words=words, **fields)


def themed(theme, *feedback):
    for one in feedback:
        FeedbackTheme.objects.create(feedback=one, theme=theme, said_at=one.said_at, loudness=one.loudness)


def shown(response, *words):
    """Which of these are on the page, in its order."""
    page = html(response)
    return [one for one in sorted(words, key=page.find) if one in page]


def ago(**span):
    return timezone.now() - timedelta(**span)


# --- who may, and what is there -----------------------------------------------------------------------------------


def test_everybody_listens_but_those_whose_screen_stands_in_a_shop(desk_of):
    roles = ("agent", "marketer", "supervisor", "owner", "store")
    assert [desk_of(role).get(DESK).status_code for role in roles] == [200, 200, 200, 200, 403]


def test_nothing_said_and_nothing_that_matches_are_told_apart(desk):
    assert "Nobody has said anything yet" in html(desk.get(DESK))
    said("The parcel came late")
    assert "Nobody said anything like it" in html(desk.get(f"{DESK}?sentiment=negative"))
    assert "there is none yet" in html(desk.get(f"{DESK}?tab=rising"))
    ThemeFactory()
    assert "No theme was heard notably more often" in html(desk.get(f"{DESK}?tab=rising"))


def test_the_newest_come_first_and_the_loudest_where_they_are_asked_for(desk):
    said("Quiet and new", said_at=ago(hours=1))
    said("Loud and old", said_at=ago(days=2), loudness=9)
    said("Loud and older", said_at=ago(days=3), loudness=9)
    words = ("Quiet and new", "Loud and old<", "Loud and older")
    assert shown(desk.get(DESK), *words) == list(words)
    assert shown(desk.get(f"{DESK}?tab=loudest"), *words) == [*words[1:], words[0]]


@pytest.mark.parametrize("tab", ["newest", "loudest"])
def test_pages_follow_each_other_without_a_gap_or_a_repetition(desk, monkeypatch, tab):
    monkeypatch.setattr("apps.desktop.listening.page.PAGE", 2)
    for number in range(5):
        said(f"Words {number}.", said_at=ago(hours=number), loudness=number % 2 * 5)
    seen, url = [], f"{DESK}?tab={tab}"
    while url:
        response = desk.get(url, headers=ROWS)
        seen += shown(response, *(f"Words {number}." for number in range(5)))
        found = response.context["older"]
        url = f"{DESK}?tab={tab}&after={quote(str(found))}" if found else ""
    order = [0, 1, 2, 3, 4] if tab == "newest" else [1, 3, 0, 2, 4]
    assert seen == [f"Words {number}." for number in order]


def test_a_filter_leaves_only_what_it_names(desk):
    theme = ThemeFactory()
    fits = said("This one fits", interaction__channel="social", place="Lyon", product="coffee", sentiment="negative")
    said("This one does not", said_at=ago(days=20))
    themed(theme, fits)
    chosen = ("channel=social", "place=Lyon", "product=coffee", "sentiment=negative", "days=7", f"theme={theme.pk}")
    for query in (*chosen, f"theme={theme.pk}&channel=social&tab=loudest"):
        found = shown(desk.get(f"{DESK}?{query}", headers=ROWS), "This one fits", "This one does not")
        assert found == ["This one fits"], query


def test_an_address_that_says_nothing_known_shows_everything(desk):
    said("Here")
    for query in ("tab=x&days=x&theme=x&channel=x&sentiment=x", "after=x/y/z", "theme=9" * 9, "place=%00"):
        assert "Here" in html(desk.get(f"{DESK}?{query}")), query


def test_a_count_is_the_length_of_its_list(desk):
    """Both by the days of the company, and today is one of them."""
    for days in (0, 6, 7, 27, 28, 89, 90):
        at = beginning(today() - timedelta(days=days)) + timedelta(hours=23 if days else 0, minutes=59 if days else 0)
        said(f"On day {days}.", said_at=at)
        count_days([day_of(at)])
    words = [f"On day {days}." for days in (0, 6, 7, 27, 28, 89, 90)]
    for days, many in ((7, 2), (28, 4), (90, 6)):
        page = desk.get(f"{DESK}?days={days}")
        assert (page.context["everything"]["number"], shown(page, *words)) == (str(many), words[:many])


def test_themes_stand_with_their_counts_of_the_period_and_how_many_were_unhappy(desk):
    theme = ThemeFactory(name="Late parcels")
    for days, feeling in ((1, "negative"), (2, ""), (3, ""), (40, "")):
        one = said("Late", said_at=ago(days=days), sentiment=feeling)
        themed(theme, one)
        FeedbackTheme.objects.filter(feedback=one).update(unhappy=feeling == "negative")
    count_days({ago(days=days).date() for days in (1, 2, 3, 40)})
    line = desk.get(DESK).context["themes"][0]
    assert (line.name, line.number, line.unhappy) == ("Late parcels", "3", "33\xa0% unhappy")
    assert desk.get(f"{DESK}?days=90").context["themes"][0].number == "4"


def test_what_rises_stands_with_the_numbers_that_say_so(desk):
    rising, steady = ThemeFactory(name="Rising"), ThemeFactory(name="Steady")
    today = timezone.now().date()
    for theme, recent in ((rising, 4), (steady, 2)):
        for back in range(35):
            mentions = recent if back < 7 else 2
            ThemeDay.objects.create(theme=theme, day=today - timedelta(days=back), mentions=mentions, unhappy=1)
    (one,) = desk.get(f"{DESK}?tab=rising").context["rising"]
    assert (one.name, one.recent, one.usual) == ("Rising", 28, "14.0")
    assert float(one.z) == pytest.approx(2 * ((28.375**0.5) - (0.25 * 56.375) ** 0.5) / 1.25**0.5, abs=0.05)


# --- what it costs ------------------------------------------------------------------------------------------------


def furnish(mina, sofia, number):
    """One more of everything a card can show."""
    profile = SourceProfileFactory(
        customer__name=f"Customer {number}", traits={"name": f"Other {number}", "tags": "vip"}
    )
    EvidenceFactory(profile=profile, identifier=IdentifierFactory())
    PropensityScore.objects.create(customer=profile.customer, kind="buy", value=5, orders=3)
    interaction = InteractionFactory(profile=profile, verbatim=f"Words {number}", staff=mina, occurred_at=ago(hours=1))
    one = FeedbackFactory(
        interaction=interaction, place=f"Place {number}", product=f"Thing {number}", loudness=number % 9
    )
    themed(ThemeFactory(name=f"Theme {number}", words="words"), one)
    replies.answer(actor=sofia, feedback=one, words="Which colour?")
    ThemeSuggestionFactory()
    count_days([one.said_at.date()])
    return one


def test_the_desk_asks_as_often_for_many_as_for_one(mina, sofia, desk):
    def asked():
        return [queries(desk, f"{DESK}?tab={tab}") for tab in ("newest", "loudest", "rising")]

    furnish(mina, sofia, 0)
    asked()
    once = asked()
    for number in range(1, 6):
        furnish(mina, sofia, number)
    assert asked() == once
    assert max(once) < 35


def test_an_agents_desk_asks_as_often_for_many_receipts_as_for_one(mina, sofia):
    desk, url = signed_in(mina), reverse("unread")
    furnish(mina, sofia, 0)
    desk.get(url)
    once = queries(desk, url)
    for number in range(1, 5):
        furnish(mina, sofia, number)
    assert queries(desk, url) == once


# --- closing the loop ---------------------------------------------------------------------------------------------


def test_whoever_logged_it_learns_who_read_it_and_what_they_ask(mina, sofia, desk):
    anna = SourceProfileFactory(customer__name="Anna Weber")
    one = said("Best grinder", interaction__profile=anna, interaction__staff=mina)
    card = html(desk.post(reverse("verbatim_read", args=[one.pk])))
    assert "Read by you" in card
    assert 'data-key-here="r"' not in card
    desk.post(reverse("verbatim_reply", args=[one.pk]), {"words": "May we quote it?"})
    home = html(signed_in(mina).get(reverse("unread")))
    assert "Sofia (Marketing) read what Anna Weber told you" in home
    assert "May we quote it?" in home
    assert ReadReceipt.objects.count() == 1


def test_they_answer_and_the_asker_reads_it_at_the_desk(mina, sofia, desk):
    one = said("Best grinder", interaction__staff=mina)
    desk.post(reverse("verbatim_reply", args=[one.pk]), {"words": "Which one?"})
    answered = signed_in(mina).post(reverse("verbatim_reply", args=[one.pk]), {"words": "The Pico"})
    assert "Sent." in answered["HX-Trigger"]
    assert FeedbackReply.objects.get(author=mina).to == sofia
    assert FeedbackReply.objects.get(author=sofia).seen_at is not None
    assert not ReadReceipt.objects.filter(reader=mina).exists()
    assert "The Pico" in html(desk.get(DESK))


def test_whoever_asked_is_told_the_answer_without_whose_words_they_are(mina, sofia, desk):
    anna = SourceProfileFactory(customer__name="Anna Weber")
    one = said("Best grinder", interaction__profile=anna, interaction__staff=mina)
    assert "answer to your lines is told here" in html(desk.get(reverse("unread")))
    replies.answer(actor=sofia, feedback=one, words="May we quote it?")
    replies.answer(actor=mina, feedback=one, words="Ms Weber says yes")
    told = html(desk.get(reverse("unread")))
    assert ("Mina answered you" in told, "Ms *** says yes" in told, "Weber" in told) == (True, True, False)
    assert reverse("verbatim", args=[one.pk]) in told
    assert 'id="unread"' in html(desk.get("/desk/"))
    assert "Mina answered you" not in html(
        desk.post(reverse("reply_seen", args=[FeedbackReply.objects.get(author=mina).pk]))
    )


def test_ones_own_receipt_is_never_lost_among_many(mina, sofia, desk):
    one = said("Best grinder", interaction__staff=mina)
    for place in range(5):
        ReadReceipt.objects.create(feedback=one, reader=UserFactory(first_name=f"Reader {place}"), staff=mina)
    ReadReceipt.objects.create(feedback=one, reader=sofia, staff=mina)
    card = html(desk.get(DESK, headers=ROWS))
    assert "Read by you, Reader 0, Reader 1 and 3 more" in card
    assert "Mark as read" not in card


def test_a_line_is_put_away_by_whom_it_is_for(mina, sofia):
    one = said("Best grinder", interaction__staff=mina)
    line = replies.answer(actor=sofia, feedback=one, words="Which one?")
    signed_in(sofia).post(reverse("reply_seen", args=[line.pk]))
    signed_in(UserFactory()).post(reverse("reply_seen", args=[line.pk]))
    assert "Which one?" in html(signed_in(mina).get(reverse("unread")))
    assert "Which one?" not in html(signed_in(mina).post(reverse("reply_seen", args=[line.pk])))


def test_an_empty_line_is_not_sent_and_nobody_is_answered_who_logged_nothing(mina, desk):
    logged, written = said("By phone", interaction__staff=mina), said("By post")
    empty = desk.post(reverse("verbatim_reply", args=[logged.pk]), {"words": " "})
    assert (empty.status_code, "Write a line first" in html(empty)) == (422, True)
    assert desk.post(reverse("verbatim_reply", args=[written.pk]), {"words": "Hello?"}).status_code == 400
    assert not FeedbackReply.objects.exists()


def test_store_staff_see_what_became_of_their_own_and_nothing_else():
    lea = UserFactory(role="store")
    mine, other = said("At the till", interaction__staff=lea), said("On the phone")
    desk = signed_in(lea)
    assert "At the till" in html(desk.get(reverse("verbatim", args=[mine.pk])))
    assert desk.get(reverse("verbatim", args=[other.pk])).status_code == 404
    assert desk.get(reverse("unread")).status_code == 200


# --- themes -------------------------------------------------------------------------------------------------------


def test_a_theme_is_set_and_unset_on_one_verbatim(desk):
    one, theme = said("Three hours"), ThemeFactory(name="Waiting")
    url = reverse("verbatim_theme", args=[one.pk])
    assert 'aria-checked="false"' in html(desk.get(url))
    assert "Waiting" in html(desk.post(url, {"theme": theme.pk, "belongs": "yes"}))
    assert 'aria-checked="true"' in html(desk.get(url))
    assert "Waiting" not in html(desk.post(url, {"theme": theme.pk, "belongs": "no"}))
    assert desk.post(url, {"theme": "x"}).status_code == 404


def test_a_suggestion_is_named_or_waved_off(desk, django_capture_on_commit_callbacks):
    named = ThemeSuggestionFactory(examples=[said("On my doorstep").pk])
    waved = ThemeSuggestionFactory(terms=["pan flute"])
    form = html(desk.get(f"{reverse('theme_add')}?suggestion={named.pk}"))
    assert 'value="courier or doorstep"' in form
    assert "On my doorstep" in form
    assert AuditEntry.objects.get(action="listening.list").detail["shown"] == named.examples
    values = {"suggestion": named.pk, "name": "Doorsteps", "words": "courier or doorstep", "colour": "blue"}
    response = desk.post(reverse("theme_add"), values)
    assert response["HX-Refresh"] == "true"
    theme = Theme.objects.get()
    assert (theme.name, theme.reread_to is not None) == ("Doorsteps", True)
    assert "pan flute" not in html(desk.post(reverse("theme_wave_off", args=[waved.pk])))
    assert "courier, doorstep" not in html(desk.get(DESK))


def test_a_theme_that_cannot_be_is_refused_with_what_is_wrong(desk):
    ThemeFactory(name="Waiting")
    for values, words in (
        ({"name": ""}, "This field is required"),
        ({"name": "WAITING"}, "There is a theme of this name"),
        ({"words": "-late"}, "Say at least one word to look for"),
    ):
        response = desk.post(reverse("theme_add"), {"name": "New", "words": "late", "colour": "teal", **values})
        assert (response.status_code, words in html(response)) == (422, True), words
    assert Theme.objects.count() == 1


def test_how_far_a_theme_is_read_is_looked_at_without_reading_anybodys_words(desk):
    """Every few seconds, and not as if the cards had been shown again."""
    said("The parcel came late")
    ThemeFactory(name="Waiting", reread_to=today())
    assert f'hx-get="{DESK}?tab=loudest" hx-trigger="every 4s"' in html(desk.get(f"{DESK}?tab=loudest"))
    seen = AuditEntry.objects.filter(action="listening.list")
    before = seen.count()
    pane = html(desk.get(f"{DESK}?tab=loudest", headers={"HX-Request": "true", "HX-Target": "themes"}))
    assert ("reading what was said before" in pane, "The parcel" in pane, "<html" in pane) == (True, False, False)
    assert f'hx-get="{DESK}?tab=loudest" hx-trigger="every 4s"' in pane
    assert seen.count() == before == 1


def test_a_theme_is_changed_or_retired(desk):
    theme = ThemeFactory(name="Waiting")
    url = reverse("theme_change", args=[theme.pk])
    assert 'value="Waiting"' in html(desk.get(url))
    values = {"name": "Waiting long", "words": "hours", "colour": "rose"}
    desk.post(url, values)
    theme.refresh_from_db()
    assert (theme.name, theme.words, theme.active) == ("Waiting long", "hours", True)
    desk.post(url, {**values, "retire": "yes"})
    theme.refresh_from_db()
    assert not theme.active


def test_themes_are_not_for_agents_to_make(mina):
    assert signed_in(mina).get(reverse("theme_add")).status_code == 403
    assert "theme-sheet" not in html(signed_in(mina).get(DESK))


def test_how_much_words_would_find_is_said_while_they_are_typed(desk):
    assert "own words." in html(desk.get(reverse("theme_add")))
    assert "find 0 verbatims" in html(desk.get(reverse("theme_catch"), {"words": "late"}))
    said("So late")
    assert "find 1 verbatim " in html(desk.get(reverse("theme_catch"), {"words": "late"}))


def test_no_page_needs_an_exception_from_the_policy(mina, sofia, desk):
    one = furnish(mina, sofia, 0)
    for url in (DESK, reverse("verbatim", args=[one.pk]), reverse("theme_add")):
        assert inline(desk.get(url)) == []
