"""The listening desk: what it shows to whom, in which order, and what people do there."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Team
from apps.insights import actions
from apps.insights.listening import count_days
from apps.insights.models import FeedbackTheme, PropensityScore, Reading, Reply, Theme, ThemeDay
from tests.desktop.conftest import signed_in
from tests.desktop.reading import html, inline, queries
from tests.factories.accounts import MarketerFactory, TeamFactory, UserFactory
from tests.factories.customers import EvidenceFactory, IdentifierFactory, SourceProfileFactory
from tests.factories.insights import FeedbackFactory, ThemeFactory, ThemeSuggestionFactory
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db
DESK = "/desk/listening/"
ROWS = {"HX-Request": "true", "HX-Target": "verbatims"}


@pytest.fixture
def mina(db):
    return UserFactory(username="mina", first_name="Mina", last_name="Hartwell", team=TeamFactory(name="Care"))


@pytest.fixture
def sofia(db):
    marketing = TeamFactory(name="Marketing", kind=Team.Kind.DEPARTMENT)
    return MarketerFactory(username="sofia", first_name="Sofia", last_name="Lindgren", team=marketing)


@pytest.fixture
def desk(sofia):
    return signed_in(sofia)


def said(words, **fields):
    return FeedbackFactory(words=words, **fields)


def themed(theme, *feedback):
    for one in feedback:
        FeedbackTheme.objects.create(feedback=one, theme=theme, heard_at=one.heard_at, loudness=one.loudness)


def shown(response, *words):
    """Which of these are on the page, in its order."""
    page = html(response)
    return [one for one in sorted(words, key=page.find) if one in page]


def ago(**span):
    return timezone.now() - timedelta(**span)


# --- who may, and what is there -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"), [("agent", 200), ("marketer", 200), ("supervisor", 200), ("owner", 200), ("store", 403)]
)
def test_everybody_listens_but_those_whose_screen_stands_in_a_shop(desk_of, role, status):
    assert desk_of(role).get(DESK).status_code == status


def test_nothing_said_and_nothing_that_matches_are_told_apart(desk):
    assert "Nobody has said anything yet" in html(desk.get(DESK))
    said("The parcel came late")
    assert "Nobody said anything like it" in html(desk.get(f"{DESK}?sentiment=negative"))
    assert "Nothing rises" in html(desk.get(f"{DESK}?tab=rising"))


def test_the_newest_come_first_and_the_loudest_where_they_are_asked_for(desk):
    said("Quiet and new", heard_at=ago(hours=1))
    said("Loud and old", heard_at=ago(days=2), loudness=9)
    said("Loud and older", heard_at=ago(days=3), loudness=9)
    words = ("Quiet and new", "Loud and old<", "Loud and older")
    assert shown(desk.get(DESK), *words) == list(words)
    assert shown(desk.get(f"{DESK}?tab=loudest"), *words) == [*words[1:], words[0]]


@pytest.mark.parametrize("tab", ["newest", "loudest"])
def test_pages_follow_each_other_without_a_gap_or_a_repetition(desk, monkeypatch, tab):
    monkeypatch.setattr("apps.desktop.listening_page.PAGE", 2)
    for number in range(5):
        said(f"Words {number}.", heard_at=ago(hours=number), loudness=number % 2 * 5)
    seen, url = [], f"{DESK}?tab={tab}"
    while url:
        response = desk.get(url, headers=ROWS)
        seen += shown(response, *(f"Words {number}." for number in range(5)))
        found = response.context["older"]
        url = f"{DESK}?tab={tab}&after={quote(str(found))}" if found else ""
    order = [0, 1, 2, 3, 4] if tab == "newest" else [1, 3, 0, 2, 4]
    assert seen == [f"Words {number}." for number in order]


@pytest.mark.parametrize(
    "query",
    ["channel=social", "place=Lyon", "product=coffee", "sentiment=negative", "days=7", "theme={theme}",
     "theme={theme}&channel=social&tab=loudest"],
)  # fmt: skip
def test_a_filter_leaves_only_what_it_names(desk, query):
    theme = ThemeFactory()
    fits = said("This one fits", interaction__channel="social", place="Lyon", product="coffee", sentiment="negative")
    said("This one does not", heard_at=ago(days=20))
    themed(theme, fits)
    words = ("This one fits", "This one does not")
    assert shown(desk.get(f"{DESK}?{query.format(theme=theme.pk)}"), *words) == ["This one fits"]


@pytest.mark.parametrize(
    "query", ["tab=x&days=x&theme=x&channel=x&sentiment=x", "after=x/y/z", "theme=9" * 9, "place=%00"]
)
def test_an_address_that_says_nothing_known_shows_everything(desk, query):
    said("Here")
    assert "Here" in html(desk.get(f"{DESK}?{query}"))


def test_themes_stand_with_their_counts_of_the_period_and_how_many_were_unhappy(desk):
    theme = ThemeFactory(name="Late parcels")
    for days, feeling in ((1, "negative"), (2, ""), (3, ""), (40, "")):
        one = said("Late", heard_at=ago(days=days), sentiment=feeling)
        themed(theme, one)
        FeedbackTheme.objects.filter(feedback=one).update(unhappy=feeling == "negative")
    count_days({ago(days=days).date() for days in (1, 2, 3, 40)})
    line = desk.get(DESK).context["themes"][0]
    assert (line.name, line.number, line.unhappy) == ("Late parcels", "3", "33% unhappy")
    assert desk.get(f"{DESK}?days=90").context["themes"][0].number == "4"


def test_what_rises_stands_with_the_numbers_that_say_so(desk):
    rising, steady = ThemeFactory(name="Rising"), ThemeFactory(name="Steady")
    today = timezone.now().date()
    for theme, recent in ((rising, 4), (steady, 2)):
        for back in range(35):
            heard = recent if back < 7 else 2
            ThemeDay.objects.create(theme=theme, day=today - timedelta(days=back), heard=heard, unhappy=1)
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
    actions.answer(actor=sofia, feedback=one, words="Which colour?")
    ThemeSuggestionFactory()
    count_days([one.heard_at.date()])
    return one


@pytest.mark.parametrize("tab", ["newest", "loudest", "rising"])
def test_the_desk_asks_as_often_for_many_as_for_one(mina, sofia, desk, tab):
    furnish(mina, sofia, 0)
    desk.get(f"{DESK}?tab={tab}")
    once = queries(desk, f"{DESK}?tab={tab}")
    for number in range(1, 6):
        furnish(mina, sofia, number)
    assert queries(desk, f"{DESK}?tab={tab}") == once
    assert once < 35


def test_an_agents_desk_asks_as_often_for_many_receipts_as_for_one(mina, sofia):
    desk, url = signed_in(mina), reverse("heard")
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
    home = html(signed_in(mina).get(reverse("heard")))
    assert "Sofia (Marketing) read what Anna Weber told you" in home
    assert "May we quote it?" in home
    assert Reading.objects.count() == 1


def test_they_answer_and_the_asker_reads_it_at_the_desk(mina, sofia, desk):
    one = said("Best grinder", interaction__staff=mina)
    desk.post(reverse("verbatim_reply", args=[one.pk]), {"words": "Which one?"})
    answered = signed_in(mina).post(reverse("verbatim_reply", args=[one.pk]), {"words": "The Pico"})
    assert "Sent." in answered["HX-Trigger"]
    assert Reply.objects.get(author=mina).to == sofia
    assert Reply.objects.get(author=sofia).seen_at is not None
    assert not Reading.objects.filter(reader=mina).exists()
    assert "The Pico" in html(desk.get(DESK))


def test_a_line_is_put_away_by_whom_it_is_for(mina, sofia):
    one = said("Best grinder", interaction__staff=mina)
    line = actions.answer(actor=sofia, feedback=one, words="Which one?")
    signed_in(sofia).post(reverse("heard_away", args=[line.pk]))
    signed_in(UserFactory()).post(reverse("heard_away", args=[line.pk]))
    assert "Which one?" in html(signed_in(mina).get(reverse("heard")))
    assert "Which one?" not in html(signed_in(mina).post(reverse("heard_away", args=[line.pk])))


def test_an_empty_line_is_not_sent_and_nobody_is_answered_who_logged_nothing(mina, desk):
    logged, written = said("By phone", interaction__staff=mina), said("By post")
    empty = desk.post(reverse("verbatim_reply", args=[logged.pk]), {"words": " "})
    assert (empty.status_code, "Write a line first" in html(empty)) == (422, True)
    assert desk.post(reverse("verbatim_reply", args=[written.pk]), {"words": "Hello?"}).status_code == 400
    assert not Reply.objects.exists()


def test_store_staff_see_what_became_of_their_own_and_nothing_else():
    lea = UserFactory(role="store")
    mine, other = said("At the till", interaction__staff=lea), said("On the phone")
    desk = signed_in(lea)
    assert "At the till" in html(desk.get(reverse("verbatim", args=[mine.pk])))
    assert desk.get(reverse("verbatim", args=[other.pk])).status_code == 404
    assert desk.get(reverse("heard")).status_code == 200


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
    named, waved = ThemeSuggestionFactory(), ThemeSuggestionFactory(terms=["pan flute"])
    form = html(desk.get(f"{reverse('theme_add')}?suggestion={named.pk}"))
    assert 'value="courier or doorstep"' in form
    values = {"suggestion": named.pk, "name": "Doorsteps", "words": "courier or doorstep", "colour": "blue"}
    response = desk.post(reverse("theme_add"), values)
    assert response["HX-Refresh"] == "true"
    theme = Theme.objects.get()
    assert (theme.name, theme.reread_to is not None) == ("Doorsteps", True)
    assert "pan flute" not in html(desk.post(reverse("theme_wave_off", args=[waved.pk])))
    assert "courier, doorstep" not in html(desk.get(DESK))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "WAITING"}, "There is a theme of this name"),
        ({"words": "-late"}, "Say at least one word to look for"),
    ],
)
def test_a_theme_that_cannot_be_is_refused_with_what_is_wrong(desk, values, words):
    ThemeFactory(name="Waiting")
    response = desk.post(reverse("theme_add"), {"name": "New", "words": "late", "colour": "teal", **values})
    assert (response.status_code, words in html(response)) == (422, True)
    assert Theme.objects.count() == 1


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
    assert "find 0 verbatims" in html(desk.get(reverse("theme_catch"), {"words": "late"}))
    said("So late")
    assert "find 1 verbatim " in html(desk.get(reverse("theme_catch"), {"words": "late"}))


def test_no_page_needs_an_exception_from_the_policy(mina, sofia, desk):
    one = furnish(mina, sofia, 0)
    for url in (DESK, reverse("verbatim", args=[one.pk]), reverse("theme_add")):
        assert inline(desk.get(url)) == []
